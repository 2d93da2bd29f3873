//! The rules for responses.

use crate::__rules_0_1 as rules;
use crate::rule::Rule;

// `Refused` and `Throttled` are claims of proof: the line after each such rule names the source of the promise that the
// request was not processed. Each promise is about one hop, the last one. After a followed redirect, an earlier hop has
// processed the request. The callers of these rules must know that.

// The server's response.
rules! { pub STATUS:
    STATUS_403_HINT = THROTTLED, "403 with a valid Retry-After";
    // RFC 9110 section 15.5.4: refuses to fulfill the request. Retry-After: the refusal is about its rate.
    STATUS_408 = TRANSIENT, "408 request timeout";
    STATUS_409_KEYED = TRANSIENT, "409 on a request with an Idempotency-Key: still being processed";
    STATUS_413_HINT = THROTTLED, "413 with a valid Retry-After";
    // RFC 9110 section 15.5.14: refuses to process the request. Retry-After: for a time.
    STATUS_425 = REFUSED, "425 too early: not processed";
    // RFC 8470 section 5.2: not willing to risk processing the request.
    STATUS_429 = THROTTLED, "429 too many requests";
    STATUS_429_HINT = THROTTLED, "429 with a valid Retry-After";
    // RFC 6585 section 4: the limit of the rate applies in place of processing.
    STATUS_500 = TRANSIENT, "500 internal server error";
    STATUS_502 = TRANSIENT, "502 bad gateway";
    STATUS_503 = TRANSIENT, "503 service unavailable";
    STATUS_503_HINT = THROTTLED, "503 with a valid Retry-After";
    // RFC 9110 section 15.6.4: not able to handle the request. Retry-After: because of load or maintenance,
    // and not because a handler failed halfway.
    STATUS_504 = TRANSIENT, "504 gateway timeout";
    STATUS_520 = TRANSIENT, "520 to 524: a proxy got no valid response";
    STATUS_529 = THROTTLED, "529 overloaded";
    STATUS_529_HINT = THROTTLED, "529 with a valid Retry-After";
    // Not registered. The services that send it document that they are overloaded and turn requests away.
    STATUS_600 = TRANSIENT, "600 to 999: counts as a server error";
    STATUS_OTHER = PERMANENT, "a status that no retry changes";
    SAID_TO_RETRY = TRANSIENT, "the server sent x-should-retry: true";
    SHOULD_RETRY_HINT = THROTTLED, "the server sent x-should-retry: true, with a valid Retry-After";
    // The header: the server requests a retry at that time.
    SHOULD_NOT_RETRY = PERMANENT, "the server sent x-should-retry: false";
}

// A status below 400 that is not the success that was asked for.
rules! { pub BELOW_400:
    NOT_FOLLOWED = PERMANENT, "a redirect that was not followed";
    NOT_ASKED_FOR = PERMANENT, "a status that was not asked for";
}

/// `Transient` for every method: the server knows whether it processed the request.
pub const SHOULD_RETRY: Rule = SAID_TO_RETRY.for_every_method();
