//! A stream that is copied, up to a cap, while a request sends it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use futures_core::TryStream;
use hyper::body::{Body as HttpBody, Frame};

use super::tee_source::{NextBytes, TeeSource};
use super::{BoxError, NotReplayable};

/// The stream and its copy.
pub(super) struct Buffered {
    state: Mutex<State>,
}

struct State {
    source: TeeSource<Pin<Box<dyn Chunks>>>,
    /// The waker of a body that waits for the stream.
    waiting: Option<Waker>,
}

/// A stream of bytes, its type erased.
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
                source: TeeSource::new(Box::pin(stream), cap),
                waiting: None,
            }),
        }
    }

    /// Begins the next body of a call. `last` is the number of its last body.
    pub(super) fn body(
        self: &Arc<Self>,
        last: &mut Option<u64>,
    ) -> Result<BufferedBody, NotReplayable> {
        let number = self.change(|source| source.begin(last))?;
        Ok(BufferedBody {
            buffered: Arc::clone(self),
            number,
            sent: 0,
        })
    }

    /// Whether a call can have another body after the one with the number `last`.
    pub(super) fn can_replay(&self, last: Option<u64>) -> bool {
        self.lock().source.can_replay(last).is_ok()
    }

    /// Stops the last body of a call, if it reads the stream.
    pub(super) fn take_back(&self, last: &mut Option<u64>) {
        self.change(|source| source.take_back(last));
    }

    /// Runs `change`, which may stop a body or begin the next one.
    fn change<T>(&self, change: impl FnOnce(&mut TeeSource<Pin<Box<dyn Chunks>>>) -> T) -> T {
        let mut state = self.lock();
        let changed = change(&mut state.source);
        let waiting = state.waiting.take();
        drop(state);
        // A connection that still waits for a stopped body must notice that the body has failed. A body that was not
        // stopped registers its waker again.
        if let Some(waker) = waiting {
            waker.wake();
        }
        changed
    }

    /// Locks the state. A stream that panicked has poisoned the lock, and counts as failed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned: PoisonError<_>| {
                let mut state = poisoned.into_inner();
                state.source.failed();
                state
            })
    }
}

/// The body of one attempt.
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
        let State { source, waiting } = &mut *state;
        let stream = match source.next(this.number, this.sent) {
            Ok(NextBytes::Copy(bytes)) => {
                this.sent += bytes.len();
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            Ok(NextBytes::Source(stream)) => stream,
            Ok(NextBytes::Ended) => return Poll::Ready(None),
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        };
        match stream.as_mut().poll_chunk(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                source.came(&chunk);
                this.sent += chunk.len();
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Poll::Ready(Some(Err(error))) => {
                source.failed();
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => {
                source.ended();
                Poll::Ready(None)
            }
            Poll::Pending => {
                *waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

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
            let mut call = None;
            let mut body = buffered.body(&mut call).unwrap();
            let mut sent = 0;
            while let Some(frame) = body.frame().await {
                let chunk = frame.unwrap().into_data().unwrap();
                sent += chunk.len();
                let kept = buffered.lock().source.held();
                assert!(kept <= cap, "{kept} of {cap}");
                assert_eq!(LIVE.load(Ordering::SeqCst), CHUNK);
            }
            assert_eq!(sent, 100 * CHUNK);
            assert_eq!(buffered.can_replay(call), cap >= 100 * CHUNK, "{cap}");
        }
    }
}
