//! `RetryRequest`: a request that is retried whole.

use std::fmt;

use bytes::Bytes;
use reqwest::{Client, Request, RequestBuilder, Response};
use retry_core::{NoHook, OnRetry, Policy, RetryEvent};

use super::attempts::Attempts;
use super::read::{Head, Text, Whole};
use super::template::Template;
use super::{HttpPolicy, Read};
use crate::Error;
use crate::method::repeatable;

/// A request under a policy. Made by [`RequestBuilderExt::retry`](crate::RequestBuilderExt::retry).
#[must_use = "nothing is sent before `send`, `text` or another method of that kind is awaited"]
pub struct RetryRequest<'p, P = Policy, R = NoHook> {
    client: Client,
    request: Result<Request, Error>,
    policy: &'p P,
    idempotent: bool,
    on_retry: R,
}

impl<'p, P> RetryRequest<'p, P> {
    pub(crate) fn new(request: RequestBuilder, policy: &'p P) -> Self {
        let (client, request) = request.build_split();
        Self {
            client,
            request: request.map_err(Error::from),
            policy,
            idempotent: false,
            on_retry: NoHook,
        }
    }
}

impl<'p, P, R> RetryRequest<'p, P, R> {
    /// Says that the server may process the request twice, whatever its method: what may have taken
    /// effect is tried again.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Is called before each wait.
    pub fn on_retry<N>(self, on_retry: N) -> RetryRequest<'p, P, N>
    where
        N: Fn(&RetryEvent<'_, Error>),
    {
        RetryRequest {
            client: self.client,
            request: self.request,
            policy: self.policy,
            idempotent: self.idempotent,
            on_retry,
        }
    }

    /// Sends the request until there is a response that is no failure. Its body is up to the caller,
    /// and what fails in reading it is not retried.
    pub async fn send<K>(self) -> Result<Response, Error>
    where
        P: HttpPolicy<Response, K>,
        R: OnRetry<Error>,
    {
        self.drive(Head).await.0
    }

    /// Sends the request and reads the whole body as text.
    pub async fn text<K>(self) -> Result<String, Error>
    where
        P: HttpPolicy<String, K>,
        R: OnRetry<Error>,
    {
        self.drive(Text).await.0
    }

    /// Sends the request and reads the whole body.
    pub async fn bytes<K>(self) -> Result<Bytes, Error>
    where
        P: HttpPolicy<Bytes, K>,
        R: OnRetry<Error>,
    {
        self.drive(Whole).await.0
    }

    pub(crate) async fn drive<D, K>(self, read: D) -> (Result<D::Output, Error>, retry_core::Report)
    where
        D: Read,
        P: HttpPolicy<D::Output, K>,
        R: OnRetry<Error>,
    {
        let repeatable = self.idempotent
            || self
                .request
                .as_ref()
                .is_ok_and(|request| repeatable(request.method(), request.headers()));
        let template = Template::new(self.request);
        let attempts = Attempts::new(self.client, template, repeatable, read);
        attempts.drive(self.policy, self.on_retry).await
    }
}

impl<P, R> fmt::Debug for RetryRequest<'_, P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryRequest").finish_non_exhaustive()
    }
}
