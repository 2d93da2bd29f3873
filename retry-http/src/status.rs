//! What a status and its headers mean for the next attempt.

use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;
use retry_core::Class;

use crate::hints::{hint, should_retry, wall_clock};
use crate::response_rules as rules;
use crate::rule::{Rule, Verdict};
use crate::safety::Safety;

/// Returns the class of a failed response, by the [table](index.html#which-failure-is-what).
///
/// Below 400 there is nothing to retry: the class is `Permanent`, and the headers are not read. From 400 on,
/// `x-should-retry` goes before the table: `true` does not change `Refused` and `Throttled`, and makes every other
/// status `Transient`, or `Throttled` if there is also a hint (see [`retry_after`](crate::retry_after)); `false` makes
/// every status `Permanent`.
///
/// This function does not know the request, so a 409 is `Permanent`.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use retryable::Class;
/// use retryable::http::classify_status;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(classify_status(StatusCode::NOT_IMPLEMENTED, &headers), Class::Permanent);
/// assert_eq!(classify_status(StatusCode::SERVICE_UNAVAILABLE, &headers), Class::Transient);
///
/// headers.insert("retry-after", "2".parse()?);
/// let retry_after = Some(Duration::from_secs(2));
/// let busy = classify_status(StatusCode::SERVICE_UNAVAILABLE, &headers);
/// assert_eq!(busy, Class::Throttled { retry_after });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn classify_status(status: StatusCode, headers: &HeaderMap) -> Class {
    explain_status(status, headers).class
}

/// Like [`classify_status`], with the rule that decided.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use retryable::http::explain_status;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", "2".parse()?);
/// let verdict = explain_status(StatusCode::SERVICE_UNAVAILABLE, &headers);
/// assert_eq!(verdict.rule, "503 with a valid Retry-After");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain_status(status: StatusCode, headers: &HeaderMap) -> Verdict {
    let hint = hint(headers, wall_clock);
    judge_status(status, headers, hint, Safety::Idempotent).verdict()
}

/// Whether this status is a failure, if nothing else is known.
///
/// RFC 9110 section 15: a client that receives a status of 600 or more counts it as a 5xx.
#[inline]
pub fn is_failure(status: StatusCode) -> bool {
    status.as_u16() >= 400
}

/// Judges a failed response. `hint`: how long the server asked to wait.
pub fn judge_status(
    status: StatusCode,
    headers: &HeaderMap,
    hint: Option<Duration>,
    safety: Safety,
) -> Rule {
    if !is_failure(status) {
        return rules::STATUS_OTHER;
    }
    let by_table = by_table(status, hint.is_some(), safety);
    let rule = match (should_retry(headers), by_table.class) {
        (None, _)
        | (Some(true), Class::Refused | Class::Throttled { .. })
        | (Some(false), Class::Permanent) => by_table,
        (Some(true), _) if hint.is_some() => rules::SHOULD_RETRY_HINT,
        (Some(true), _) => rules::SHOULD_RETRY,
        (Some(false), _) => rules::SHOULD_NOT_RETRY,
    };
    rule.after(hint)
}

/// Judges a response that is not a success: a failed one, or one that the request did not ask for.
pub fn judge_response(
    status: StatusCode,
    headers: &HeaderMap,
    hint: Option<Duration>,
    safety: Safety,
) -> Rule {
    match status.as_u16() {
        100..200 | 304 => rules::NOT_ASKED_FOR,
        300..400 => rules::NOT_FOLLOWED,
        _ => judge_status(status, headers, hint, safety),
    }
}

/// Returns the rule of the table: 408, 413, 429 and 5xx by RFC 9110 section 15 and RFC 6585 section 4, 425 by RFC 8470
/// section 5.2. 403 with a hint is how some services limit rates; 520 to 524 and 529 are not registered, but in wide
/// use. 409 by draft-ietf-httpapi-idempotency-key-header, "Error Handling": a request with the same key is still being
/// processed, so a later request with that key receives its outcome. 600 and above by RFC 9110 section 15.
fn by_table(status: StatusCode, hinted: bool, safety: Safety) -> Rule {
    match (status.as_u16(), hinted) {
        (403, true) => rules::STATUS_403_HINT,
        (408, _) => rules::STATUS_408,
        (409, _) if safety == Safety::Keyed => rules::STATUS_409_KEYED,
        (413, true) => rules::STATUS_413_HINT,
        (425, _) => rules::STATUS_425,
        (429, true) => rules::STATUS_429_HINT,
        (429, false) => rules::STATUS_429,
        (500, _) => rules::STATUS_500,
        (502, _) => rules::STATUS_502,
        (503, true) => rules::STATUS_503_HINT,
        (503, false) => rules::STATUS_503,
        (504, _) => rules::STATUS_504,
        (520..=524, _) => rules::STATUS_520,
        (529, true) => rules::STATUS_529_HINT,
        (529, false) => rules::STATUS_529,
        (600.., _) => rules::STATUS_600,
        _ => rules::STATUS_OTHER,
    }
}
