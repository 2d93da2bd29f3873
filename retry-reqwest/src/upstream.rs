//! For servers: the attempt of the caller becomes known to the calls that answer it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::{HeaderName, HeaderValue};
use http::{Request, Response};
use pin_project_lite::pin_project;
use retry_core::Upstream;
use tower_layer::Layer;
use tower_service::Service;

use crate::classify::{SHOULD_RETRY, is_failure};
use crate::retry::AttemptHeaders;

/// Lets the calls by which a server answers a request know of the attempt that its caller is in, and lets
/// the caller know when they gave up. A layer of tower, for axum and any other
/// `Service<http::Request<_>>` that gives an `http::Response<_>`.
///
/// Of each request it reads the headers that it was given the names of: [`attempt`](retry_core::attempt())
/// gives the number while the request is answered, and deadlines of calls never pass the time that
/// remains. A value that is no whole number is ignored, one that is too large counts as the largest,
/// and of several the first one counts. Whoever can reach the server can set these headers: a caller who
/// lies shortens the time for its own answer, and nothing else.
///
/// When a call gave up in which the request was answered, and the answer has failed, with a status from
/// 400 on, it gets `x-should-retry: false`, unless it has an `x-should-retry` already. The caller's
/// retries then stop too, and those of its callers.
#[cfg_attr(doc, doc = "See [across services](crate::docs::services).")]
///
/// What the service does in tasks that it spawns is outside of the attempt, and so is the body of the
/// answer.
///
/// # Examples
///
/// ```
/// use reqwest::header::HeaderName;
/// use retryable::attempt;
/// use retryable::http::UpstreamLayer;
/// use tower::{Layer, ServiceExt};
///
/// const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let service = tower::service_fn(async |_: http::Request<()>| {
///     let number = attempt().map(|attempt| attempt.number());
///     Ok::<_, http::Error>(http::Response::new(number))
/// });
/// let service = UpstreamLayer::new().attempt_header(ATTEMPT).layer(service);
///
/// let request = http::Request::get("/").header(ATTEMPT, 3).body(())?;
/// let response = service.oneshot(request).await?;
/// assert_eq!(response.into_body(), Some(3));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct UpstreamLayer(AttemptHeaders);

impl UpstreamLayer {
    /// Reads no header; answers are told of calls that gave up all the same.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the number of the caller's attempt from this header; see
    /// [`RetryRequest::attempt_header`](crate::RetryRequest::attempt_header). Default: none.
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.0.attempt = Some(name);
        self
    }

    /// Reads from this header how long the caller waits, in milliseconds; see
    /// [`RetryRequest::remaining_header`](crate::RetryRequest::remaining_header). Default: none.
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.0.remaining = Some(name);
        self
    }
}

impl<S> Layer<S> for UpstreamLayer {
    type Service = UpstreamService<S>;

    fn layer(&self, inner: S) -> UpstreamService<S> {
        let headers = self.0.clone();
        UpstreamService { inner, headers }
    }
}

/// A service that knows of its callers' attempts. Made by [`UpstreamLayer`].
#[derive(Clone, Debug)]
pub struct UpstreamService<S> {
    inner: S,
    headers: AttemptHeaders,
}

impl<S, B, R> Service<Request<B>> for UpstreamService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = UpstreamFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut upstream = self.headers.read(request.headers());
        let answer = upstream.serve_blocking(|| self.inner.call(request));
        UpstreamFuture { upstream, answer }
    }
}

pin_project! {
    /// The answer to one request. Made by [`UpstreamService`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct UpstreamFuture<F> {
        upstream: Upstream,
        #[pin]
        answer: F,
    }
}

impl<F, R, E> Future for UpstreamFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = this.answer;
        let mut answer = ready!(this.upstream.serve_blocking(|| answer.poll(cx)));
        if let Ok(response) = &mut answer {
            if this.upstream.gave_up() && is_failure(response.status()) {
                let headers = response.headers_mut();
                let said = headers.entry(SHOULD_RETRY);
                said.or_insert(HeaderValue::from_static("false"));
            }
        }
        Poll::Ready(answer)
    }
}
