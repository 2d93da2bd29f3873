//! Retrying as a middleware of reqwest-middleware.

use std::fmt;
use std::sync::Arc;

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error as MiddlewareError, Middleware, Next};
use retry_core::AnyPolicy;
use tokio::sync::Mutex;

use super::forward::{NotSent, forward};
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

#[async_trait::async_trait]
impl Middleware for RetryMiddleware {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let settings = extensions.get::<RetrySettings>();
        let mut settings = settings.unwrap_or(&self.settings).clone();
        settings.chaos.or(&self.settings.chaos);
        // One attempt at a time: no task waits for the lock.
        let extensions = Mutex::new(extensions);
        let send = |request| attempt(request, &extensions, next.clone());
        let outcome = forward(&*self.policy, &settings, request, send).await;
        match outcome {
            Ok(ended) => ended,
            Err(error) => Err(match error.into_reqwest() {
                Ok(error) => MiddlewareError::Reqwest(error),
                Err(error) => MiddlewareError::middleware(error),
            }),
        }
    }
}

/// Sends one attempt. The policy decides about reqwest's own errors only, and not about errors of other middlewares.
async fn attempt(
    request: Request,
    extensions: &Mutex<&mut Extensions>,
    next: Next<'_>,
) -> Result<Response, NotSent<MiddlewareError>> {
    let mut extensions = extensions.lock().await;
    let sent = next.run(request, &mut extensions).await;
    sent.map_err(|error| match error {
        MiddlewareError::Reqwest(error) => error.into(),
        MiddlewareError::Middleware(error) => match error.downcast::<reqwest::Error>() {
            Ok(error) => error.into(),
            Err(error) => NotSent::Other(MiddlewareError::Middleware(error)),
        },
    })
}

impl fmt::Debug for RetryMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryMiddleware")
            .field("policy", &self.policy.view())
            .field("settings", &self.settings)
            .finish()
    }
}
