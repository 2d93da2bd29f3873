//! The same rules as a tower layer.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use reqwest::{Request, Response};
use retry_core::Policy;
use tower_layer::Layer;
use tower_service::Service;

use crate::retry::{NotSent, pass};
use crate::{Error, RetrySettings, SharedPolicy};

/// Retries by the rules of this crate, around any `Service<reqwest::Request>` that gives a
/// [`Response`]: a [`reqwest::Client`], or a stack with one inside.
///
/// The boundary is the head of the answer. When the policy gives up on a failed answer, that answer is
/// what comes back, its body unread; a failure of the transport comes back as an [`Error`].
///
/// # Examples
///
/// ```
/// use retry_core::Policy;
/// use retry_reqwest::{RetryLayer, RetrySettings};
/// use tower::{Layer, ServiceExt};
///
/// # async fn order(request: reqwest::Request) -> Result<(), retry_reqwest::Error> {
/// let layer = RetryLayer::new(Policy::new().max_attempts(5))
///     .settings_by(|request| match request.url().path() {
///         "/search" => RetrySettings::new().idempotent(), // a POST that changes nothing
///         _ => RetrySettings::new(),
///     });
/// let service = layer.layer(reqwest::Client::new());
/// let response = service.oneshot(request).await?;
/// # let _ = response;
/// # Ok(())
/// # }
/// ```
pub struct RetryLayer<P = Policy, Kind = ()>(Arc<Shared<P>>, PhantomData<fn() -> Kind>);

struct Shared<P> {
    policy: P,
    settings: Box<dyn Fn(&Request) -> RetrySettings + Send + Sync>,
}

impl<P: SharedPolicy<Kind>, Kind> RetryLayer<P, Kind> {
    /// Retries by this policy.
    pub fn new(policy: P) -> Self {
        Self::with_settings(policy, |_| RetrySettings::new())
    }

    /// Says of each request how it may be repeated. Default: as its method and its headers say.
    pub fn settings_by<F>(self, settings: F) -> Self
    where
        P: Clone,
        F: Fn(&Request) -> RetrySettings + Send + Sync + 'static,
    {
        Self::with_settings(self.0.policy.clone(), settings)
    }

    fn with_settings<F>(policy: P, settings: F) -> Self
    where
        F: Fn(&Request) -> RetrySettings + Send + Sync + 'static,
    {
        let settings = Box::new(settings);
        Self(Arc::new(Shared { policy, settings }), PhantomData)
    }
}

impl<S, P, Kind> Layer<S> for RetryLayer<P, Kind> {
    type Service = RetryService<S, P, Kind>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose requests are retried. Made by [`RetryLayer`].
pub struct RetryService<S, P = Policy, Kind = ()> {
    inner: S,
    layer: RetryLayer<P, Kind>,
}

impl<S, P, Kind> Service<Request> for RetryService<S, P, Kind>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Error: Into<Error>,
    S::Future: Send,
    P: SharedPolicy<Kind>,
    Kind: 'static,
{
    type Response = Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The inner service that is ready is this one, and not its clone.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let shared = Arc::clone(&self.layer.0);
        Box::pin(async move {
            let settings = (shared.settings)(&request);
            let mut service = inner;
            let send = move |request| {
                let next = service.clone();
                attempt(std::mem::replace(&mut service, next), request)
            };
            let ended = pass(&shared.policy, &settings, request, send).await?;
            ended.map_err(|never: std::convert::Infallible| match never {})
        })
    }
}

async fn attempt<S, Never>(mut service: S, request: Request) -> Result<Response, NotSent<Never>>
where
    S: Service<Request, Response = Response>,
    S::Error: Into<Error>,
{
    poll_fn(|cx| service.poll_ready(cx))
        .await
        .map_err(|error| NotSent::Failed(error.into()))?;
    let response = service.call(request).await;
    response.map_err(|error| NotSent::Failed(error.into()))
}

impl<P, Kind> Clone for RetryLayer<P, Kind> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<S: Clone, P, Kind> Clone for RetryService<S, P, Kind> {
    fn clone(&self) -> Self {
        let (inner, layer) = (self.inner.clone(), self.layer.clone());
        Self { inner, layer }
    }
}

impl<P: fmt::Debug, Kind> fmt::Debug for RetryLayer<P, Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryLayer")
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, P: fmt::Debug, Kind> fmt::Debug for RetryService<S, P, Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The inner service may show more than it should.
        f.debug_struct("RetryService")
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}
