//! `Retry-After` and its relatives: what counts as a hint, and how long a call then waits.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use retryable::grpc::{Pushback, pushback};
use retryable::http::{classify_status, retry_after};
use retryable::{Class, Decision, Exponential, Fixed, GiveUp, Jitter, Policy, VirtualTimer};

use super::{BUSY, DOWN, hint, ms, secs};

/// The values of one header of a response that arrives at this time, in seconds of the Unix epoch.
fn header(now: u64, name: &'static str, values: &[&str]) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, value.parse().unwrap());
    }
    retry_after(&headers, UNIX_EPOCH + secs(now))
}

fn seconds(now: u64, value: &str) -> Option<Duration> {
    header(now, "retry-after", &[value])
}

/// How long a call waits after its first failure.
fn wait(policy: Policy<Fixed>, class: Class) -> Result<Duration, GiveUp> {
    match policy.start_with(VirtualTimer::new()).decide(class) {
        Decision::Wait(delay) => Ok(delay),
        Decision::Stop(reason) => Err(reason),
    }
}

fn after(wait: u64) -> Policy<Fixed> {
    Policy::fixed(ms(wait))
}

/// R1. go-retryablehttp, `TestParseRetryAfterHeader`.
#[test]
fn go_retryablehttp_parses_the_same_values() {
    // Friday, 31 December 1999, 23:59:57 GMT.
    let now = 946_684_797;
    assert_eq!(seconds(now, "2"), Some(secs(2)));
    assert_eq!(seconds(now, "Fri, 31 Dec 1999 23:59:59 GMT"), Some(secs(2)));
    assert_eq!(seconds(now, "Fri, 31 Dec 1999 23:59:00 GMT"), Some(secs(0)));
    assert_eq!(header(now, "retry-after", &[]), None);
    assert_eq!(header(now, "retry-after", &["2", "3"]), Some(secs(2)));
    for nonsense in ["", "-2", "Fri, 32 Dec 1999 23:59:59 GMT", "badbadbad"] {
        assert_eq!(seconds(now, nonsense), None, "{nonsense}");
    }
}

/// R2, R3. urllib3, `test_parse_retry_after`, `test_parse_retry_after_invalid` and the tests of its sleep.
#[test]
fn urllib3_parses_the_same_values_but_for_fractions() {
    // Monday, 3 June 2019, 11:00:00 UTC.
    let now = 1_559_559_600;
    for (value, wait) in [("0", 0), ("1000", 1000), ("\t42 ", 42), ("3600", 3600)] {
        assert_eq!(seconds(now, value), Some(secs(wait)), "{value}");
    }
    for nonsense in ["-1", "+1", "\u{b2}"] {
        assert_eq!(seconds(now, nonsense), None, "{nonsense}");
    }
    let dates = [
        ("Mon, 3 Jun 2019 12:00:00 UTC", 3600),
        ("Mon, 3 Jun 2019 11:00:00 UTC", 0),
        ("Mon, 03 Jun 2019 11:30:12 GMT", 1812),
        ("Monday, 03-Jun-19 11:30:12 GMT", 1812),
        ("Mon Jun  3 11:30:12 2019", 1812),
    ];
    for (date, wait) in dates {
        assert_eq!(seconds(now, date), Some(secs(wait)), "{date}");
    }
    // Invalid there. To ignore it would be to ask too early.
    assert_eq!(seconds(now, "1.0"), Some(secs(1)));
}

/// R4. urllib3, `test_configurable_retry_after_max`.
#[test]
fn a_hint_over_the_limit_ends_the_call_and_is_cut_if_the_policy_says_so() {
    let (day, second) = (
        after(1).max_retry_after(secs(21_600)),
        after(1).max_retry_after(secs(1)),
    );
    for (policy, asked, cut) in [(day, 21_601, 21_600), (second, 2, 1)] {
        assert_eq!(wait(policy, hint(secs(asked))), Err(GiveUp::HintTooLong));
        let policy = policy.cut_retry_after(true);
        assert_eq!(wait(policy, hint(secs(asked))), Ok(secs(cut)));
    }
}

/// R5. linkerd, `retry_after.rs`, whose maximum is 300 s.
#[test]
fn linkerd_waits_as_long_if_long_hints_are_cut() {
    // Monday, 1 June 2026, 00:00:00 GMT.
    let now = 1_780_272_000;
    let policy = after(0).max_retry_after(secs(300)).cut_retry_after(true);
    let waits = [
        ("120", 120),
        ("0", 0),
        ("3600", 300),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 0),
        ("Mon, 01 Jun 2026 00:10:00 GMT", 300),
        (" 120", 120),
        ("120 ", 120),
    ];
    for (value, expected) in waits {
        let class = hint(seconds(now, value).unwrap());
        assert_eq!(wait(policy, class), Ok(secs(expected)), "{value}");
    }
    assert_eq!(seconds(now, "not-a-number"), None);

    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "120".parse().unwrap());
    let class = |status| classify_status(status, &headers);
    assert_eq!(class(StatusCode::TOO_MANY_REQUESTS), hint(secs(120)));
    assert_eq!(class(StatusCode::SERVICE_UNAVAILABLE), hint(secs(120)));
    assert_eq!(class(StatusCode::OK), Class::Permanent);
}

/// R6, R14. linkerd, whose maximum is 300 s; grpc-go, `TestRetryStreaming`.
#[test]
fn a_pushback_is_read_as_by_a6() {
    let waits = [
        ("5000", 5000),
        ("1000", 1000),
        ("0", 0),
        ("999999", 999_999),
    ];
    for (value, millis) in waits {
        assert_eq!(
            pushback(Some(value)),
            Pushback::After(ms(millis)),
            "{value}"
        );
    }
    // linkerd ignores -1 and trims spaces; A6 says that what is no number asks not to retry.
    for stop in ["-1", "xxx", " 5000 "] {
        assert_eq!(pushback(Some(stop)), Pushback::Stop, "{stop}");
    }
}

/// R7. openai-python, `test_parse_retry_after_header`: its delay is 0.5 s, and its limit is 120 s.
#[test]
fn openai_waits_as_long_but_gives_up_over_its_limit() {
    // Friday, 29 September 2023, 16:26:37 GMT.
    let now = 1_696_004_797;
    let decide = |value| {
        let class = seconds(now, value).map_or(BUSY, hint);
        wait(after(500), class)
    };
    let waits = [
        ("20", secs(20)),
        ("60", secs(60)),
        ("61", secs(61)),
        ("120", secs(120)),
        ("0", ms(500)),
        ("-10", ms(500)),
        ("Fri, 29 Sep 2023 16:26:57 GMT", secs(20)),
        ("Fri, 29 Sep 2023 16:26:37 GMT", ms(500)),
        ("Fri, 29 Sep 2023 16:26:27 GMT", ms(500)),
        ("Fri, 29 Sep 2023 16:28:37 GMT", secs(120)),
        ("Zun, 29 Sep 2023 16:26:57 GMT", ms(500)),
        ("Fri, 29 Sep 100000 16:26:57 GMT", ms(500)),
        ("inf", ms(500)),
        ("nan", ms(500)),
        ("", ms(500)),
    ];
    for (value, expected) in waits {
        assert_eq!(decide(value), Ok(expected), "{value}");
    }
    // There, the call is repeated after its own delay of 0.5 s: sooner than the server asked.
    let digits = "9".repeat(99);
    for value in ["121", "Fri, 29 Sep 2023 16:28:38 GMT", &digits] {
        assert_eq!(decide(value), Err(GiveUp::HintTooLong), "{value}");
    }
    // Without a header, with 3, 2 and 1 retries left, and with many behind it.
    let policy = Policy::with_backoff(Exponential::new(ms(500)).cap(secs(8)).jitter(Jitter::None));
    let delays: Vec<_> = policy.max_attempts(1100).schedule(0).collect();
    assert_eq!(delays[..3], [500, 1000, 2000].map(ms));
    assert_eq!(delays.last(), Some(&secs(8)));
}

/// R8. openai-python, `should_retry`.
#[test]
fn the_limit_of_openai_is_the_default_here() {
    let decide = |name, value| wait(after(1), hint(header(0, name, &[value]).unwrap()));
    assert_eq!(decide("retry-after", "120"), Ok(secs(120)));
    assert_eq!(decide("retry-after", "121"), Err(GiveUp::HintTooLong));
    assert_eq!(decide("retry-after-ms", "120000"), Ok(secs(120)));
    assert_eq!(decide("retry-after-ms", "120001"), Err(GiveUp::HintTooLong));
}

/// R9, R10, R13. undici, `retry-handler.js`; botocore and smithy-rs, `x-amz-retry-after`; go-retryablehttp,
/// `RateLimitLinearJitterBackoff`. A wait is never shorter than the policy's own delay, nor than the server asked for.
#[test]
fn the_longer_of_hint_and_delay_counts() {
    let cases = [
        // undici retries at once after 0, and after its shortest delay if the header is no date.
        ("R9", 500, hint(secs(1)), secs(1)),
        ("R9", 500, hint(secs(0)), ms(500)),
        ("R9", 500, BUSY, ms(500)),
        // The SDKs of AWS wait at most 5 s longer than their own delay: 5.05 s after 10000.
        ("R10", 50, hint(ms(1500)), ms(1500)),
        ("R10", 50, hint(ms(0)), ms(50)),
        ("R10", 50, hint(ms(10_000)), ms(10_000)),
        ("R10", 50, BUSY, ms(50)),
        // go-retryablehttp waits 2 s under delays of 5 to 10 s.
        ("R13", 1000, BUSY, secs(1)),
        ("R13", 1000, hint(secs(2)), secs(2)),
        ("R13", 5000, hint(secs(2)), secs(5)),
    ];
    for (id, delay, class, expected) in cases {
        assert_eq!(wait(after(delay), class), Ok(expected), "{id}");
    }
    assert_eq!(wait(after(50), DOWN), Ok(ms(50)));
}

/// R11, R12. got; `RetryAfterHelper` of .NET.
#[test]
fn a_413_needs_a_hint_and_a_date_that_has_passed_is_zero() {
    let mut headers = HeaderMap::new();
    let class = |headers: &_| classify_status(StatusCode::PAYLOAD_TOO_LARGE, headers);
    assert_eq!(class(&headers), Class::Permanent);
    headers.insert("retry-after", "1".parse().unwrap());
    assert_eq!(class(&headers), hint(secs(1)));
    headers.insert("retry-after", "600".parse().unwrap());
    assert_eq!(wait(after(1), class(&headers)), Err(GiveUp::HintTooLong));

    let passed = seconds(1_696_004_797, "Fri, 29 Sep 2023 16:26:27 GMT");
    assert_eq!(passed, Some(Duration::ZERO));
}
