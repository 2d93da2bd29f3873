//! Blocking requests under a policy.

use std::sync::Arc;

use reqwest::blocking::{Client, Request, RequestBuilder};
use retry_core::AnyPolicy;

use super::exchange::exchange;
use super::read::Head;
use super::response::Response;
use crate::chaos::Injector;
use crate::classify::Safety;
use crate::error::Error;
use crate::request::{self, Accepts, AttemptSpan, remaining, sealed};

/// Methods that this crate adds to the blocking `RequestBuilder`.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Sends the request, and treats a status of 400 or above as a failure too. See
    /// [`send_checked`](crate::RequestBuilderExt::send_checked).
    ///
    /// # Errors
    ///
    /// If the request cannot be built or sent, and if the status is 400 or above.
    fn send_checked(self) -> Result<Response, Error>;

    /// Puts the request under a policy, including the reading of its response. See
    /// [`retry`](crate::RequestBuilderExt::retry).
    fn retry<P>(self, policy: &P) -> RetryRequest<'_>
    where
        P: AnyPolicy<Error> + Sync,
        Client: Accepts<P>;
}

impl RequestBuilderExt for RequestBuilder {
    fn send_checked(self) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let request = request?;
        let repeatable = Safety::of(request.method(), request.headers());
        exchange(
            (&client, &Injector::default()),
            request,
            remaining(),
            &mut Head,
            (repeatable, None),
            &AttemptSpan::default(),
            || None,
        )
    }

    fn retry<P>(self, policy: &P) -> RetryRequest<'_>
    where
        P: AnyPolicy<Error> + Sync,
        Client: Accepts<P>,
    {
        RetryRequest::new(self, policy)
    }
}

/// A blocking request under a policy: a [`RetryRequest`](crate::RetryRequest) that blocks the thread. Made by
/// [`RequestBuilderExt::retry`], and by a [`RetryClient`](super::RetryClient).
pub type RetryRequest<'p> = request::RetryRequest<'p, Client>;

/// A [`RetryRequest`] whose outcome comes with a [`Report`](retry_core::Report). Made by `RetryRequest::report`.
pub type ReportedRequest<'p> = request::ReportedRequest<'p, Client>;

impl RetryRequest<'_> {
    /// Sets a callback that changes the request of each attempt just before it is sent: for signatures and tokens that
    /// expire. Default: none.
    ///
    /// It runs as part of the attempt: if it fails, the attempt fails. It runs again if this crate resends the request
    /// for a redirect.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn fresh_token() -> Result<String, retryable::http::Error> { Ok(String::new()) }
    /// # fn order(request: retryable::http::blocking::RetryRequest<'_>) -> Result<(), retryable::http::Error> {
    /// use reqwest::header::{AUTHORIZATION, HeaderValue};
    ///
    /// let request = request.before_attempt(|mut request| {
    ///     let token = fresh_token()?;
    ///     if let Ok(value) = HeaderValue::from_str(&token) {
    ///         request.headers_mut().insert(AUTHORIZATION, value);
    ///     }
    ///     Ok(request)
    /// });
    /// request.send()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before_attempt<F>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Result<Request, Error> + Send + Sync + 'static,
    {
        self.settings = self.settings.with_before_attempt(Arc::new(before));
        self
    }
}
