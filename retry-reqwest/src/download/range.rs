//! `Range`, as the caller may have set it, and `Content-Range`, as servers send it.

use reqwest::header::{CONTENT_RANGE, HeaderMap, HeaderName, RANGE};

/// The part of a representation that the caller's own request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestedRange {
    /// All of it: there is no `Range`.
    Whole,
    /// `bytes=first-`.
    From(u64),
    /// `bytes=first-last`, both included.
    Span(u64, u64),
    /// `bytes=-length`: this number of bytes at the end.
    Suffix(u64),
    /// Several ranges, another unit, or no valid range. Sent unchanged, and never resumed.
    Other,
}

impl RequestedRange {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if !headers.contains_key(RANGE) {
            return Self::Whole;
        }
        only(headers, &RANGE)
            .and_then(Self::parse)
            .unwrap_or(Self::Other)
    }

    fn parse(range: &str) -> Option<Self> {
        let (unit, range) = range.split_once('=')?;
        let (first, last) = range.split_once('-')?;
        if !unit.trim_ascii().eq_ignore_ascii_case("bytes") {
            return None;
        }
        match (first.trim_ascii(), last.trim_ascii()) {
            ("", length) => Some(Self::Suffix(number(length)?)),
            (first, "") => Some(Self::From(number(first)?)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::Span(first, last))
            }
        }
    }
}

/// `Content-Range: bytes first-last/total`, RFC 9110 section 14.4: at least one byte, and no number
/// exceeds `u64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    pub(super) last: u64,
    /// `None` if the server sent `*`.
    pub(super) total: Option<u64>,
}

impl ContentRange {
    /// Returns `None` if there is no such header, if there are several, or if it is not valid.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let (unit, range) = only(headers, &CONTENT_RANGE)?.split_once(' ')?;
        let (range, total) = range.trim_ascii().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = (number(first)?, number(last)?);
        let total = match total {
            "*" => None,
            total => Some(number(total)?),
        };
        let possible = first <= last && last < total.unwrap_or(u64::MAX);
        possible.then_some(Self { first, last, total })
    }

    pub(super) fn length(self) -> u64 {
        // `last` is less than `u64::MAX`.
        self.last - self.first + 1
    }

    /// Returns how many of the requested bytes exist. This range contains all of them or the first ones, because a
    /// server may send less than was requested (RFC 9110 section 15.3.7).
    ///
    /// `None` if this range begins elsewhere, or contains more.
    pub(super) fn available(self, requested: RequestedRange) -> Option<u64> {
        match (requested, self.total) {
            (RequestedRange::From(first), total) if self.first == first => {
                // Without a total, the end of this range is the only end that is known.
                Some(total.map_or(self.length(), |total| total - first))
            }
            (RequestedRange::Span(first, last), total)
                if self.first == first && self.last <= last =>
            {
                let end = last.saturating_add(1);
                Some(total.map_or(end, |total| total.min(end)) - first)
            }
            (RequestedRange::Suffix(length), Some(total)) => {
                let first = total.saturating_sub(length);
                (self.first == first).then_some(total - first)
            }
            (RequestedRange::Suffix(length), None) => (self.length() == length).then_some(length),
            _ => None,
        }
    }
}

/// Returns the value of a header, if the header occurs once and is text.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    match values.next() {
        Some(_) => None,
        None => Some(value.to_str().ok()?.trim_ascii()),
    }
}

/// Parses digits only: `str::parse` would accept a plus sign.
pub(super) fn number(digits: &str) -> Option<u64> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &'static str) -> RequestedRange {
        RequestedRange::of(&HeaderMap::from_iter([(RANGE, range.parse().unwrap())]))
    }

    fn content_range(value: &'static str) -> Option<ContentRange> {
        let headers = HeaderMap::from_iter([(CONTENT_RANGE, value.parse().unwrap())]);
        ContentRange::of(&headers)
    }

    #[test]
    fn one_range_of_bytes_is_understood_and_no_other() {
        assert_eq!(RequestedRange::of(&HeaderMap::new()), RequestedRange::Whole);
        assert_eq!(asked("bytes=5-"), RequestedRange::From(5));
        assert_eq!(asked("Bytes = 5 - 9 "), RequestedRange::Span(5, 9));
        assert_eq!(asked("bytes=-7"), RequestedRange::Suffix(7));
        let others = [
            "bytes=0-1,3-4",
            "bytes=-",
            "bytes=9-5",
            "bytes=+1-5",
            "bytes=1-5-6",
            "bytes=99999999999999999999-",
            "items=0-1",
            "bytes",
            "",
        ];
        for other in others {
            assert_eq!(asked(other), RequestedRange::Other, "{other}");
        }
        let mut twice = HeaderMap::new();
        twice.append(RANGE, "bytes=0-".parse().unwrap());
        twice.append(RANGE, "bytes=5-".parse().unwrap());
        assert_eq!(RequestedRange::of(&twice), RequestedRange::Other);
    }

    #[test]
    fn a_content_range_that_cannot_be_is_none() {
        let range = content_range("bytes 5-9/10").unwrap();
        assert_eq!((range.first, range.last, range.total), (5, 9, Some(10)));
        assert_eq!(range.length(), 5);
        assert_eq!(content_range("BYTES 0-0/*").unwrap().total, None);
        let impossible = [
            "bytes */10",
            "bytes 5-9/9",
            "bytes 9-5/10",
            "bytes 5-/10",
            "bytes -5/10",
            "bytes 5-9",
            "bytes 5-9/",
            "bytes=5-9/10",
            "items 5-9/10",
            "bytes +5-9/10",
            "bytes 0-18446744073709551615/*",
            "bytes 0-18446744073709551616/*",
            "bytes 0-4/10, bytes 5-9/10",
            "",
        ];
        for value in impossible {
            assert_eq!(content_range(value), None, "{value}");
        }
        content_range("bytes 0-18446744073709551614/18446744073709551615").unwrap();
    }

    #[test]
    fn a_range_is_the_beginning_of_what_was_asked_for_or_something_else() {
        let cases = [
            ("bytes=5-", "bytes 5-9/10", Some(5)),
            ("bytes=5-", "bytes 5-9/*", Some(5)),
            ("bytes=5-", "bytes 5-8/10", Some(5)),
            ("bytes=5-", "bytes 4-9/10", None),
            ("bytes=5-", "bytes 6-9/10", None),
            ("bytes=5-7", "bytes 5-7/10", Some(3)),
            ("bytes=5-7", "bytes 5-7/*", Some(3)),
            ("bytes=5-7", "bytes 5-6/*", Some(3)),
            ("bytes=5-7", "bytes 5-6/10", Some(3)),
            ("bytes=5-7", "bytes 5-8/10", None),
            ("bytes=5-7", "bytes 6-7/10", None),
            ("bytes=5-70", "bytes 5-9/10", Some(5)),
            ("bytes=5-70", "bytes 5-8/10", Some(5)),
            (
                "bytes=0-18446744073709551615",
                "bytes 0-3/*",
                Some(u64::MAX),
            ),
            ("bytes=-3", "bytes 7-9/10", Some(3)),
            ("bytes=-30", "bytes 0-9/10", Some(10)),
            ("bytes=-3", "bytes 7-8/10", Some(3)),
            ("bytes=-3", "bytes 6-8/10", None),
            ("bytes=-3", "bytes 8-9/10", None),
            ("bytes=-3", "bytes 7-9/*", Some(3)),
            ("bytes=-3", "bytes 6-9/*", None),
            ("bytes=-3", "bytes 7-8/*", None),
            ("bytes=0-1,3-4", "bytes 0-1/10", None),
        ];
        for (range, content, available) in cases {
            let found = content_range(content).unwrap().available(asked(range));
            assert_eq!(found, available, "{range}: {content}");
        }
    }
}
