//! `RetryRequest`: a request that is retried whole.

use std::fmt;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Request, RequestBuilder, Response};
use retry_core::{NoHook, OnRetry, Policy, RetryEvent};
use tokio::io::AsyncWrite;

use super::attempts::Attempts;
use super::read::{Head, Text, Whole};
use super::template::Template;
use super::{HttpPolicy, Read};
use crate::Error;
use crate::method::repeatable;
use crate::resume::{Download, Resume};

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

    /// Writes the body of the answer to `writer`, and flushes that. Gives the number of bytes written.
    ///
    /// A body that breaks off is continued where it ended, if the server allows that without a doubt
    /// about a single byte; the page [Downloads](crate::docs::downloads) says when. Requests for the rest
    /// count as attempts of the same call, whatever came of the ones before, and the deadline spans
    /// them all. The request asks for `Accept-Encoding: identity` unless it has one of its own.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and also when the status is below 200 or above 299, when the body
    /// cannot be had to its end, or not with certainty, and when the writer fails.
    /// [`Error::good_bytes`] says how many bytes the writer took: they are right, and flushed.
    ///
    /// # Cancel safety
    ///
    /// To drop the future stops the request. The writer has then taken some of the body, from its
    /// beginning; how much is not said, and nothing is flushed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # tokio::spawn(async move {
    /// #     // The whole, cut off after two bytes; then the rest.
    /// #     let heads = ["200 OK\r\ncontent-length: 5", "206 Partial Content\r\ncontent-length: 3\r\ncontent-range: bytes 2-4/5"];
    /// #     for (head, body) in heads.into_iter().zip(["he", "llo"]) {
    /// #         let (mut stream, _) = listener.accept().await.unwrap();
    /// #         stream.read(&mut [0; 1024]).await.unwrap();
    /// #         let answer = format!("HTTP/1.1 {head}\r\netag: \"1\"\r\n\r\n{body}");
    /// #         stream.write_all(answer.as_bytes()).await.unwrap();
    /// #     }
    /// # });
    /// use retry_core::Policy;
    /// use retry_reqwest::RequestBuilderExt;
    /// use std::time::Duration;
    ///
    /// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
    ///
    /// // A server that hangs up after the second byte of "hello".
    /// let request = reqwest::Client::new().get(url);
    /// let mut file = Vec::new();
    /// let length = request.retry(&POLICY).download(&mut file).await?;
    /// assert_eq!((length, file.as_slice()), (5, &b"hello"[..]));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download<W, K>(self, writer: W) -> Result<u64, Error>
    where
        W: AsyncWrite + Unpin,
        P: HttpPolicy<u64, K>,
        R: OnRetry<Error>,
    {
        let resume = match &self.request {
            Ok(request) => Resume::new(request.method(), request.headers()),
            Err(_) => Resume::new(&Method::GET, &HeaderMap::new()),
        };
        self.drive(Download::new(resume, writer)).await.0
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
