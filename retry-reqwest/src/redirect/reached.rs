//! A request body that notes that a connection took it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Request};

/// Whether a connection to any hop was there for a request.
#[derive(Clone, Debug)]
pub(super) struct Reached(Arc<AtomicBool>);

impl Reached {
    /// Puts a body around that of `request`, which may be none, that notes when it is asked for.
    ///
    /// hyper asks for the body once it has written the head to a connection, and never before: as long as
    /// nothing asked, no server has seen the request.
    pub(super) fn note(request: &mut Request) -> Self {
        let reached = Self(Arc::default());
        let inner = request.body_mut().take().unwrap_or_default();
        let noted = Noted {
            inner,
            reached: reached.clone(),
            ended: false,
        };
        *request.body_mut() = Some(Body::wrap(noted));
        reached
    }

    pub(super) fn get(&self) -> bool {
        // `Acquire`: a thread that sees the failure of a connection sees what that connection asked for.
        self.0.load(Ordering::Acquire)
    }
}

struct Noted {
    inner: Body,
    reached: Reached,
    ended: bool,
}

impl HttpBody for Noted {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        // `Release`: see `Reached::get`.
        self.reached.0.store(true, Ordering::Release);
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.ended |= matches!(polled, Poll::Ready(None));
        polled
    }

    /// An empty body, too, ends only when it was asked for: otherwise nothing would ask.
    fn is_end_stream(&self) -> bool {
        self.reached.get() && (self.ended || self.inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
