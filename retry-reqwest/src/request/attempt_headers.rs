//! The two headers that describe an attempt to the server.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// The names of the headers, on which the two services agree. A header without a name is not sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttemptHeaders {
    pub(crate) attempt: Option<HeaderName>,
    pub(crate) remaining: Option<HeaderName>,
}

impl AttemptHeaders {
    /// Sets both headers. A value that the request already has is replaced, or removed if there is nothing to send:
    /// a service that forwards the headers of its own caller must not forward that caller's numbers.
    pub(crate) fn write(&self, headers: &mut HeaderMap, number: u32, remaining: Option<Duration>) {
        let millis = remaining.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        put(headers, self.attempt.as_ref(), Some(number.into()));
        put(headers, self.remaining.as_ref(), millis);
    }
}

fn put(headers: &mut HeaderMap, name: Option<&HeaderName>, value: Option<u64>) {
    match (name, value) {
        (Some(name), Some(value)) => drop(headers.insert(name, HeaderValue::from(value))),
        (Some(name), None) => drop(headers.remove(name)),
        (None, _) => {}
    }
}
