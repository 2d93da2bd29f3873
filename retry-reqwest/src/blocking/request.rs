//! Blocking requests that are retried whole.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use bytes::Bytes;
use reqwest::blocking::{Body, Client, Request, RequestBuilder, Response};
use reqwest::header::{HeaderMap, HeaderName};
use retry_core::{ByLadder, NoHook, OnRetry, Policy, Report, RetryEvent};

use super::{BlockingPolicy, ReportedRequest};
use crate::drain::{DRAIN, EXCERPT};
use crate::replay::BoxError;
use crate::retry::{Decide, Repeat, Template, failed, settle};
use crate::{Error, NotReplayable, RetrySettings};

/// What a blocking [`RequestBuilder`] can do with this crate.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Puts the request under a policy, the reading of its answer included. See
    /// [`retry`](crate::RequestBuilderExt::retry).
    fn retry<P, Kind>(self, policy: &P) -> RetryRequest<'_, P, NoHook, Kind>;
}

impl RequestBuilderExt for RequestBuilder {
    fn retry<P, Kind>(self, policy: &P) -> RetryRequest<'_, P, NoHook, Kind> {
        RetryRequest {
            request: self,
            policy,
            on_retry: NoHook,
            settings: RetrySettings::new(),
            body: None,
            kind: PhantomData,
        }
    }
}

/// A blocking request under a policy. Made by [`RequestBuilderExt::retry`].
///
/// Each method is that of the same name of the [`RetryRequest`](crate::RetryRequest) that is awaited.
#[must_use = "nothing is sent before `send`, `text` or another method of that kind"]
pub struct RetryRequest<'p, P = Policy, R = NoHook, Kind = ByLadder<()>> {
    request: RequestBuilder,
    policy: &'p P,
    on_retry: R,
    settings: RetrySettings,
    body: Option<MakeBody>,
    kind: PhantomData<fn() -> Kind>,
}

type MakeBody = Arc<dyn Fn() -> Result<Body, BoxError> + Send + Sync>;

impl<'p, P, R, Kind> RetryRequest<'p, P, R, Kind> {
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

    /// Makes the body of every attempt, in place of one that was set on the builder: bytes there need
    /// none of this, and a reader is sent once.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn upload(client: &reqwest::blocking::Client) -> Result<(), retry_reqwest::Error> {
    /// use retry_core::Policy;
    /// use retry_reqwest::blocking::RequestBuilderExt;
    /// use std::fs::File;
    ///
    /// let policy = Policy::new();
    /// let request = client.put("https://example.com/backup").retry(&policy);
    /// request.body_from(|| File::open("backup.tar")).send()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body_from<F, B, E>(mut self, make: F) -> Self
    where
        F: Fn() -> Result<B, E> + Send + Sync + 'static,
        B: Into<Body>,
        E: Into<BoxError>,
    {
        self.body = Some(Arc::new(move || make().map(Into::into).map_err(Into::into)));
        self
    }

    /// Is called before each wait.
    pub fn on_retry<N>(self, on_retry: N) -> RetryRequest<'p, P, N, Kind>
    where
        N: Fn(&RetryEvent<'_, Error>),
    {
        RetryRequest {
            request: self.request,
            policy: self.policy,
            on_retry,
            settings: self.settings,
            body: self.body,
            kind: PhantomData,
        }
    }

    /// Gives a [`Report`] of what the call took beside its outcome, on success too.
    pub fn report(self) -> ReportedRequest<'p, P, R, Kind> {
        ReportedRequest(self)
    }

    /// Sends the request until there is a response that is no failure.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn send(self) -> Result<Response, Error>
    where
        P: BlockingPolicy<Kind>,
        R: OnRetry<Error>,
    {
        self.drive(Ok).0
    }

    /// Sends the request and reads the whole body as text, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn text(self) -> Result<String, Error>
    where
        P: BlockingPolicy<Kind>,
        R: OnRetry<Error>,
    {
        self.drive(Response::text).0
    }

    /// Sends the request and reads the whole body, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn bytes(self) -> Result<Bytes, Error>
    where
        P: BlockingPolicy<Kind>,
        R: OnRetry<Error>,
    {
        self.drive(Response::bytes).0
    }

    /// Sends the request and reads the whole body as JSON, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    #[cfg(feature = "json")]
    pub fn json<T>(self) -> Result<T, Error>
    where
        T: serde::de::DeserializeOwned,
        P: BlockingPolicy<Kind>,
        R: OnRetry<Error>,
    {
        self.drive(Response::json).0
    }

    pub(super) fn drive<T>(
        self,
        read: impl Fn(Response) -> reqwest::Result<T>,
    ) -> (Result<T, Error>, Report)
    where
        P: BlockingPolicy<Kind>,
        R: OnRetry<Error>,
    {
        let (client, request) = self.request.build_split();
        let prepared = request.map_err(Error::from).and_then(|mut request| {
            let method = request.method().clone();
            let repeatable = self.settings.apply_to(&method, request.headers_mut())?;
            Ok((request, repeatable))
        });
        // One that was not built is not repeated anyway.
        let repeatable = prepared.as_ref().is_ok_and(|(_, repeatable)| *repeatable);
        let request = prepared.map(|(request, _)| request);
        let mut template = Template::new(request, self.body, &self.settings);
        let mut call = self.policy.begin(None, self.on_retry);
        loop {
            let (number, limit) = (call.number(), call.limit());
            let attempt = |request| exchange(&client, request, limit, &read, repeatable);
            let outcome = call.within(|| template.next(number, limit).and_then(attempt));
            match settle(&mut call, &template, outcome) {
                ControlFlow::Continue(delay) => sleep(delay),
                ControlFlow::Break(ended) => return (ended, call.report()),
            }
        }
    }
}

fn exchange<T>(
    client: &Client,
    mut request: Request,
    limit: Option<Duration>,
    read: impl Fn(Response) -> reqwest::Result<T>,
    repeatable: bool,
) -> Result<T, Error> {
    // Without one of its own, the client's counts, which nobody can ask for.
    if let (Some(timeout), Some(limit)) = (request.timeout_mut(), limit) {
        *timeout = limit.min(*timeout);
    }
    let failure = |error| Error::from_transport(error, repeatable);
    let response = client.execute(request).map_err(failure)?;
    if failed(response.status()) {
        let (status, headers) = (response.status(), response.headers());
        let error = Error::from_head(status, headers, response.url().clone(), repeatable);
        return Err(error.with_body(drain(response)));
    }
    read(response).map_err(failure)
}

/// Like `drain` of the requests that are awaited. A thread cannot lose its patience, so that only a body
/// whose length is known to be small is read.
fn drain(response: Response) -> Box<[u8]> {
    let mut body = Vec::new();
    if response
        .content_length()
        .is_some_and(|length| length <= DRAIN as u64)
    {
        // A body that breaks off is as good as one that ends: the status is what failed.
        let _ = response.take(DRAIN as u64).read_to_end(&mut body);
    }
    body.truncate(EXCERPT);
    body.into_boxed_slice()
}

impl Repeat for Request {
    type Body = MakeBody;

    fn repeat(&self) -> Option<Self> {
        self.try_clone()
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }

    fn timeout(&self) -> Option<Duration> {
        self.timeout().copied()
    }

    fn empty(&mut self) {
        *self.body_mut() = None;
    }

    fn fill(&mut self, body: &MakeBody) -> Result<(), NotReplayable> {
        *self.body_mut() = Some(body().map_err(NotReplayable::because)?);
        Ok(())
    }

    fn reclaim(_: &MakeBody) -> bool {
        true
    }
}

impl<P, R, Kind> fmt::Debug for RetryRequest<'_, P, R, Kind> {
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
