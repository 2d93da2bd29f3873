//! What is set on one request, apart from what it sends.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Request};

use crate::attempt_headers::AttemptHeaders;
use crate::hint_headers::HintHeaders;
use crate::method::{IDEMPOTENCY_KEY, Safety};
use crate::{Error, ReplayBody, key};

/// How one request may be repeated: for the middleware and the layer, which do not see the call that
/// makes the request. The methods are those of [`RetryRequest`](crate::RetryRequest).
///
/// # Examples
///
/// ```
/// use retry_reqwest::{ReplayBody, RetrySettings};
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
            let key = key::idempotency_key().map_err(|error| Error::not_built(&*error))?;
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
