//! Blocking requests that are retried whole.

use std::fmt;
use std::time::Duration;

use reqwest::blocking::RequestBuilder;
use reqwest::header::HeaderName;
use retry_core::{AnyPolicy, BlockingLimit, GiveUpEvent, Policy, RetryEvent};

use super::exchange::exchange;
use super::read::Head;
use super::{ReplayBody, ReportedRequest, Response};
use crate::classify::Safety;
use crate::error::Error;
use crate::retry::{AnyHttpPolicy, Hosts, RetrySettings, Told, left};

/// What a blocking [`RequestBuilder`] can do with this crate.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Sends the request, and takes a status of 400 or above as a failure too. See
    /// [`send_checked`](crate::RequestBuilderExt::send_checked).
    ///
    /// # Errors
    ///
    /// When the request cannot be built or sent, and when the status is 400 or above.
    fn send_checked(self) -> Result<Response, Error>;

    /// Puts the request under a policy, the reading of its answer included. See
    /// [`retry`](crate::RequestBuilderExt::retry).
    fn retry<B, O, L, T>(self, policy: &Policy<B, O, L, T>) -> RetryRequest<'_>
    where
        L: BlockingLimit,
        Policy<B, O, L, T>: AnyPolicy<Error> + Sync;
}

impl RequestBuilderExt for RequestBuilder {
    fn send_checked(self) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let request = request?;
        let repeatable = Safety::of(request.method(), request.headers());
        exchange(
            &client,
            request,
            left(),
            &mut Head,
            (repeatable, None),
            || None,
        )
    }

    fn retry<B, O, L, T>(self, policy: &Policy<B, O, L, T>) -> RetryRequest<'_>
    where
        L: BlockingLimit,
        Policy<B, O, L, T>: AnyPolicy<Error> + Sync,
    {
        RetryRequest::new(self, policy)
    }
}

/// A blocking request under a policy. Made by [`RequestBuilderExt::retry`], and by a
/// [`RetryClient`](super::RetryClient).
///
/// Each method is that of the same name of the [`RetryRequest`](crate::RetryRequest) that is awaited.
#[must_use = "nothing is sent before `send`, `text` or another method of that kind"]
pub struct RetryRequest<'p> {
    pub(super) request: RequestBuilder,
    pub(super) policy: &'p AnyHttpPolicy<'p>,
    pub(super) told: Told<'p>,
    pub(super) settings: RetrySettings,
    pub(super) body: Option<ReplayBody>,
    pub(super) hosts: Option<&'p Hosts>,
}

impl<'p> RetryRequest<'p> {
    pub(crate) fn new(request: RequestBuilder, policy: &'p AnyHttpPolicy<'p>) -> Self {
        Self {
            request,
            policy,
            told: Told::nothing(),
            settings: RetrySettings::new(),
            body: None,
            hosts: None,
        }
    }

    /// By what a client sets on all of its requests.
    pub(crate) fn of_client(mut self, settings: &RetrySettings, hosts: Option<&'p Hosts>) -> Self {
        self.settings = settings.clone();
        self.hosts = hosts;
        self
    }
}

impl<'p> RetryRequest<'p> {
    /// Changes the request itself: its headers, its query, its body.
    pub fn with(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = change(self.request);
        self
    }

    /// Says that the server may process the request twice, whatever its method.
    pub fn idempotent(mut self) -> Self {
        self.settings = self.settings.idempotent();
        self
    }

    /// Sends an `Idempotency-Key`, the same for all attempts; one that is there is kept.
    pub fn idempotency_key(mut self) -> Self {
        self.settings = self.settings.idempotency_key();
        self
    }

    /// See [`attempt_header`](crate::RetryRequest::attempt_header).
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.attempt_header(name);
        self
    }

    /// See [`remaining_header`](crate::RetryRequest::remaining_header). The client's own timeout, of 30 s
    /// unless it was built with another, is not known here, and not told.
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.remaining_header(name);
        self
    }

    /// See [`RetryRequest::hint_header`](crate::RetryRequest::hint_header).
    pub fn hint_header<F>(mut self, name: HeaderName, parse: F) -> Self
    where
        F: Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    {
        self.settings = self.settings.hint_header(name, parse);
        self
    }

    /// The body of every attempt, in place of one that was set on the builder: bytes there need none of
    /// this, and a reader is sent once.
    pub fn replay_body(mut self, body: ReplayBody) -> Self {
        self.body = Some(body);
        self
    }

    /// Is called before each wait.
    pub fn on_retry<N>(mut self, on_retry: N) -> Self
    where
        N: Fn(&RetryEvent<'_, Error>) + Send + 'p,
    {
        self.told.on_retry(on_retry);
        self
    }

    /// Sets a callback that runs when an attempt has failed and no further one follows.
    pub fn on_give_up<N>(mut self, on_give_up: N) -> Self
    where
        N: Fn(&GiveUpEvent<'_, Error>) + Send + 'p,
    {
        self.told.on_give_up(on_give_up);
        self
    }

    /// See [`RetryRequest::policy`](crate::RetryRequest::policy).
    pub fn policy<B, O, L, T>(mut self, policy: &'p Policy<B, O, L, T>) -> Self
    where
        L: BlockingLimit,
        Policy<B, O, L, T>: AnyPolicy<Error> + Sync,
    {
        self.policy = policy;
        self
    }

    /// Gives a [`Report`](retry_core::Report) of what the call took beside its outcome, on success too.
    pub fn report(self) -> ReportedRequest<'p> {
        ReportedRequest(self)
    }
}

impl fmt::Debug for RetryRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The builder would show its headers.
        f.debug_struct("RetryRequest")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for reqwest::blocking::RequestBuilder {}
}
