//! A request body that notices that a connection has read it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Request};

/// Whether a request reached a connection, to any hop.
#[derive(Clone, Debug)]
pub(super) struct Reached(Arc<AtomicBool>);

impl Reached {
    /// Wraps the body of `request`, which may be empty, so that it notices when it is polled.
    ///
    /// hyper polls the body after it has written the head to a connection, and never before. As long as the body was
    /// not polled, no server has seen the request.
    pub(super) fn note(request: &mut Request) -> Self {
        let reached = Self(Arc::default());
        let inner = request.body_mut().take().unwrap_or_default();
        let body = ReachedBody {
            inner,
            reached: reached.clone(),
            ended: false,
        };
        *request.body_mut() = Some(Body::wrap(body));
        reached
    }

    pub(super) fn is_reached(&self) -> bool {
        // `Acquire`: a thread that sees the failure of a connection also sees that the connection polled the body.
        self.0.load(Ordering::Acquire)
    }
}

struct ReachedBody {
    inner: Body,
    reached: Reached,
    ended: bool,
}

impl HttpBody for ReachedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        // `Release`: see `Reached::is_reached`.
        self.reached.0.store(true, Ordering::Release);
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.ended |= matches!(polled, Poll::Ready(None));
        polled
    }

    /// An empty body ends only after it was polled: hyper does not poll a body that has ended.
    fn is_end_stream(&self) -> bool {
        self.reached.is_reached() && (self.ended || self.inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
