//! Whatever a server sends in its hints: nothing panics, and the first sensible one counts.
#![no_main]

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use retry_http::{classify_status, retry_after};

const NAMES: [&str; 5] = [
    "retry-after-ms",
    "x-ms-retry-after-ms",
    "retry-after",
    "date",
    "x-should-retry",
];

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    // A line is a value: the first of its bytes says of which header. So there may be several.
    for line in data.split(|byte| *byte == b'\n') {
        let Some((name, value)) = line.split_first() else {
            continue;
        };
        let name = NAMES[usize::from(*name) % NAMES.len()];
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }

    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let hint = retry_after(&headers, now);
    for status in [403, 413, 429, 500, 503, 529, 600, 999] {
        let Ok(status) = StatusCode::from_u16(status) else {
            continue;
        };
        // A hint that a class carries is the one that the headers hold; dates may be measured later.
        if classify_status(status, &headers).retry_after().is_some() {
            assert!(hint.is_some());
        }
    }
    if let Some(wait) = headers.get("retry-after-ms").and_then(millis) {
        assert_eq!(hint, Some(wait));
    }
    // A fraction is no less than its whole part.
    let fraction = headers.get("retry-after-ms").and_then(whole_of_fraction);
    if let Some(whole) = fraction {
        assert!(hint.is_some_and(|hint| hint >= whole));
    }
});

/// Digits alone. Those that are too large for 64 bits ask for the longest wait.
fn millis(value: &HeaderValue) -> Option<Duration> {
    millis_of(value.to_str().ok()?)
}

fn millis_of(value: &str) -> Option<Duration> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().map_or(Duration::MAX, Duration::from_millis))
}

fn whole_of_fraction(value: &HeaderValue) -> Option<Duration> {
    let (whole, fraction) = value.to_str().ok()?.split_once('.')?;
    millis_of(fraction)?;
    millis_of(whole)
}
