//! What `retry_after` takes for a hint, and what not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use retry_http::{classify_status, retry_after};

/// Sunday, 6 November 1994, 08:49:37 GMT: the example of RFC 9110 section 5.6.7.
const NOW: Duration = Duration::from_secs(784_111_777);

fn hint(pairs: &[(&'static str, &str)]) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    retry_after(&headers, UNIX_EPOCH + NOW)
}

#[test]
fn seconds_are_a_hint() {
    assert_eq!(
        hint(&[("retry-after", "120")]),
        Some(Duration::from_secs(120))
    );
    assert_eq!(hint(&[("retry-after", "0")]), Some(Duration::from_secs(0)));
    assert_eq!(
        hint(&[("retry-after", "007")]),
        Some(Duration::from_secs(7))
    );
    assert_eq!(
        hint(&[("retry-after", " \t3 ")]),
        Some(Duration::from_secs(3))
    );
    let largest = u64::MAX.to_string();
    assert_eq!(
        hint(&[("retry-after", &largest)]),
        Some(Duration::from_secs(u64::MAX))
    );
}

#[test]
fn a_date_in_any_of_the_three_forms_is_a_hint() {
    let forms = [
        "Sun, 06 Nov 1994 08:50:07 GMT",
        "Sunday, 06-Nov-94 08:50:07 GMT",
        "Sun Nov  6 08:50:07 1994",
    ];
    for date in forms {
        assert_eq!(
            hint(&[("retry-after", date)]),
            Some(Duration::from_secs(30)),
            "{date}"
        );
    }
}

/// How e-mail writes them (RFC 5322 section 3.3), and many servers.
#[test]
fn a_date_with_a_short_day_or_another_name_of_the_zone_is_a_hint() {
    let forms = [
        "Sun, 6 Nov 1994 08:50:07 GMT",
        "Sun,  6 Nov 1994 08:50:07 GMT",
        "Sun, 06 Nov 1994 08:50:07 UTC",
        "Sun, 6 Nov 1994 08:50:07 UTC",
        "Sun, 06 Nov 1994 08:50:07 +0000",
        "Sun, 06 Nov 1994 08:50:07 -0000",
        "Sunday, 6-Nov-94 08:50:07 UTC",
    ];
    for date in forms {
        let thirty = Some(Duration::from_secs(30));
        assert_eq!(hint(&[("retry-after", date)]), thirty, "{date}");
        // The response's own date may be one of these, too.
        let until = ("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT");
        assert_eq!(hint(&[until, ("date", date)]), thirty, "{date}");
    }
}

#[test]
fn a_fraction_is_never_less_than_it_says() {
    let cases = [
        ("1.5", Duration::from_millis(1500)),
        ("0.2", Duration::from_millis(200)),
        (".5", Duration::from_millis(500)),
        ("2.", Duration::from_secs(2)),
        ("0.000000001", Duration::from_nanos(1)),
        ("0.0000000001", Duration::from_nanos(1)),
        ("0.9999999999", Duration::from_secs(1)),
        ("0.0000000000", Duration::ZERO),
        ("1.5, 3", Duration::from_millis(1500)),
    ];
    for (value, wait) in cases {
        assert_eq!(hint(&[("retry-after", value)]), Some(wait), "{value}");
    }
    let cases = [
        ("1.5", Duration::from_micros(1500)),
        ("0.2", Duration::from_micros(200)),
        ("0.0000001", Duration::from_nanos(1)),
    ];
    for (value, wait) in cases {
        assert_eq!(hint(&[("retry-after-ms", value)]), Some(wait), "{value}");
    }
}

/// To take them for no hint would be to come back too early.
#[test]
fn a_number_that_is_too_large_is_the_longest_hint() {
    for value in ["18446744073709551616", "99999999999999999999999999.5"] {
        for name in ["retry-after", "retry-after-ms", "x-ms-retry-after-ms"] {
            assert_eq!(
                hint(&[(name, value)]),
                Some(Duration::MAX),
                "{name}: {value}"
            );
        }
    }
    let largest = format!("{}.9999999999", u64::MAX);
    assert_eq!(hint(&[("retry-after", &largest)]), Some(Duration::MAX));
}

#[test]
fn a_date_that_has_passed_is_zero() {
    assert_eq!(
        hint(&[("retry-after", "Sun, 06 Nov 1994 08:49:36 GMT")]),
        Some(Duration::from_secs(0))
    );
    assert_eq!(
        hint(&[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")]),
        Some(Duration::from_secs(0))
    );
}

#[test]
fn a_date_is_measured_against_the_date_of_the_response() {
    let until = ("retry-after", "Tue, 01 Jan 2030 00:00:09 GMT");
    assert_eq!(
        hint(&[until, ("date", "Tue, 01 Jan 2030 00:00:00 GMT")]),
        Some(Duration::from_secs(9))
    );
    assert_eq!(
        hint(&[until, ("date", "Tue, 01 Jan 2030 00:00:10 GMT")]),
        Some(Duration::from_secs(0))
    );
    let nearly = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
    assert_eq!(
        hint(&[nearly, ("date", "today")]),
        Some(Duration::from_secs(30))
    );
}

#[test]
fn seconds_do_not_depend_on_any_date() {
    let date = ("date", "Tue, 01 Jan 2030 00:00:00 GMT");
    assert_eq!(
        hint(&[("retry-after", "5"), date]),
        Some(Duration::from_secs(5))
    );
}

#[test]
fn milliseconds_go_before_seconds() {
    let all = [
        ("retry-after", "1"),
        ("x-ms-retry-after-ms", "20"),
        ("retry-after-ms", "30"),
    ];
    assert_eq!(hint(&all), Some(Duration::from_millis(30)));
    assert_eq!(hint(&all[..2]), Some(Duration::from_millis(20)));
    assert_eq!(hint(&all[..1]), Some(Duration::from_secs(1)));
}

#[test]
fn a_header_that_holds_nonsense_leaves_the_word_to_the_next() {
    let milliseconds = ("retry-after-ms", "soon");
    assert_eq!(
        hint(&[milliseconds, ("x-ms-retry-after-ms", "20")]),
        Some(Duration::from_millis(20))
    );
    assert_eq!(
        hint(&[milliseconds, ("retry-after", "2")]),
        Some(Duration::from_secs(2))
    );
}

#[test]
fn of_several_values_the_first_counts() {
    assert_eq!(
        hint(&[("retry-after", "1"), ("retry-after", "2")]),
        Some(Duration::from_secs(1))
    );
    assert_eq!(hint(&[("retry-after", "soon"), ("retry-after", "2")]), None);
    assert_eq!(
        hint(&[("retry-after", "1, 2")]),
        Some(Duration::from_secs(1))
    );
}

#[test]
fn nonsense_is_no_hint() {
    let nonsense = [
        "",
        " ",
        ",",
        "-1",
        "+1",
        ".",
        "..",
        "1.5.1",
        "1.-5",
        "1e3",
        "0x10",
        "1 2",
        "10s",
        "soon",
        "\u{663}",
        "infinity",
        "NaN",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 PST",
        "Sun, 06 Nov 1994 08:49:37 +0100",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 UTC",
        "Wed, 31 Jun 1995 08:49:37 GMT",
        "Thu, 29 Feb 1995 08:49:37 +0000",
        "Sun, 006 Nov 1994 08:49:37 GMT",
        "Sun, Nov 1994 08:49:37 GMT",
        " GMT",
        "Sun, UTC",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
    ];
    for value in nonsense {
        for name in ["retry-after", "retry-after-ms", "x-ms-retry-after-ms"] {
            assert_eq!(hint(&[(name, value)]), None, "{name}: {value:?}");
        }
    }
    assert_eq!(hint(&[]), None);
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let date = "(Sun|Mon|Sunday|X), ?[0-9]{1,2}[ -](Nov|Feb|No)[ -][0-9]{2,5} [0-9:]{5,9} (GMT|UTC|[+]0000)";
    prop_oneof![
        vec(any::<u8>(), 0..40),
        "[ \t]*[-+]?[0-9]{0,25}[ ,.]*[0-9]*".prop_map(String::into_bytes),
        date.prop_map(String::into_bytes),
        "(Sun|Fri) (Nov|Feb) [ 0-9]{2} [0-9:]{5,9} [0-9]{4}".prop_map(String::into_bytes),
        "(?i)true|false".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn no_header_and_no_clock_makes_anything_panic(
        values in vec((0_usize..5, value()), 0..8),
        before in any::<bool>(),
        clock in any::<u32>(),
        code in 100_u16..=999,
    ) {
        let names = [
            "retry-after",
            "retry-after-ms",
            "x-ms-retry-after-ms",
            "date",
            "x-should-retry",
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static(names[name]), value);
            }
        }
        let clock = Duration::from_secs(clock.into());
        let now: SystemTime = if before { UNIX_EPOCH - clock } else { UNIX_EPOCH + clock };

        let hint = retry_after(&headers, now);
        let class = classify_status(StatusCode::from_u16(code).unwrap(), &headers);
        let dated = headers.get("retry-after").is_some_and(|value| !value.is_empty());
        prop_assert!(class.retry_after().is_none() || dated || class.retry_after() == hint);
    }

    #[test]
    fn every_number_that_fits_is_taken_as_it_is(number in any::<u64>()) {
        let number_text = number.to_string();
        prop_assert_eq!(hint(&[("retry-after", &number_text)]), Some(Duration::from_secs(number)));
        prop_assert_eq!(hint(&[("retry-after-ms", &number_text)]), Some(Duration::from_millis(number)));
    }
}
