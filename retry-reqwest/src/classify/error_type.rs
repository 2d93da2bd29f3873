//! What logs and metrics call a failure: the status, or one of few words.

use reqwest::StatusCode;

use super::failure::{is_connect, judge_first_hop};
use super::rules;

/// The words of [`Classify::error_type`](retry_core::Classify::error_type) for what is no status.
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const BODY: &str = "body";
pub(crate) const OTHER: &str = "other";

/// Returns the status of an error of reqwest, such as `"503"`, or one of the words that the documentation of
/// `spans` lists.
pub(crate) fn error_type(error: &reqwest::Error) -> &'static str {
    if let Some(status) = error.status() {
        return status_word(status);
    }
    let rule = judge_first_hop(error);
    if error.is_builder() {
        "builder"
    } else if error.is_redirect() {
        "redirect"
    } else if rule.is(rules::REQUEST_BODY) {
        // Before the predicates below, because the body may have its own connection, and they look at every cause.
        BODY
    } else if rule.is(rules::TLS) {
        "tls"
    } else if error.is_timeout() {
        // Of a connection attempt too: it is the time that ran out.
        TIMEOUT
    } else if is_connect(error) {
        "connect"
    } else if rule.is(rules::NOT_DECODED) {
        "decode"
    } else if error.is_body() || error.is_decode() {
        // reqwest says `decode` of every failure to read a response, of an interrupted one too.
        BODY
    } else {
        OTHER
    }
}

/// Returns the three digits of a status. `StatusCode::as_str` borrows from the status, which an error of reqwest
/// returns by value.
pub(crate) fn status_word(status: StatusCode) -> &'static str {
    static WORDS: [[u8; 3]; 900] = words();
    let index = usize::from(status.as_u16()).checked_sub(100);
    let word = index.and_then(|index| WORDS.get(index));
    word.and_then(|word| std::str::from_utf8(word).ok())
        .unwrap_or(OTHER)
}

const fn words() -> [[u8; 3]; 900] {
    let mut words = [[b'0'; 3]; 900];
    let (mut index, mut digits) = (0, [b'1', b'0', b'0']);
    while index < words.len() {
        words[index] = digits;
        index += 1;
        digits[2] += 1;
        if digits[2] > b'9' {
            digits[2] = b'0';
            digits[1] += 1;
        }
        if digits[1] > b'9' {
            digits[1] = b'0';
            digits[0] += 1;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_its_three_digits() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).expect("a status");
            assert_eq!(status_word(status), code.to_string());
        }
    }
}
