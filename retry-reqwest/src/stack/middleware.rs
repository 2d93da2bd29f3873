//! Retrying as a middleware of reqwest-middleware.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error as MiddlewareError, Middleware, Next};
use retry_core::AnyPolicy;

use super::forward::{NotSent, Sender, forward};
use crate::error::Error;
use crate::request::{RetrySettings, SharedPolicy};

/// Retries requests by the rules of this crate, for clients of `reqwest_middleware`.
///
/// An attempt ends with the head of the response, because a middleware does not see how its body is read. If the call
/// gives up on a failed response, the caller receives that response, its body unread. A failure of the transport is
/// reqwest's error with a clean URL. If that error would look like a request that was never sent, although an earlier
/// hop has processed it, the caller receives this crate's [`Error`](crate::Error) instead, as
/// `MiddlewareError::Middleware`. A redirect that was not followed is such an error too.
///
/// A request can have its own [`RetrySettings`] in its extensions, and in them its own
/// [`policy`](RetrySettings::policy). A policy in the extensions without settings is ignored.
///
/// Middlewares before this one see a call once; those after it see each attempt.
///
/// # Examples
///
/// ```
/// use reqwest_middleware::ClientBuilder;
/// use retryable::Policy;
/// use retryable::http::{RetryMiddleware, RetrySettings};
///
/// # async fn order() -> Result<(), reqwest_middleware::Error> {
/// let policy = Policy::new().max_attempts(5);
/// let client = ClientBuilder::new(reqwest::Client::new())
///     .with(RetryMiddleware::new(policy))
///     .build();
/// let order = client
///     .post("https://example.com/orders")
///     .with_extension(RetrySettings::new().policy(policy.max_attempts(2)).idempotency_key())
///     .body("three apples");
/// order.send().await?;
/// # Ok(())
/// # }
/// ```
pub struct RetryMiddleware {
    policy: SharedPolicy,
    settings: RetrySettings,
}

impl RetryMiddleware {
    /// Creates a middleware that retries by this policy.
    pub fn new(policy: impl AnyPolicy<Error> + Send + Sync + 'static) -> Self {
        Self {
            policy: Arc::new(policy),
            settings: RetrySettings::new(),
        }
    }

    /// Sets how requests without [`RetrySettings`] in their extensions may be repeated. Default: their method and their
    /// headers decide.
    pub fn settings(mut self, settings: RetrySettings) -> Self {
        self.settings = settings;
        self
    }
}

impl Middleware for RetryMiddleware {
    // As `async_trait` writes it, but without its future, which would store the request in addition to its template.
    fn handle<'s, 'e, 'n, 'f>(
        &'s self,
        request: Request,
        extensions: &'e mut Extensions,
        next: Next<'n>,
    ) -> Pin<Box<dyn Future<Output = reqwest_middleware::Result<Response>> + Send + 'f>>
    where
        's: 'f,
        'e: 'f,
        'n: 'f,
        Self: 'f,
    {
        let own = extensions.get::<RetrySettings>().cloned();
        let settings = own.as_ref().unwrap_or(&self.settings);
        let mut chaos = settings.chaos.clone();
        chaos.or(&self.settings.chaos);
        let onward = Onward { extensions, next };
        forward(&self.policy, (settings, chaos), request, onward)
    }
}

/// The middlewares after this one, and the client.
struct Onward<'a> {
    extensions: &'a mut Extensions,
    next: Next<'a>,
}

impl Sender for Onward<'_> {
    type Error = MiddlewareError;
    type Output = reqwest_middleware::Result<Response>;

    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, NotSent<MiddlewareError>>> {
        let sent = self.next.clone().run(request, self.extensions);
        async move { sent.await.map_err(not_sent) }
    }

    fn output(ended: Result<reqwest_middleware::Result<Response>, Error>) -> Self::Output {
        match ended {
            Ok(ended) => ended,
            Err(error) => Err(match error.into_reqwest() {
                Ok(error) => MiddlewareError::Reqwest(error),
                Err(error) => MiddlewareError::middleware(error),
            }),
        }
    }
}

/// The policy decides about reqwest's own errors only, and not about errors of other middlewares.
fn not_sent(error: MiddlewareError) -> NotSent<MiddlewareError> {
    match error {
        MiddlewareError::Reqwest(error) => error.into(),
        MiddlewareError::Middleware(error) => match error.downcast::<reqwest::Error>() {
            Ok(error) => error.into(),
            Err(error) => NotSent::Other(MiddlewareError::Middleware(error)),
        },
    }
}

impl fmt::Debug for RetryMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryMiddleware")
            .field("policy", &self.policy.view())
            .field("settings", &self.settings)
            .finish()
    }
}
