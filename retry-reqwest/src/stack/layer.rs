//! Retrying as a layer of tower.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use reqwest::{Request, Response};
use retry_core::AnyPolicy;
use tower_layer::Layer;
use tower_service::Service;

use super::forward::{NotSent, Sender, forward};
use crate::error::Error;
use crate::request::{RetrySettings, SharedPolicy};

/// Retries requests by the rules of this crate, around any `Service<reqwest::Request>` that returns a
/// `reqwest::Response`: a `reqwest::Client`, or a stack with one inside.
///
/// An attempt ends with the head of the response; the caller reads the body. If the call gives up on a failed response,
/// the caller receives that response, its body unread. A failure of the transport is an [`Error`].
///
/// # Examples
///
/// ```
/// use retryable::Policy;
/// use retryable::http::{RetryLayer, RetrySettings};
/// use tower::{Layer, ServiceExt};
///
/// # async fn order(request: reqwest::Request) -> Result<(), retryable::http::Error> {
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
pub struct RetryLayer(Arc<Shared>);

struct Shared {
    policy: SharedPolicy,
    settings: Box<dyn Fn(&Request) -> RetrySettings + Send + Sync>,
}

impl RetryLayer {
    /// Creates a layer that retries by this policy.
    pub fn new(policy: impl AnyPolicy<Error> + Send + Sync + 'static) -> Self {
        Self::with_settings(Arc::new(policy), |_| RetrySettings::new())
    }

    /// Sets a function that returns the settings of each request, and with them its [`policy`](RetrySettings::policy).
    /// Default: the method and the headers decide, under the policy of the layer.
    pub fn settings_by<F>(self, settings: F) -> Self
    where
        F: Fn(&Request) -> RetrySettings + Send + Sync + 'static,
    {
        Self::with_settings(Arc::clone(&self.0.policy), settings)
    }

    fn with_settings<F>(policy: SharedPolicy, settings: F) -> Self
    where
        F: Fn(&Request) -> RetrySettings + Send + Sync + 'static,
    {
        let settings = Box::new(settings);
        Self(Arc::new(Shared { policy, settings }))
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = RetryService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose requests are retried. Made by [`RetryLayer`].
pub struct RetryService<S> {
    inner: S,
    layer: RetryLayer,
}

impl<S> Service<Request> for RetryService<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Error: Into<Error>,
    S::Future: Send,
{
    type Response = Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // `poll_ready` has made this service ready, and not its clone.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let Shared { policy, settings } = &*self.layer.0;
        let settings = settings(&request);
        let chaos = settings.chaos.clone();
        forward(policy, (&settings, chaos), request, Inner(inner))
    }
}

/// The service that sends the requests.
struct Inner<S>(S);

impl<S> Sender for Inner<S>
where
    S: Service<Request, Response = Response> + Clone,
    S::Error: Into<Error>,
{
    type Error = Infallible;
    type Output = Result<Response, Error>;

    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, NotSent<Infallible>>> {
        let next = self.0.clone();
        attempt(std::mem::replace(&mut self.0, next), request)
    }

    fn output(ended: Result<Result<Response, Infallible>, Error>) -> Self::Output {
        ended?.map_err(|never| match never {})
    }
}

async fn attempt<S>(mut service: S, request: Request) -> Result<Response, NotSent<Infallible>>
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

impl Clone for RetryLayer {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Clone> Clone for RetryService<S> {
    fn clone(&self) -> Self {
        let (inner, layer) = (self.inner.clone(), self.layer.clone());
        Self { inner, layer }
    }
}

impl fmt::Debug for RetryLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryLayer")
            .field("policy", &self.0.policy.view())
            .finish_non_exhaustive()
    }
}

impl<S: fmt::Debug> fmt::Debug for RetryService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The inner service may show more than it should.
        f.debug_struct("RetryService")
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}
