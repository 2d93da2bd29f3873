//! Sending a request that knows its method.

use std::future::Future;
use std::time::Duration;

use reqwest::{Request, RequestBuilder};
use retry_core::AnyPolicy;

use crate::classify::Safety;
use crate::error::Error;
use crate::response::Response;
use crate::retry::{Again, Exchange, Head, Limit, RetryRequest, left};

/// What a [`RequestBuilder`] can do with this crate.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Sends the request, and takes a status of 400 or above as a failure too.
    ///
    /// The error knows whether to try again: by the status and its headers, and by the method, as
    /// what may have been processed is [`Ambiguous`](retry_core::Class::Ambiguous) for `POST`,
    /// `PATCH`, `CONNECT`, unknown methods and a conditional `PUT` or `DELETE` without an
    /// `Idempotency-Key`.
    ///
    /// In an attempt of a call with a deadline, it waits for the answer no longer than that.
    ///
    /// Of an answer that counts as failed, up to 64 KiB of the body are read, for at most 100 ms, so
    /// that the connection is used again.
    ///
    /// # Errors
    ///
    /// When the request cannot be built or sent, and when the status is 400 or above. Reading the
    /// body of a good answer is up to the caller, and best done within the retried call, as in
    /// `response.text().await?`; such an error is a plain one of reqwest again, which does not know the
    /// method.
    ///
    /// # Cancel safety
    ///
    /// To drop the future stops the request, as with [`RequestBuilder::send`]; the server may have
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
    /// // Nothing was sent, so that even a POST may be tried again.
    /// assert_eq!(error.explain().class, Class::Refused);
    /// # Ok(())
    /// # }
    /// ```
    fn send_checked(self) -> impl Future<Output = Result<Response, Error>> + Send;

    /// Puts the request under a policy, the reading of its answer included: what comes back has
    /// settings for repeating it, and `send`, `text`, `bytes` and `json` to begin.
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
    async fn send_checked(self) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let request = request?;
        let repeatable = Safety::of(request.method(), request.headers());
        let left = left();
        if left == Some(Duration::ZERO) {
            // Not even on a connection that is ready.
            let url = Some(request.url().clone());
            return Err(Error::timed_out(Duration::ZERO, url, Safety::Idempotent));
        }
        let limit = Limit::from_now(left, || Some(request.url().clone()));
        // Where repeating is safe, reqwest can follow redirects with every body that can be cloned.
        let once = Some(&request)
            .filter(|_| repeatable == Safety::Once)
            .and_then(Request::try_clone)
            .map(Box::new);
        let again = Again::Once(once);
        let mut exchange = Exchange::new(Head, repeatable, None);
        let answer = exchange.of(&client, request, again);
        let outcome = limit.hold(answer, repeatable).await;
        outcome.map_err(|error| exchange.failed(error))
    }

    fn retry<P>(self, policy: &P) -> RetryRequest<'_>
    where
        P: AnyPolicy<Error> + Sync,
    {
        RetryRequest::new(self, policy)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for reqwest::RequestBuilder {}
}
