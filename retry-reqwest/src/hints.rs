//! What a server's headers say about trying again, and when.

use std::time::{Duration, SystemTime};

use httpdate::parse_http_date;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How long the server asked to be left alone.
///
/// The first of these headers that holds something sensible counts, and of each header only the
/// first value:
///
/// 1. `retry-after-ms`, milliseconds;
/// 2. `x-ms-retry-after-ms`, milliseconds;
/// 3. `retry-after`, RFC 9110 section 10.2.3: seconds, or a date in any of the three forms of
///    section 5.6.7, measured against the answer's own `Date`, so that a wrong clock on either side
///    does no harm; without a valid `Date`, against `now`.
///
/// A date that has passed is zero. Numbers are whole and fit 64 bits; what is negative, larger, not
/// ASCII or otherwise no number or date is ignored. The wait may be very long: how long a one is
/// obeyed is for the policy to say.
///
/// # Examples
///
/// ```
/// use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
/// use retry_reqwest::retry_after;
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::now();
/// let mut headers = HeaderMap::new();
/// assert_eq!(retry_after(&headers, now), None);
///
/// headers.insert(DATE, "Sun, 06 Nov 1994 08:49:30 GMT".parse()?);
/// headers.insert(RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT".parse()?);
/// assert_eq!(retry_after(&headers, now), Some(Duration::from_secs(7)));
///
/// headers.insert("retry-after-ms", "1500".parse()?);
/// assert_eq!(retry_after(&headers, now), Some(Duration::from_millis(1500)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    hint(headers, || now)
}

/// Asks for the time only where a date without a `Date` beside it needs it.
pub(crate) fn hint(headers: &HeaderMap, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    let millis = |name| first(headers, name).and_then(number);
    if let Some(millis) = millis("retry-after-ms").or_else(|| millis("x-ms-retry-after-ms")) {
        return Some(Duration::from_millis(millis));
    }
    let value = first(headers, RETRY_AFTER.as_str())?;
    if let Some(seconds) = number(value) {
        return Some(Duration::from_secs(seconds));
    }
    let until = parse_http_date(value).ok()?;
    let date = first(headers, DATE.as_str()).and_then(|date| parse_http_date(date).ok());
    let since = date.unwrap_or_else(now);
    Some(until.duration_since(since).unwrap_or_default())
}

/// `true` or `false`, by which some services say themselves what their answer means.
pub(crate) const SHOULD_RETRY: &str = "x-should-retry";

pub(crate) fn should_retry(headers: &HeaderMap) -> Option<bool> {
    let value = first(headers, SHOULD_RETRY)?;
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The first value, if it is ASCII, without the blanks around it.
pub(crate) fn first<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.trim_ascii())
}

fn number(value: &str) -> Option<u64> {
    digits(value)?.parse().ok()
}

/// Digits only: `str::parse` would take a plus sign. Several values may have been joined by commas on
/// the way (RFC 9110 section 5.3).
pub(crate) fn digits(value: &str) -> Option<&str> {
    let first = value.split(',').next().unwrap_or(value).trim_ascii();
    let digits = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(first)
}
