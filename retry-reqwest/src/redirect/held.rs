//! A body of bytes that notices when its last copy is dropped.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use hyper::body::Body as _;
use reqwest::{Body, Request};

/// Whether reqwest still holds the body of a request.
///
/// While a request is in flight, reqwest holds a copy of a body of bytes, in case a 307 needs it again. It drops that copy
/// when it follows a 301, 302 or 303, which need no body. So a request that continues without its body was redirected,
/// and the first hop has processed it.
#[derive(Clone, Debug)]
pub(super) struct Held(Arc<AtomicBool>);

impl Held {
    /// Observes the bytes of the request's body. Returns `None` if the body is empty or a stream. Other code sees the
    /// same body as before.
    pub(super) fn hold(request: &mut Request) -> Option<Self> {
        let is_held = request
            .body()?
            .as_bytes()
            .is_some_and(|bytes| !bytes.is_empty());
        if !is_held {
            return None;
        }
        // The only access to the bytes themselves. They arrive at once, in one piece.
        let mut body = request.body_mut().take()?;
        let mut cx = Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut cx) else {
            return None;
        };
        let bytes = frame.into_data().ok()?;
        let gone = Arc::<AtomicBool>::default();
        let owner = Owner {
            bytes,
            gone: Arc::clone(&gone),
        };
        *request.body_mut() = Some(Body::from(Bytes::from_owner(owner)));
        Some(Self(gone))
    }

    pub(super) fn is_gone(&self) -> bool {
        // `Relaxed`: reqwest drops its copy on the thread that polls the request and then asks.
        self.0.load(Ordering::Relaxed)
    }
}

/// The owner of the bytes, which all copies share.
struct Owner {
    bytes: Bytes,
    gone: Arc<AtomicBool>,
}

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}
