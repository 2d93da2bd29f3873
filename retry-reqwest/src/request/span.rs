//! The span of an attempt, by OpenTelemetry's conventions for HTTP clients. Without the feature `tracing`, its methods
//! do nothing.
#![cfg_attr(
    not(feature = "tracing"),
    expect(unused_variables, clippy::unused_self, reason = "there is no span")
)]

use std::future::Future;

use reqwest::StatusCode;
#[cfg(feature = "tracing")]
use {
    crate::error::url::clean,
    reqwest::{Method, Url},
    retry_core::Classify,
    tracing::{Instrument, Span, field::Empty},
};

use crate::error::Error;

/// The span of the current attempt, if there is one.
///
/// Boxed, so that a call without spans grows by one pointer.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttemptSpan(#[cfg(feature = "tracing")] Option<Box<Span>>);

impl AttemptSpan {
    /// Begins the span of an attempt that sends such a request. `number` is the number of the attempt, from 1.
    #[cfg(feature = "tracing")]
    pub(super) fn begin(method: &Method, url: &Url, number: u32) -> Self {
        // The macro evaluates the fields only if a subscriber is interested. tracing-opentelemetry makes text of
        // unsigned numbers, so that they would not be the numbers of the conventions: all are signed.
        Self(Some(Box::new(tracing::info_span!(
            target: "retryable::http",
            "HTTP request",
            otel.kind = "client",
            otel.name = method.as_str(),
            http.request.method = method.as_str(),
            server.address = url.host_str().map(|host| host.trim_matches(['[', ']'])),
            server.port = url.port_or_known_default().map(i64::from),
            url.full = redacted(url),
            http.request.resend_count = number.checked_sub(1).filter(|resends| *resends > 0).map(i64::from),
            http.response.status_code = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        ))))
    }

    /// Wraps the attempt, so that its spans and events are within this span.
    pub(super) fn within<F: Future>(self, attempt: F) -> impl Future<Output = F::Output> {
        #[cfg(feature = "tracing")]
        let attempt = attempt.instrument(self.0.map_or_else(Span::none, |span| *span));
        attempt
    }

    /// Runs a blocking attempt within this span.
    #[cfg(feature = "blocking")]
    pub(crate) fn run<T>(&self, attempt: impl FnOnce() -> T) -> T {
        #[cfg(feature = "tracing")]
        if let Some(span) = &self.0 {
            return span.in_scope(attempt);
        }
        attempt()
    }

    /// Records the status of the response, whose body may be unread.
    pub(crate) fn responded(&self, status: StatusCode) {
        #[cfg(feature = "tracing")]
        if let Some(span) = &self.0 {
            span.record("http.response.status_code", i64::from(status.as_u16()));
        }
    }

    /// Records how the attempt ended, and ends the span.
    pub(super) fn end<T>(&mut self, outcome: &Result<T, Error>) {
        #[cfg(feature = "tracing")]
        if let Some((span, error)) = self.0.take().zip(outcome.as_ref().err()) {
            span.record("error.type", error.error_type());
            span.record("otel.status_code", "ERROR");
        }
    }
}

#[cfg(feature = "tracing")]
fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    clean(&mut url);
    url.into()
}
