//! A tower layer for servers whose handlers retry calls of other services.
//!
//! Retries multiply from service to service. [`UpstreamLayer`] stops that on the side of the server. It needs only
//! the types of `http` and the traits of tower, so it works with axum, tonic, hyper and other servers, and with any
//! client.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use retry_core::Upstream;

/// The header that says whether the client should retry: `true` or `false`.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// A layer that makes the caller's attempt number and remaining time visible to retries inside a server's handler.
///
/// It marks failed responses with `x-should-retry: false` if those retries gave up.
///
/// It wraps any `Service<http::Request<_>>` that returns an `http::Response<_>`.
///
/// - While the handler runs, [`attempt()`](retry_core::attempt()) returns the number of the caller's attempt, and no
///   deadline of a call passes the caller's remaining time. Both are read from headers of the request, whose names
///   the two services agree on. A value that is not a whole number is ignored. A value that is too large counts as
///   the largest possible one. Of several values the first one counts.
/// - A response with a status of 400 or above gets `x-should-retry: false` if a call in the handler gave up, unless
///   the handler has set `x-should-retry` itself. The caller then stops retrying, and so do its own callers.
///
/// Tasks that the handler spawns are outside of the attempt, and so is the body of the response, which is read
/// after the handler has returned.
///
/// Any client that can reach the server can set these headers. A client that lies shortens the time for its own
/// response, and has no other effect.
///
/// # Examples
///
/// ```
/// use http::header::HeaderName;
/// use retryable::attempt;
/// use retryable::server::UpstreamLayer;
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
#[must_use = "a layer does nothing until it wraps a service"]
pub struct UpstreamLayer {
    attempt: Option<HeaderName>,
    remaining: Option<HeaderName>,
}

impl UpstreamLayer {
    /// Makes a layer that reads no header of the request, and marks failed responses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the number of the caller's attempt from this header. Default: none.
    ///
    /// A client of `retry-reqwest` sends it with `attempt_header`.
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.attempt = Some(name);
        self
    }

    /// Reads the time that the caller waits, in milliseconds, from this header. Default: none.
    ///
    /// A client of `retry-reqwest` sends it with `remaining_header`.
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.remaining = Some(name);
        self
    }

    /// Returns the attempt that the headers of a request describe.
    fn upstream(&self, headers: &HeaderMap) -> Upstream {
        let mut upstream = Upstream::new();
        if let Some(number) = whole_number(headers, self.attempt.as_ref()) {
            upstream = upstream.number(u32::try_from(number).unwrap_or(u32::MAX));
        }
        if let Some(millis) = whole_number(headers, self.remaining.as_ref()) {
            upstream = upstream.remaining(Duration::from_millis(millis));
        }
        upstream
    }
}

impl<S> Layer<S> for UpstreamLayer {
    type Service = UpstreamService<S>;

    fn layer(&self, inner: S) -> UpstreamService<S> {
        let layer = self.clone();
        UpstreamService { inner, layer }
    }
}

/// A service whose handler knows its caller's attempt. Made by [`UpstreamLayer`].
#[derive(Clone, Debug)]
pub struct UpstreamService<S> {
    inner: S,
    layer: UpstreamLayer,
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
        let mut upstream = self.layer.upstream(request.headers());
        let handler = upstream.serve_blocking(|| self.inner.call(request));
        UpstreamFuture { upstream, handler }
    }
}

pin_project! {
    /// The response to one request. Made by [`UpstreamService`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct UpstreamFuture<F> {
        upstream: Upstream,
        #[pin]
        handler: F,
    }
}

impl<F, R, E> Future for UpstreamFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let handler = this.handler;
        let mut outcome = ready!(this.upstream.serve_blocking(|| handler.poll(cx)));
        if let Ok(response) = &mut outcome {
            // RFC 9110 section 15: a client counts a status of 600 or more as one of 5xx.
            if this.upstream.gave_up() && response.status().as_u16() >= 400 {
                let should_retry = response.headers_mut().entry(SHOULD_RETRY);
                should_retry.or_insert(HeaderValue::from_static("false"));
            }
        }
        Poll::Ready(outcome)
    }
}

/// Returns the first value of a header, if it is a whole number; `u64::MAX` if it is too large.
fn whole_number(headers: &HeaderMap, name: Option<&HeaderName>) -> Option<u64> {
    let value = headers.get(name?)?.to_str().ok()?;
    // Proxies join several values by commas (RFC 9110 section 5.3).
    let first = value.split(',').next().unwrap_or_default().trim_ascii();
    // Digits only: `str::parse` would accept a plus sign.
    let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| first.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: HeaderName = HeaderName::from_static("x-number");

    fn read(values: &[&str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(NAME, value);
        }
        whole_number(&headers, Some(&NAME))
    }

    #[test]
    fn the_first_value_counts_if_it_is_a_number() {
        assert_eq!(read(&["12"]), Some(12));
        assert_eq!(read(&[" 007 "]), Some(7));
        assert_eq!(read(&["3", "4"]), Some(3));
        assert_eq!(read(&["3, 4"]), Some(3));
        assert_eq!(read(&["many", "4"]), None);
        for nonsense in ["", " ", "-1", "+1", "1.5", "1 2", "0x10", ",1", "½"] {
            assert_eq!(read(&[nonsense]), None, "{nonsense}");
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_number_that_is_too_large_counts_as_the_largest_one() {
        assert_eq!(read(&["18446744073709551615"]), Some(u64::MAX));
        assert_eq!(read(&["18446744073709551616"]), Some(u64::MAX));
        assert_eq!(read(&[&"9".repeat(500)]), Some(u64::MAX));
    }

    proptest! {
        #[test]
        fn a_number_that_a_client_writes_is_read(number: u64) {
            prop_assert_eq!(read(&[&number.to_string()]), Some(number));
        }

        #[test]
        fn no_value_is_too_strange(value in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let headers = HeaderMap::from_iter([(NAME, value)]);
                let _ = whole_number(&headers, Some(&NAME));
            }
        }
    }
}
