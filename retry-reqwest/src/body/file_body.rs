//! A file as a request body, opened and read on tokio's blocking threads.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use reqwest::Body;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::NotReplayable;
use super::file::FileReader;

/// Opens the file.
///
/// # Cancel safety
///
/// If the future is dropped, the blocking thread still opens and closes the file.
pub(super) async fn open(path: Arc<PathBuf>) -> Result<Body, NotReplayable> {
    // Not tokio's own `spawn_blocking`, which panics outside of a runtime.
    let runtime = Handle::try_current().map_err(NotReplayable::because)?;
    let opened = runtime.spawn_blocking(move || FileReader::open(&path));
    let reader = opened.await.map_err(NotReplayable::because)??;
    Ok(match reader.remaining() {
        Some(0) => Body::from(Bytes::new()),
        remaining => Body::wrap(FileBody {
            remaining,
            state: State::Idle(reader),
        }),
    })
}

struct FileBody {
    /// The rest of the announced length.
    remaining: Option<u64>,
    state: State,
}

enum State {
    Idle(FileReader),
    Reading(JoinHandle<(FileReader, io::Result<Bytes>)>),
    Ended,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { remaining, state } = &mut *self;
        loop {
            match std::mem::replace(state, State::Ended) {
                State::Idle(mut reader) => {
                    let runtime = match Handle::try_current() {
                        Ok(runtime) => runtime,
                        Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                    };
                    *state = State::Reading(runtime.spawn_blocking(move || {
                        let piece = reader.piece();
                        (reader, piece)
                    }));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready(read) = Pin::new(&mut reading).poll(cx) else {
                        *state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    let (reader, piece) = match read {
                        Ok((reader, Ok(piece))) => (reader, piece),
                        Ok((_, Err(error))) => return Poll::Ready(Some(Err(error))),
                        Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                    };
                    if piece.is_empty() {
                        return Poll::Ready(None);
                    }
                    *remaining = reader.remaining();
                    *state = State::Idle(reader);
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.remaining
            .map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
