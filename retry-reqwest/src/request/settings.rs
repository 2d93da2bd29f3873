//! `RetrySettings`: how one request may be repeated.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Client, Request};
use retry_core::{AnyPolicy, GiveUpEvent, RetryEvent};

use super::attempt_headers::AttemptHeaders;
use super::http_client::HttpClient;
use super::idempotency_key::idempotency_key;
use super::policy::{CallHooks, SharedPolicy};
use crate::chaos::Injector;
use crate::classify::{HintHeaders, IDEMPOTENCY_KEY, Safety};
use crate::error::Error;
#[cfg(feature = "chaos")]
use {crate::chaos::Chaos, std::marker::PhantomData};

/// The policy and the callbacks that many requests share.
#[derive(Clone)]
pub(super) struct SharedParts<C: HttpClient> {
    policy: Option<SharedPolicy>,
    on_retry: Option<Arc<dyn Fn(&RetryEvent<'_, Error>) + Send + Sync>>,
    on_give_up: Option<Arc<dyn Fn(&GiveUpEvent<'_, Error>) + Send + Sync>>,
    pub(super) before_attempt: Option<C::BeforeAttempt>,
}

impl<C: HttpClient> fmt::Debug for SharedParts<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedParts")
            .field("policy", &self.policy.as_deref().map(AnyPolicy::view))
            .field("on_retry", &self.on_retry.is_some())
            .field("on_give_up", &self.on_give_up.is_some())
            .field("before_attempt", &self.before_attempt.is_some())
            .finish()
    }
}

/// How one request may be repeated.
///
/// For the middleware and the layer, because they do not see the code that builds the request. The methods are those of
/// [`RetryRequest`](crate::RetryRequest).
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
///
/// The parameter is the client: only this crate makes settings for another one.
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until a request has them"]
pub struct RetrySettings<C: HttpClient = Client> {
    idempotent: bool,
    key: bool,
    pub(super) body: Option<C::Body>,
    pub(super) attempt_headers: Option<Arc<AttemptHeaders>>,
    pub(crate) hints: Option<Arc<HintHeaders>>,
    pub(crate) chaos: Injector,
    pub(super) shared: SharedParts<C>,
    #[cfg(feature = "tracing")]
    pub(super) spans: bool,
}

impl RetrySettings {
    /// Creates settings that change nothing: the method decides whether to repeat the request, and no key, other body
    /// or header is sent.
    pub fn new() -> Self {
        Self::none()
    }

    /// Sets the policy of the request, in place of the policy of the middleware or the layer.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::RetrySettings;
    ///
    /// let settings = RetrySettings::new().policy(Policy::new().max_attempts(2));
    /// # let _ = settings;
    /// ```
    pub fn policy(mut self, policy: impl AnyPolicy<Error> + Send + Sync + 'static) -> Self {
        self.shared.policy = Some(Arc::new(policy));
        self
    }

    /// See [`RetryRequest::before_attempt`](crate::RetryRequest::before_attempt).
    pub fn before_attempt<F, Fut>(self, before: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request, Error>> + Send + 'static,
    {
        self.with_before_attempt(Arc::new(move |request| Box::pin(before(request))))
    }
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self::none()
    }
}

impl<C: HttpClient> RetrySettings<C> {
    #[inline]
    pub(super) fn none() -> Self {
        Self {
            idempotent: false,
            key: false,
            body: None,
            attempt_headers: None,
            hints: None,
            chaos: Injector::default(),
            shared: SharedParts {
                policy: None,
                on_retry: None,
                on_give_up: None,
                before_attempt: None,
            },
            #[cfg(feature = "tracing")]
            spans: false,
        }
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
    pub fn replay_body(mut self, body: C::Body) -> Self {
        self.body = Some(body);
        self
    }

    /// See [`RetryRequest::attempt_header`](crate::RetryRequest::attempt_header).
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.attempt_headers_mut().attempt = Some(name);
        self
    }

    /// See [`RetryRequest::remaining_header`](crate::RetryRequest::remaining_header).
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.attempt_headers_mut().remaining = Some(name);
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

    /// See [`RetryRequest::spans`](crate::RetryRequest::spans).
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::{RetryLayer, RetrySettings};
    ///
    /// let layer = RetryLayer::new(Policy::new()).settings_by(|_| RetrySettings::new().spans());
    /// # let _ = layer;
    /// ```
    #[cfg(feature = "tracing")]
    pub fn spans(mut self) -> Self {
        self.spans = true;
        self
    }

    /// Injects these faults into every attempt. Default: none. Replaces the faults that were set before.
    ///
    /// See [`Chaos`]. A middleware injects its own into requests whose settings have none.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::{Chaos, RetryLayer, RetryMiddleware, RetrySettings};
    ///
    /// let chaos = Chaos::new().status(503, 0.1);
    /// let settings = RetrySettings::new().chaos(&chaos);
    /// let middleware = RetryMiddleware::new(Policy::new()).settings(settings.clone());
    /// let layer = RetryLayer::new(Policy::new()).settings_by(move |_| settings.clone());
    /// # let _ = (middleware, layer);
    /// ```
    #[cfg(feature = "chaos")]
    pub fn chaos(mut self, chaos: &Chaos) -> Self {
        // Evaluated only in a build that calls this function, because it depends on its type parameter.
        let () = AllowsChaos::<C>::CHECK;
        self.chaos = Injector::new(chaos.clone());
        self
    }

    pub(crate) fn with_before_attempt(mut self, before: C::BeforeAttempt) -> Self {
        self.shared.before_attempt = Some(before);
        self
    }

    /// Returns the policy of the request, if it has its own.
    #[cfg(any(feature = "middleware", feature = "tower"))]
    pub(crate) fn own_policy(&self) -> Option<&SharedPolicy> {
        self.shared.policy.as_ref()
    }

    /// Adds the callbacks of the settings to the hooks of a request.
    #[inline]
    pub(crate) fn add_hooks(&self, hooks: &mut CallHooks<'_>) {
        if let Some(hook) = self.shared.on_retry.clone() {
            hooks.on_retry(move |event| hook(event));
        }
        if let Some(hook) = self.shared.on_give_up.clone() {
            hooks.on_give_up(move |event| hook(event));
        }
    }

    fn attempt_headers_mut(&mut self) -> &mut AttemptHeaders {
        Arc::make_mut(self.attempt_headers.get_or_insert_default())
    }

    /// Applies the settings to the request. Returns whether the server may process it twice.
    #[inline]
    pub(crate) fn apply(&self, request: &mut C::Request) -> Result<Safety, Error> {
        let method = C::method(request).clone();
        let headers = C::headers_mut(request);
        if self.key && !headers.contains_key(&IDEMPOTENCY_KEY) {
            let key = idempotency_key().map_err(|error| Error::not_built(&*error))?;
            headers.insert(&IDEMPOTENCY_KEY, key);
        }
        let declared = if self.idempotent {
            Safety::Idempotent
        } else {
            Safety::Once
        };
        Ok(declared.max(Safety::of(&method, headers)))
    }
}

/// A fault injector must not be left in a release build. Generic, so that the check fails only where it is used.
#[cfg(feature = "chaos")]
struct AllowsChaos<C>(PhantomData<C>);

#[cfg(feature = "chaos")]
impl<C> AllowsChaos<C> {
    const CHECK: () = assert!(
        cfg!(debug_assertions) || cfg!(retryable_chaos),
        "`chaos` injects faults, but this is a release build; remove the call, or, to rehearse an outage, build with \
         RUSTFLAGS=\"--cfg retryable_chaos\"",
    );
}
