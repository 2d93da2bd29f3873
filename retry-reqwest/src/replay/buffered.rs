//! A stream that is copied while it is sent, up to a cap.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use futures_core::TryStream;
use hyper::body::{Body as HttpBody, Frame};

use super::kept::Kept;
use super::{BoxError, NotReplayable};

/// The stream, and what was copied of it.
pub(super) struct Buffered {
    state: Mutex<State>,
}

struct State {
    stream: Stream,
    /// `None` once it would have outgrown its cap.
    copy: Option<Kept>,
    /// Counts attempts: only the body of the newest may read.
    newest: u64,
    /// Of a body that waits for the stream.
    waiting: Option<Waker>,
}

enum Stream {
    Open(Pin<Box<dyn Chunks>>),
    Ended,
    Failed,
}

/// A stream of bytes, whatever it is made of.
trait Chunks: Send {
    fn poll_chunk(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>>;
}

impl<S> Chunks for S
where
    S: TryStream + Send,
    S::Error: Into<BoxError>,
    Bytes: From<S::Ok>,
{
    fn poll_chunk(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        let item = ready!(self.try_poll_next(cx));
        Poll::Ready(item.map(|item| item.map(Bytes::from).map_err(Into::into)))
    }
}

impl Buffered {
    pub(super) fn new<S>(stream: S, cap: usize) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<BoxError>,
        Bytes: From<S::Ok>,
    {
        Self {
            state: Mutex::new(State {
                stream: Stream::Open(Box::pin(stream)),
                copy: Some(Kept::new(cap)),
                newest: 0,
                waiting: None,
            }),
        }
    }

    /// The body of the attempt that begins now.
    pub(super) fn body(self: &Arc<Self>) -> Result<BufferedBody, NotReplayable> {
        let number = self.next().ok_or(NotReplayable::read_once())?;
        Ok(BufferedBody {
            buffered: Arc::clone(self),
            number,
            sent: 0,
        })
    }

    /// Takes the stream from the body that reads it, so that the copy grows no more. Whether another
    /// body may read it from its start.
    pub(super) fn reclaim(&self) -> bool {
        self.next().is_some()
    }

    /// The number of the next body, if there may be one.
    fn next(&self) -> Option<u64> {
        let mut state = self.lock();
        state.newest += 1;
        let waiting = state.waiting.take();
        let failed = matches!(state.stream, Stream::Failed);
        let next = (state.copy.is_some() && !failed).then_some(state.newest);
        drop(state);
        // A connection that still waits to send the old body learns that it will not end.
        if let Some(waker) = waiting {
            waker.wake();
        }
        next
    }

    /// A stream that panicked has poisoned the lock, and is as good as one that failed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned: PoisonError<_>| {
                let mut state = poisoned.into_inner();
                state.stream = Stream::Failed;
                state
            })
    }
}

/// What one attempt sends.
pub(super) struct BufferedBody {
    buffered: Arc<Buffered>,
    number: u64,
    sent: usize,
}

impl HttpBody for BufferedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let mut state = this.buffered.lock();
        if state.newest != this.number {
            return Poll::Ready(Some(Err(Superseded.into())));
        }
        if let Some(bytes) = state.copy.as_ref().and_then(|copy| copy.read(this.sent)) {
            this.sent += bytes.len();
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match state.poll_stream(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                this.sent += bytes.len();
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Poll::Ready(ended) => Poll::Ready(ended.map(|item| item.map(Frame::data))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl State {
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let stream = match &mut self.stream {
            Stream::Open(stream) => stream,
            Stream::Ended => return Poll::Ready(None),
            Stream::Failed => return Poll::Ready(Some(Err(NotReplayable::read_once().into()))),
        };
        match stream.as_mut().poll_chunk(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                if !self.copy.as_mut().is_some_and(|copy| copy.push(&chunk)) {
                    self.copy = None;
                }
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.stream = Stream::Failed;
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => {
                self.stream = Stream::Ended;
                Poll::Ready(None)
            }
            Poll::Pending => {
                self.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The body of an attempt that is over.
#[derive(Debug)]
struct Superseded;

impl fmt::Display for Superseded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another attempt sends the body now")
    }
}

impl StdError for Superseded {}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::stream::{self, StreamExt};
    use http_body_util::BodyExt;

    use super::*;

    const CHUNK: usize = 10_000;
    static LIVE: AtomicUsize = AtomicUsize::new(0);

    /// A chunk that is counted as long as anything holds it.
    struct Counted(Vec<u8>);

    impl Counted {
        fn chunk() -> Bytes {
            LIVE.fetch_add(CHUNK, Ordering::SeqCst);
            Bytes::from_owner(Self(vec![7; CHUNK]))
        }
    }

    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            LIVE.fetch_sub(CHUNK, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn at_most_the_cap_and_one_chunk_are_held() {
        for cap in [0, 1, CHUNK, 10 * CHUNK + 1, 100 * CHUNK] {
            let chunks = stream::iter(0..100).map(|_| io::Result::Ok(Counted::chunk()));
            let buffered = Arc::new(Buffered::new(chunks, cap));
            let mut body = buffered.body().unwrap();
            let mut sent = 0;
            while let Some(frame) = body.frame().await {
                let chunk = frame.unwrap().into_data().unwrap();
                sent += chunk.len();
                let kept = buffered.lock().copy.as_ref().map_or(0, Kept::held);
                assert!(kept <= cap, "{kept} of {cap}");
                assert_eq!(LIVE.load(Ordering::SeqCst), CHUNK);
            }
            assert_eq!(sent, 100 * CHUNK);
            assert_eq!(buffered.reclaim(), cap >= 100 * CHUNK, "{cap}");
        }
    }
}
