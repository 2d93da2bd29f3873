//! Retrying as a layer of tower, around the channel of a client.

mod attempt;
mod drive;
mod message;
mod name;
mod response;
mod service;
mod settings;
mod timeout;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use retry_core::{AnyPolicy, GiveUpEvent, RetryEvent};
use tonic::{Request, Status};
use tower_layer::Layer;

use crate::error::Error;
#[cfg(feature = "service-config")]
use crate::service_config::ServiceConfig;
pub use service::RetryChannel;
pub use settings::Idempotent;
use settings::{Policies, Settings};

/// Retries calls of gRPC by a policy, around a `tonic::transport::Channel` or any other service of tower that takes the
/// requests of a generated client.
///
/// # What is sent again
///
/// A call with one request message of at most 64 KiB ([`max_message`](Self::max_message)), until the head of its response:
/// unary calls, and calls whose response is a stream that has not begun. A longer message is sent once. A stream of requests
/// is passed on as it is, and the policy does not apply to it.
///
/// A response that is only a head with a status is a failure, and so is one of a proxy with an HTTP status other than 200. After
/// any other head the call is committed: a status that comes later reaches the caller and is not retried.
///
/// # What is safe to repeat
///
/// After most failures it is unknown whether the method ran. They are [`Ambiguous`](retry_core::Class::Ambiguous), and not
/// retried by default, unless the method is declared [`idempotent`](Self::idempotent), or one request is with
/// [`Idempotent`]. Failures with a proof that the method did not run are retried for every method: the connection was not set
/// up, or HTTP/2 promises it. So are those whose server asks for a retry.
///
/// # What the server sees
///
/// Retries have `grpc-previous-rpc-attempts`: 1, 2, … The `grpc-timeout` of each attempt is what is left until the nearest
/// deadline: that of the policy, of the request's own `grpc-timeout`, or of an enclosing call.
///
/// # What stops a call
///
/// The policy, and a server that sends `grpc-retry-pushback-ms: -1`, under every policy. That server stops the calls around
/// this one, too: their retries would only come back to it.
///
/// # Cancel safety
///
/// Dropping the future cancels everything; no tasks are spawned. The server may have processed the current attempt.
///
/// # Examples
///
/// ```
/// use retry_tonic::RetryLayer;
/// use retryable::Policy;
/// use std::time::Duration;
/// use tonic::transport::Endpoint;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let policy = Policy::exponential(Duration::from_millis(100)).max_attempts(4);
/// let channel = Endpoint::from_static("http://127.0.0.1:50051").connect_lazy();
/// let channel = RetryLayer::new(policy)
///     .idempotent("orders.Orders/Get")
///     .idempotent("catalogue.Catalogue/")
///     .wrap(channel);
/// // let client = OrdersClient::new(channel);
/// # let _ = channel;
/// # });
/// ```
#[derive(Clone)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct RetryLayer {
    settings: Arc<Settings>,
}

impl RetryLayer {
    /// Creates a layer that retries by this policy. If events are to have names other than those of the methods, the policy has
    /// a [`name`](retry_core::Policy::name).
    pub fn new(policy: impl AnyPolicy<Error> + Send + Sync + 'static) -> Self {
        Self::with(Policies::One(Arc::new(policy)))
    }

    /// Creates a layer that retries each method as its service config says. A method without a `retryPolicy` is called once.
    ///
    /// A `retryPolicy` names methods and codes, and with that says that they may be repeated. So
    /// [`idempotent`](Self::idempotent) changes nothing for its methods.
    #[cfg(feature = "service-config")]
    pub fn from_service_config(config: ServiceConfig) -> Self {
        Self::with(Policies::Config(Arc::new(config)))
    }

    fn with(policies: Policies) -> Self {
        Self {
            settings: Arc::new(Settings::new(policies)),
        }
    }

    /// Declares that a method may run twice: `package.Service/Method`. A path that ends with a slash declares all
    /// methods of the service.
    pub fn idempotent(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.set(|settings| settings.declare(path))
    }

    /// Sets how many bytes a message may have, with its five bytes of framing, to be sent again. Default: 64 KiB, the limit of
    /// linkerd. The message is kept until the head of the response.
    pub fn max_message(self, bytes: usize) -> Self {
        self.set(|settings| settings.max_message = bytes)
    }

    /// Sets a callback that runs before each wait.
    pub fn on_retry<F>(self, on_retry: F) -> Self
    where
        F: Fn(&RetryEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.set(|settings| settings.on_retry = Some(Arc::new(on_retry)))
    }

    /// Sets a callback that runs when a call gives up.
    pub fn on_give_up<F>(self, on_give_up: F) -> Self
    where
        F: Fn(&GiveUpEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.set(|settings| settings.on_give_up = Some(Arc::new(on_give_up)))
    }

    /// Sets a callback that sees the metadata of each attempt before it is sent, and may change it: an interceptor of tonic
    /// that is async, for a token that may have expired since the last attempt. It is part of the attempt and of its time.
    ///
    /// If it fails, nothing is sent. The attempt then failed with its status, and whether another one follows depends on the
    /// code of that status, and not on the method.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_tonic::RetryLayer;
    /// use retryable::Policy;
    /// use tonic::{Request, Status};
    ///
    /// async fn token() -> Result<String, Status> {
    ///     Ok("secret".to_owned())
    /// }
    ///
    /// let layer = RetryLayer::new(Policy::new()).before_attempt(|mut request: Request<()>| async move {
    ///     let token = token().await?.parse().map_err(|_| Status::internal("the token is no text"))?;
    ///     request.metadata_mut().insert("authorization", token);
    ///     Ok(request)
    /// });
    /// # let _ = layer;
    /// ```
    pub fn before_attempt<F, Fut>(self, before: F) -> Self
    where
        F: Fn(Request<()>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request<()>, Status>> + Send + 'static,
    {
        self.set(|settings| {
            settings.before_attempt = Some(Arc::new(move |request| Box::pin(before(request))));
        })
    }

    /// Wraps a service, as [`Layer::layer`] does.
    pub fn wrap<S>(&self, inner: S) -> RetryChannel<S> {
        RetryChannel::new(inner, Arc::clone(&self.settings))
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = RetryChannel<S>;

    fn layer(&self, inner: S) -> RetryChannel<S> {
        self.wrap(inner)
    }
}

impl fmt::Debug for RetryLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RetryLayer").field(&self.settings).finish()
    }
}
