//! What is set on one request, apart from what it sends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Request};
use retry_core::{AnyPolicy, GiveUpEvent, RetryEvent};

use super::Told;
use super::attempt_headers::AttemptHeaders;
use super::idempotency_key::idempotency_key;
use super::policy::{AnyHttpPolicy, SharedPolicy};
use crate::body::ReplayBody;
use crate::classify::{HintHeaders, IDEMPOTENCY_KEY, Safety};
use crate::error::Error;

/// Changes the request of an attempt.
pub(crate) type BeforeAttempt = Arc<
    dyn Fn(Request) -> Pin<Box<dyn Future<Output = Result<Request, Error>> + Send>> + Send + Sync,
>;

/// The policy and the callbacks that many requests share.
#[derive(Clone, Default)]
struct SharedParts {
    policy: Option<SharedPolicy>,
    on_retry: Option<Arc<dyn Fn(&RetryEvent<'_, Error>) + Send + Sync>>,
    on_give_up: Option<Arc<dyn Fn(&GiveUpEvent<'_, Error>) + Send + Sync>>,
    before_attempt: Option<BeforeAttempt>,
}

impl fmt::Debug for SharedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedParts")
            .field("policy", &self.policy.as_ref().map(|policy| policy.view()))
            .field("on_retry", &self.on_retry.is_some())
            .field("on_give_up", &self.on_give_up.is_some())
            .field("before_attempt", &self.before_attempt.is_some())
            .finish()
    }
}

/// How one request may be repeated: for the middleware and the layer, which do not see the call that
/// makes the request. The methods are those of [`RetryRequest`](crate::RetryRequest).
///
/// # Examples
///
/// ```
/// use retryable::http::{ReplayBody, RetrySettings};
///
/// let settings = RetrySettings::new()
///     .idempotency_key()
///     .replay_body(ReplayBody::from_file("backup.tar"));
/// # let _ = settings;
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are given to a request"]
pub struct RetrySettings {
    idempotent: bool,
    key: bool,
    body: Option<ReplayBody>,
    tells: Option<Arc<AttemptHeaders>>,
    hints: Option<Arc<HintHeaders>>,
    shared: SharedParts,
}

impl RetrySettings {
    /// The method decides, no key is sent, the body is that of the request, and servers are told nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`RetryRequest::idempotent`](crate::RetryRequest::idempotent).
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// See [`RetryRequest::idempotency_key`](crate::RetryRequest::idempotency_key).
    pub fn idempotency_key(mut self) -> Self {
        self.key = true;
        self
    }

    /// See [`RetryRequest::replay_body`](crate::RetryRequest::replay_body).
    pub fn replay_body(mut self, body: ReplayBody) -> Self {
        self.body = Some(body);
        self
    }

    /// See [`RetryRequest::attempt_header`](crate::RetryRequest::attempt_header).
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.tells_mut().attempt = Some(name);
        self
    }

    /// See [`RetryRequest::remaining_header`](crate::RetryRequest::remaining_header).
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.tells_mut().remaining = Some(name);
        self
    }

    /// See [`RetryRequest::hint_header`](crate::RetryRequest::hint_header).
    pub fn hint_header<F>(mut self, name: HeaderName, parse: F) -> Self
    where
        F: Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    {
        Arc::make_mut(self.hints.get_or_insert_default()).add(name, parse);
        self
    }

    /// See [`RetryRequest::on_retry`](crate::RetryRequest::on_retry). Replaces the callback that was set before.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::RetrySettings;
    ///
    /// let settings = RetrySettings::new()
    ///     .on_retry(|event| eprintln!("attempt {} failed", event.attempt))
    ///     .on_give_up(|event| eprintln!("gave up: {}", event.reason));
    /// # let _ = settings;
    /// ```
    pub fn on_retry<F>(mut self, on_retry: F) -> Self
    where
        F: Fn(&RetryEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.shared.on_retry = Some(Arc::new(on_retry));
        self
    }

    /// See [`RetryRequest::on_give_up`](crate::RetryRequest::on_give_up). Replaces the callback that was set
    /// before.
    pub fn on_give_up<F>(mut self, on_give_up: F) -> Self
    where
        F: Fn(&GiveUpEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.shared.on_give_up = Some(Arc::new(on_give_up));
        self
    }

    /// See [`RetryRequest::before_attempt`](crate::RetryRequest::before_attempt).
    pub fn before_attempt<F, Fut>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request, Error>> + Send + 'static,
    {
        self.shared.before_attempt = Some(Arc::new(move |request| Box::pin(before(request))));
        self
    }

    /// Puts the request under this policy, in place of that of the middleware or the layer.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::Policy;
    /// use retry_reqwest::RetrySettings;
    ///
    /// let settings = RetrySettings::new().policy(Policy::new().max_attempts(2));
    /// # let _ = settings;
    /// ```
    pub fn policy(mut self, policy: impl AnyPolicy<Error> + Send + Sync + 'static) -> Self {
        self.shared.policy = Some(Arc::new(policy));
        self
    }

    /// The policy of the request, if it has its own.
    #[cfg(any(feature = "middleware", feature = "tower"))]
    pub(crate) fn own_policy(&self) -> Option<&AnyHttpPolicy<'_>> {
        let policy = self.shared.policy.as_deref()?;
        Some(policy)
    }

    /// Adds the callbacks of the settings to those of one request.
    pub(crate) fn tell(&self, told: &mut Told<'_>) {
        if let Some(hook) = self.shared.on_retry.clone() {
            told.on_retry(move |event| hook(event));
        }
        if let Some(hook) = self.shared.on_give_up.clone() {
            told.on_give_up(move |event| hook(event));
        }
    }

    pub(crate) fn before(&self) -> Option<BeforeAttempt> {
        self.shared.before_attempt.clone()
    }

    fn tells_mut(&mut self) -> &mut AttemptHeaders {
        Arc::make_mut(self.tells.get_or_insert_default())
    }

    /// What to tell servers, if anything.
    pub(crate) fn tells(&self) -> Option<Arc<AttemptHeaders>> {
        self.tells.clone()
    }

    /// Which headers to read beside the standard ones, if any.
    pub(crate) fn hints(&self) -> Option<Arc<HintHeaders>> {
        self.hints.clone()
    }

    pub(crate) fn body(&self) -> Option<ReplayBody> {
        self.body.clone()
    }

    /// Changes the request as the settings say. Gives whether the server may process it twice.
    pub(crate) fn apply(&self, request: &mut Request) -> Result<Safety, Error> {
        let method = request.method().clone();
        self.apply_to(&method, request.headers_mut())
    }

    pub(crate) fn apply_to(
        &self,
        method: &Method,
        headers: &mut HeaderMap,
    ) -> Result<Safety, Error> {
        if self.key && !headers.contains_key(&IDEMPOTENCY_KEY) {
            let key = idempotency_key().map_err(|error| Error::not_built(&*error))?;
            headers.insert(&IDEMPOTENCY_KEY, key);
        }
        let said = if self.idempotent {
            Safety::Idempotent
        } else {
            Safety::Once
        };
        Ok(said.max(Safety::of(method, headers)))
    }
}
