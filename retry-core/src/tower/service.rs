//! `RetryService`: the service that `RetryLayer` makes.

use core::fmt;
use core::mem;
use core::task::{Context, Poll};
use std::sync::Arc;

use tower_service::Service;

use super::{RetryFuture, RetryLayer};
use crate::classify::Rule;
use crate::driver::{Hooks, OnGiveUp, OnRetry, Until};
use crate::policy::{AsPolicy, Limited};
use crate::timer::{DefaultTimer, Timer};

/// A service whose requests are retried. Made by [`RetryLayer`].
pub struct RetryService<S, P, H = Hooks, C = DefaultTimer> {
    pub(super) inner: S,
    pub(super) layer: Arc<RetryLayer<P, H, C>>,
}

impl<S, Request, P, U, R, G, C> Service<Request> for RetryService<S, P, Hooks<U, R, G>, C>
where
    S: Service<Request> + Clone,
    Request: Clone,
    P: AsPolicy,
    P::On: Rule<S::Error>,
    P::Limit: Limited<Result<S::Response, S::Error>, C>,
    U: Until<S::Response>,
    R: OnRetry<S::Error>,
    G: OnGiveUp<S::Error>,
    C: Timer + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RetryFuture<S, Request, P, Hooks<U, R, G>, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The inner service that is ready is this one, not its clone.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        RetryFuture::new(ready, request, Arc::clone(&self.layer))
    }
}

impl<S: Clone, P, H, C> Clone for RetryService<S, P, H, C> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: Arc::clone(&self.layer),
        }
    }
}

impl<S, P: fmt::Debug, H, C> fmt::Debug for RetryService<S, P, H, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The inner service may show more than it should.
        f.debug_struct("RetryService")
            .field("policy", &self.layer.policy)
            .finish_non_exhaustive()
    }
}
