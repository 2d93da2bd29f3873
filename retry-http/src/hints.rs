//! The headers of a response that say whether and when to retry.

use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, RETRY_AFTER};
use httpdate::parse_http_date;

/// Returns how long the server asked its client to wait.
///
/// The first of these headers that has a valid value counts, and of each header only the first value:
///
/// 1. `retry-after-ms`, milliseconds;
/// 2. `x-ms-retry-after-ms`, milliseconds;
/// 3. `retry-after`, RFC 9110 section 10.2.3: seconds, or a date in any of the three forms of
///    section 5.6.7, measured against the response's own `Date`, so that a wrong clock on either side
///    does no harm; without a valid `Date`, against `now`.
///
/// The wait is never shorter than the server asked for. So a fraction such as `1.5` is exact; a
/// number that is too large for 64 bits is [`Duration::MAX`]; and a date may have a day of one digit, and `UTC`,
/// `+0000` or `-0000` in place of `GMT`, as servers write them. A date that has passed is zero. A value
/// that is negative, not ASCII, or neither a number nor an existing date is ignored. The policy limits the wait.
///
/// # Examples
///
/// ```
/// use http::header::{DATE, HeaderMap, RETRY_AFTER};
/// use retryable::http::retry_after;
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

/// Returns the time by the clock of this process.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub fn wall_clock() -> SystemTime {
    SystemTime::now()
}

/// Returns the time by the clock of JavaScript: that of `std` panics here.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub fn wall_clock() -> SystemTime {
    let now = Duration::try_from_secs_f64(js_sys::Date::now() / 1000.0);
    SystemTime::UNIX_EPOCH + now.unwrap_or_default()
}

/// Calls `now` only for a date in a response without a `Date`.
pub fn hint(headers: &HeaderMap, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    let millis = |name| first(headers, name).and_then(|value| number(value, Unit::Millisecond));
    if let Some(wait) = millis("retry-after-ms").or_else(|| millis("x-ms-retry-after-ms")) {
        return Some(wait);
    }
    let value = first(headers, RETRY_AFTER.as_str())?;
    if let Some(wait) = number(value, Unit::Second) {
        return Some(wait);
    }
    let until = date(value)?;
    let since = first(headers, DATE.as_str()).and_then(date);
    let since = since.unwrap_or_else(now);
    Some(until.duration_since(since).unwrap_or_default())
}

/// `true` or `false`: some services state whether to retry.
const SHOULD_RETRY: &str = "x-should-retry";

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

/// Returns the first value, trimmed, if it is ASCII.
pub(crate) fn first<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.trim_ascii())
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Millisecond,
}

/// Parses a number with or without a fraction. Exact, and rounded up to the nanosecond.
fn number(value: &str, unit: Unit) -> Option<Duration> {
    let value = list_head(value);
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_empty = whole.is_empty() && fraction.is_empty();
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_empty || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // Only digits, so what fails to parse is empty or too large.
    let whole: u64 = match whole.parse() {
        Ok(whole) => whole,
        Err(_) if whole.is_empty() => 0,
        Err(_) => return Some(Duration::MAX),
    };
    let (whole, places) = match unit {
        Unit::Second => (Duration::from_secs(whole), 9),
        Unit::Millisecond => (Duration::from_millis(whole), 6),
    };
    let mut digits = fraction.bytes().map(|digit| u64::from(digit - b'0'));
    let nanos = (0..places).fold(0, |nanos, _| nanos * 10 + digits.next().unwrap_or(0));
    let more = digits.any(|digit| digit > 0);
    Some(whole.saturating_add(Duration::from_nanos(nanos + u64::from(more))))
}

/// Parses a date in a form of RFC 9110 section 5.6.7, or of e-mail (RFC 5322 section 3.3) with the same meaning: a day
/// of one digit, or another name for the zone.
fn date(value: &str) -> Option<SystemTime> {
    if let Ok(date) = parse_http_date(value) {
        return Some(date);
    }
    let (date, zone) = value.rsplit_once(' ')?;
    if !["GMT", "UTC", "+0000", "-0000"].contains(&zone) {
        return None;
    }
    let (weekday, date) = date.split_once(' ')?;
    let date = date.trim_start();
    let two_digits = date.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let zero = if two_digits { "" } else { "0" };
    parse_http_date(&format!("{weekday} {zero}{date} GMT")).ok()
}

/// Returns the first of several values, which a proxy may have joined by commas (RFC 9110 section 5.3).
fn list_head(value: &str) -> &str {
    value.split(',').next().unwrap_or(value).trim_ascii()
}
