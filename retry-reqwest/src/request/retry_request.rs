//! `RetryRequest`: the settings of a request that is retried whole.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Client, Request};
use retry_core::{AnyPolicy, GiveUpEvent, RetryEvent};

use super::hosts::Hosts;
use super::http_client::{Accepts, HttpClient};
use super::policy::{AnyHttpPolicy, CallHooks};
use super::reported::ReportedRequest;
use super::settings::RetrySettings;
use crate::error::Error;

/// A request under a policy. Made by [`RequestBuilderExt::retry`](crate::RequestBuilderExt::retry),
/// and by a [`RetryClient`](crate::RetryClient).
///
/// Everything from the first byte sent to the last byte read is one call, with one count of attempts and
/// one deadline: a response that is interrupted is requested again. Each attempt may take as long as the policy's
/// [`attempt_timeout`](retry_core::Policy::attempt_timeout), and never longer than the time until its
/// [`deadline`](retry_core::Policy::deadline). A timeout that is set on the client or the request counts for each
/// attempt.
///
/// Every attempt starts from the request as it was built. So a header that reqwest leaves out after a redirect to
/// another host, such as `Authorization`, is not sent there by a retry either.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retryable::Policy;
/// use retryable::http::RequestBuilderExt;
/// use retryable::http::testing::{Server, reply};
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
///
/// let server = Server::script([reply(503), reply(200).body("42")]);
/// let client = reqwest::Client::new();
/// let (order, report) = client
///     .post(server.url())
///     .body("three apples")
///     .retry(&POLICY)
///     .idempotency_key() // makes it safe to repeat
///     .report()
///     .text()
///     .await;
/// // The server was busy at first.
/// assert_eq!((order?.as_str(), report.attempts), ("42", 2));
/// # Ok(())
/// # }
/// ```
///
/// The parameter is the client: for `reqwest::blocking`, there is the alias `blocking::RetryRequest`, with the same
/// settings.
#[must_use = "nothing is sent before `send`, `text` or another method of that kind"]
pub struct RetryRequest<'p, C: HttpClient = Client> {
    pub(super) request: C::Builder,
    pub(super) policy: &'p AnyHttpPolicy<'p>,
    pub(super) hooks: CallHooks<'p>,
    pub(crate) settings: RetrySettings<C>,
    pub(super) hosts: Option<&'p Hosts>,
    /// Whether the request has only a method, a URL and headers. A request that other code built may have more than
    /// reqwest shows.
    pub(super) is_bare: bool,
}

impl<'p, C: HttpClient> RetryRequest<'p, C> {
    #[inline]
    pub(crate) fn new(request: C::Builder, policy: &'p AnyHttpPolicy<'p>) -> Self {
        Self {
            request,
            policy,
            hooks: CallHooks::none(),
            settings: RetrySettings::none(),
            hosts: None,
            is_bare: false,
        }
    }

    /// Changes the request itself: its headers, its query, its body.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::{Error, RetryClient};
    ///
    /// async fn order(client: &RetryClient, token: &str) -> Result<String, Error> {
    ///     let request = client.post("https://example.com/orders");
    ///     request
    ///         .with(|request| request.bearer_auth(token).body("three apples"))
    ///         .text()
    ///         .await
    /// }
    /// ```
    pub fn with(mut self, change: impl FnOnce(C::Builder) -> C::Builder) -> Self {
        self.request = change(self.request);
        self.is_bare = false;
        self
    }

    /// Declares that the server may process the request twice, for every method. A failure that leaves open whether the
    /// request took effect is then [`Transient`](retry_core::Class::Transient).
    pub fn idempotent(mut self) -> Self {
        self.settings = self.settings.idempotent();
        self
    }

    /// Sends an `Idempotency-Key`, by which the server recognizes a repetition: a UUID of version 4 from the operating
    /// system's randomness, the same for all attempts. A key that the request already has is kept. It makes the
    /// request safe to repeat, so check in the server's documentation that it obeys the header.
    pub fn idempotency_key(mut self) -> Self {
        self.settings = self.settings.idempotency_key();
        self
    }

    /// Sets the body of every attempt, a [`ReplayBody`](crate::ReplayBody). It replaces a body that was set on the
    /// builder; a body of bytes there needs no `ReplayBody`. The body of a blocking request is a
    /// `blocking::ReplayBody`.
    pub fn replay_body(mut self, body: C::Body) -> Self {
        self.settings = self.settings.replay_body(body);
        self
    }

    /// Sends the number of each attempt, from 1, in this header: for services that read it, such as one with an
    /// `UpstreamLayer`. A header of this name that the request has is replaced. Default: none.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn events(request: retryable::http::RetryRequest<'_>) -> Result<(), retryable::http::Error> {
    /// use reqwest::header::HeaderName;
    ///
    /// let request = request
    ///     .attempt_header(HeaderName::from_static("x-attempt"))
    ///     .remaining_header(HeaderName::from_static("x-remaining-ms"));
    /// request.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.attempt_header(name);
        self
    }

    /// Sends in this header how long each attempt may take, in whole milliseconds. Default: no such header.
    ///
    /// This is the shortest of the policy's attempt timeout, the time until its deadline or an enclosing deadline, and
    /// the timeout of the request. If none of these is set, the header is not sent. A header of this name that the
    /// request has is replaced. The client's own timeout does not count, because reqwest does not show it; a blocking
    /// client has one of 30 s by default.
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.remaining_header(name);
        self
    }

    /// Adds a header of failed responses in which the server asks to wait, such as the `x-ratelimit-reset` of an API.
    /// `parse` is called with its first value, trimmed, if that is ASCII. Default: no such header.
    ///
    /// The longest of this wait, of other such headers and of the [standard hints](crate::retry_after) counts, up to
    /// [`max_retry_after`](retry_core::Policy::max_retry_after). A status such as 503, which is
    /// [`Throttled`](retry_core::Class::Throttled) only with a hint, is so with this hint too.
    ///
    /// # Examples
    ///
    /// ```
    /// use reqwest::header::HeaderName;
    /// use retryable::Policy;
    /// use retryable::http::RetryClient;
    /// use std::time::Duration;
    ///
    /// let reset = HeaderName::from_static("x-ratelimit-reset-after");
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new())
    ///     .hint_header(reset, |seconds| seconds.parse().ok().map(Duration::from_secs));
    /// # let _ = client;
    /// ```
    pub fn hint_header<F>(mut self, name: HeaderName, parse: F) -> Self
    where
        F: Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    {
        self.settings = self.settings.hint_header(name, parse);
        self
    }

    /// Sets a callback that runs before each wait.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn events(request: retryable::http::RetryRequest<'_>) -> Result<(), retryable::http::Error> {
    /// let request = request.on_retry(|event| {
    ///     eprintln!("attempt {} of {} was {}", event.attempt, event.max_attempts, event.class);
    /// });
    /// request.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_retry<N>(mut self, on_retry: N) -> Self
    where
        N: Fn(&RetryEvent<'_, Error>) + Send + 'p,
    {
        self.hooks.on_retry(on_retry);
        self
    }

    /// Sets a callback that runs when the call gives up: an attempt has failed, and no further attempt follows.
    pub fn on_give_up<N>(mut self, on_give_up: N) -> Self
    where
        N: Fn(&GiveUpEvent<'_, Error>) + Send + 'p,
    {
        self.hooks.on_give_up(on_give_up);
        self
    }

    /// Injects these faults into every attempt, to rehearse an outage. Default: none. See [`Chaos`](crate::Chaos).
    ///
    /// A release build that calls this does not compile, unless it is built with `RUSTFLAGS="--cfg retryable_chaos"`.
    #[cfg(feature = "chaos")]
    pub fn chaos(mut self, chaos: &crate::Chaos) -> Self {
        self.settings = self.settings.chaos(chaos);
        self
    }

    /// Makes a span of `tracing` for each attempt, by OpenTelemetry's conventions for HTTP clients. Default: no spans,
    /// because a client with another crate for spans, such as reqwest-tracing, would have two.
    ///
    /// The span is `HTTP request`, with the target `retryable::http` and the level INFO. Its parent is the span that is
    /// current when the attempt begins. Spans and events in the attempt, those of
    /// [`before_attempt`](Self::before_attempt) among them, are inside it. An attempt that sends nothing has no span.
    ///
    /// | field | value |
    /// |---|---|
    /// | `otel.kind` | `client` |
    /// | `otel.name`, `http.request.method` | the method |
    /// | `server.address`, `server.port` | host and port of the URL |
    /// | `url.full` | the URL without user name, password, query and fragment |
    /// | `http.request.resend_count` | absent in the first attempt, then 1, 2, … |
    /// | `http.response.status_code` | the status of the last response, if there is one |
    /// | `error.type` | if the attempt failed: the status, or one of the words below |
    /// | `otel.status_code` | `ERROR` if the attempt failed |
    ///
    /// The words are those of [`error_type`], in events too:
    ///
    /// | word | failure |
    /// |---|---|
    /// | `timeout` | the attempt, or a connection attempt, took too long |
    /// | `connect` | no connection |
    /// | `tls` | a certificate or the TLS protocol |
    /// | `body` | the body of the response is interrupted, or the body of the request fails |
    /// | `decode` | the body is not in the encoding or the JSON that was expected |
    /// | `redirect` | too many redirects, or a redirect loop |
    /// | `builder` | the request cannot be built |
    /// | `other` | everything else, such as a connection that was reset before the response |
    ///
    /// The method and the URL are those of the request as it was built, before redirects and before
    /// [`before_attempt`](Self::before_attempt). reqwest follows redirects itself, so they do not count as resends.
    ///
    /// The span ends when the body has been read or the attempt has failed. The span of [`send`](Self::send), and of the
    /// middleware and the layer, ends with the head of the response, because the caller reads the body.
    ///
    /// [`error_type`]: retry_core::Classify::error_type
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn report(request: retryable::http::RetryRequest<'_>) -> Result<(), retryable::http::Error> {
    /// let text = request.spans().text().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tracing")]
    pub fn spans(mut self) -> Self {
        self.settings = self.settings.spans();
        self
    }

    /// Sets the policy of this request, in place of its client's policy. Everything else stays, such as the budget of
    /// its host.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn ping(client: retryable::http::RetryClient) -> Result<(), retryable::http::Error> {
    /// use retryable::Policy;
    ///
    /// let once = Policy::new().max_attempts(1);
    /// client.get("https://example.com/health").policy(&once).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn policy<P>(mut self, policy: &'p P) -> Self
    where
        P: AnyPolicy<Error> + Sync,
        C: Accepts<P>,
    {
        self.policy = policy;
        self
    }

    /// Returns a [`Report`](retry_core::Report) in addition to the outcome, on success too.
    pub fn report(mut self) -> ReportedRequest<'p, C> {
        self.hooks.measure();
        ReportedRequest(self)
    }
}

impl RetryRequest<'_> {
    /// Sets a callback that changes the request of each attempt just before it is sent: for signatures and tokens that
    /// expire. Default: none.
    ///
    /// It runs as part of the attempt: its time counts, and if it fails, the attempt fails. It runs again if this crate
    /// resends the request for a redirect.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn fresh_token() -> Result<String, retryable::http::Error> { Ok(String::new()) }
    /// # async fn order(request: retryable::http::RetryRequest<'_>) -> Result<(), retryable::http::Error> {
    /// use reqwest::header::{AUTHORIZATION, HeaderValue};
    ///
    /// let request = request.before_attempt(async |mut request| {
    ///     let token = fresh_token().await?;
    ///     if let Ok(value) = HeaderValue::from_str(&token) {
    ///         request.headers_mut().insert(AUTHORIZATION, value);
    ///     }
    ///     Ok(request)
    /// });
    /// request.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before_attempt<F, Fut>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request, Error>> + Send + 'static,
    {
        self.settings = self.settings.before_attempt(before);
        self
    }
}

impl<C: HttpClient> fmt::Debug for RetryRequest<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The builder would show its headers.
        f.debug_struct("RetryRequest")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
