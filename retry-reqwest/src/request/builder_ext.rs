//! `RequestBuilderExt`: sending a request with a check of its status, or under a policy.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use reqwest::RequestBuilder;
use retry_core::AnyPolicy;

use super::attempt_deadline::{AttemptDeadline, remaining};
use super::attempts::attempt;
use super::exchange::ClientAttempts;
use super::read::Head;
use super::request_source::RequestSource;
use super::retry_request::RetryRequest;
use crate::classify::Safety;
use crate::error::Error;
use crate::response::Response;

/// Methods that this crate adds to `RequestBuilder`.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Sends the request, and treats a status of 400 or above as a failure too.
    ///
    /// The class of the error depends on the status, its headers and the method. If the server may have processed the
    /// request, the class is [`Ambiguous`](retry_core::Class::Ambiguous) for `POST`, `PATCH`, `CONNECT`, unknown
    /// methods and a conditional `PUT` or `DELETE`, unless there is an `Idempotency-Key`.
    ///
    /// In an attempt of a call with a deadline, the wait for the response ends with that deadline.
    ///
    /// On a failed response, up to 64 KiB of the body is drained, for at most 100 ms, so that the connection can
    /// be reused.
    ///
    /// # Errors
    ///
    /// If the request cannot be built or sent, and if the status is 400 or above. The caller reads the body of a
    /// successful response, best within the retried call, as in `response.text().await?`: that fails with an
    /// [`Error`] too.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the request, as with `RequestBuilder::send`; the server may have
    /// processed it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retryable::Class;
    /// use retryable::http::{ErrorKind, RequestBuilderExt};
    ///
    /// // A port that nothing listens on.
    /// let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    /// let client = reqwest::Client::new();
    ///
    /// let request = client.post(format!("http://127.0.0.1:{port}/orders"));
    /// let error = request.send_checked().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Transport);
    /// // Nothing was sent, so even a POST may be tried again.
    /// assert_eq!(error.explain().class, Class::Refused);
    /// # Ok(())
    /// # }
    /// ```
    fn send_checked(self) -> impl Future<Output = Result<Response, Error>> + Send;

    /// Puts the request under a policy, including the reading of its response.
    ///
    /// The returned [`RetryRequest`] has settings for repeating it, and `send`, `text`, `bytes`, `json` and `download`
    /// to send it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retryable::{Class, Policy};
    /// use retryable::http::RequestBuilderExt;
    /// use std::time::Duration;
    ///
    /// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
    ///
    /// // A port that nothing listens on.
    /// let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    /// let client = reqwest::Client::new();
    ///
    /// let request = client.get(format!("http://127.0.0.1:{port}/"));
    /// let error = request.retry(&POLICY).text().await.unwrap_err();
    /// assert_eq!(error.explain().class, Class::Refused);
    /// # Ok(())
    /// # }
    /// ```
    fn retry<P>(self, policy: &P) -> RetryRequest<'_>
    where
        P: AnyPolicy<Error> + Sync;
}

impl RequestBuilderExt for RequestBuilder {
    // Not an `async fn`, whose future would store the builder in addition to its request.
    fn send_checked(self) -> impl Future<Output = Result<Response, Error>> + Send {
        let (client, request) = self.build_split();
        let mut request = request.map(Some);
        async move {
            let request = match request {
                Ok(ref mut request) => request,
                Err(error) => return Err(error.into()),
            };
            let (mut repeatable, mut url) = (Safety::Once, None);
            let remaining = remaining();
            if let Some(request) = request {
                repeatable = Safety::of(request.method(), request.headers());
                url = remaining.map(|_| request.url().clone());
            }
            if remaining == Some(Duration::ZERO) {
                // Nothing is sent, even if a connection is ready: there is no time for a response. Nothing sent is safe
                // to repeat, for every method.
                return Err(Error::timed_out(Duration::ZERO, url, Safety::Idempotent));
            }
            let limit = AttemptDeadline::from_now(remaining, || url);
            let mut attempts = ClientAttempts::new(client, Head, repeatable);
            let mut source = RequestSource::Once(request);
            let outcome = {
                let response = pin!(attempt(&mut attempts, &mut source));
                limit.hold(response, repeatable).await
            };
            outcome.map_err(|error| attempts.error_of(error))
        }
    }

    #[inline]
    fn retry<P>(self, policy: &P) -> RetryRequest<'_>
    where
        P: AnyPolicy<Error> + Sync,
    {
        RetryRequest::new(self, policy)
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}

    impl Sealed for reqwest::RequestBuilder {}

    #[cfg(feature = "blocking")]
    impl Sealed for reqwest::blocking::RequestBuilder {}
}
