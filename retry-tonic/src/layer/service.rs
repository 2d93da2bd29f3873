//! `RetryChannel`: the service that `RetryLayer` makes.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::drive::drive;
use super::settings::Settings;

/// A channel whose calls are retried, for `Client::new` of a generated client. Made by
/// [`RetryLayer`](super::RetryLayer).
///
/// Its error is a `Status`: the one that the client would make of the inner service's error.
pub struct RetryChannel<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> RetryChannel<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B> Service<Request<Body>> for RetryChannel<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, Status>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let ready = self.inner.poll_ready(cx);
        ready.map_err(|error| Status::from_error(error.into()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // `poll_ready` has made this service ready, and not its clone.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let settings = Arc::clone(&self.settings);
        Box::pin(async move { drive(&settings, ready, request).await })
    }
}

impl<S: Clone> Clone for RetryChannel<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.settings))
    }
}

impl<S> fmt::Debug for RetryChannel<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The inner service may show more than it should.
        f.debug_struct("RetryChannel")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
