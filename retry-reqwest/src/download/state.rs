//! The state of one download: what was requested, what the server sent, and how much was written.

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use reqwest::{Method, StatusCode, Url};

use super::range::{ContentRange, RequestedRange, number, only};
use super::validator::Validator;
use crate::classify::{Rule, is_failure, rules};

/// What to send next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextRequest {
    /// The caller's own request, because nothing was written yet.
    Start,
    /// The caller's request, limited to the rest of the body.
    Continue {
        range: HeaderValue,
        if_range: HeaderValue,
    },
    /// Nothing: all of the body was written.
    Finished,
}

/// What a response that ended regularly contained.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything that was missing.
    Complete,
    /// A shorter range than was requested.
    Part,
}

/// One download, over all of its attempts.
#[derive(Debug)]
pub(crate) struct Resume {
    method: Method,
    requested: RequestedRange,
    /// Whether the request asks for a body without an encoding.
    identity: bool,
    written: u64,
    body: Option<Body>,
}

/// The response whose body is being written.
#[derive(Debug)]
struct Body {
    /// The position of its first byte in the file.
    first: u64,
    /// Bytes from there, if known.
    length: Option<u64>,
    /// How many of them are written when this response is complete, if known. Less than `length` if the server
    /// sends less than was requested.
    until: Option<u64>,
    /// Length of the file, if known.
    total: Option<u64>,
    /// The validator with which to request the rest, or why there is none.
    validator: Result<Validator, Rule>,
    place: Place,
}

/// The URL that a response came from, after redirects.
///
/// An `ETag` distinguishes the states of one resource, not two resources, so the rest must come from the same place.
/// The query is left out, because it may contain a signature with a date.
#[derive(Debug, PartialEq, Eq)]
struct Place(Url);

impl Place {
    fn of(url: &Url) -> Self {
        let mut url = url.clone();
        crate::error::url::clean(&mut url);
        Self(url)
    }
}

impl Resume {
    /// Begins a download with this method and these headers.
    pub(crate) fn new(method: &Method, headers: &HeaderMap) -> Self {
        // If the caller does not choose an encoding, the download asks for identity.
        let identity = !headers.contains_key(ACCEPT_ENCODING)
            || only(headers, &ACCEPT_ENCODING) == Some("identity");
        Self {
            method: method.clone(),
            requested: RequestedRange::of(headers),
            identity,
            written: 0,
            body: None,
        }
    }

    /// Returns how many bytes were written. All of them are correct.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Returns what to request next, or why the download cannot be resumed.
    pub(crate) fn next(&self) -> Result<NextRequest, Rule> {
        let Some(body) = &self.body else {
            return Ok(NextRequest::Start);
        };
        if body.length == Some(self.written) {
            return Ok(NextRequest::Finished);
        }
        if self.written == 0 {
            return Ok(NextRequest::Start);
        }
        let validator = body.validator.as_ref().map_err(|rule| *rule)?;
        let range = HeaderValue::try_from(self.range(body)).map_err(|_| rules::RANGE_WRONG)?;
        Ok(NextRequest::Continue {
            range,
            if_range: validator.if_range().clone(),
        })
    }

    /// Returns the `Range` of the rest. It has an end if the caller's range had one, in any form.
    fn range(&self, body: &Body) -> String {
        let first = body.first.saturating_add(self.written);
        match (self.requested, body.length) {
            (RequestedRange::Span(..) | RequestedRange::Suffix(_), Some(length)) => {
                let last = body.first.saturating_add(length).saturating_sub(1);
                format!("bytes={first}-{last}")
            }
            _ => format!("bytes={first}-"),
        }
    }

    /// Whether a response with this status is an ordinary failure, whose body does not belong to the download.
    /// Every other response goes to [`receive`](Self::receive).
    pub(crate) fn fails(&self, status: StatusCode) -> bool {
        if self.written == 0 {
            return !status.is_success();
        }
        let ranges = [
            StatusCode::PRECONDITION_FAILED,
            StatusCode::RANGE_NOT_SATISFIABLE,
        ];
        is_failure(status) && !ranges.contains(&status)
    }

    /// Receives the head of the response to the request that [`next`](Self::next) returned. `url` is the URL after
    /// redirects.
    ///
    /// # Errors
    ///
    /// If no byte of its body may be written.
    pub(crate) fn receive(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        url: &Url,
    ) -> Result<(), Rule> {
        let place = Place::of(url);
        match &self.body {
            Some(body) if self.written > 0 => {
                let range = self.continued(body, status, headers, &place)?;
                if let Some(body) = &mut self.body {
                    body.until = self.written.checked_add(range.length());
                }
            }
            _ => self.body = Some(self.begun(status, headers, place)?),
        }
        Ok(())
    }

    /// Receives the response to the caller's own request.
    fn begun(&self, status: StatusCode, headers: &HeaderMap, place: Place) -> Result<Body, Rule> {
        let announced = content_length(headers);
        let mut body = Body {
            first: 0,
            length: announced,
            until: announced,
            total: announced,
            validator: self.validator(headers),
            place,
        };
        match (status, self.requested) {
            (StatusCode::OK, RequestedRange::Whole | RequestedRange::From(0)) => {}
            (StatusCode::PARTIAL_CONTENT, RequestedRange::Whole) => {
                return Err(rules::RANGE_UNASKED);
            }
            (StatusCode::PARTIAL_CONTENT, RequestedRange::Other) => {
                body.validator = Err(rules::RESUME_SEVERAL);
            }
            (StatusCode::PARTIAL_CONTENT, asked) => {
                let range = content_range(headers)?;
                let available = range.available(asked).ok_or(rules::RANGE_WRONG)?;
                if announced.is_some_and(|length| length != range.length()) {
                    return Err(rules::LENGTH_WRONG);
                }
                body.first = range.first;
                body.total = range.total;
                if range.length() < available {
                    // The rest must be requested, so it must be possible to join it.
                    body.validator.as_ref().map_err(|rule| *rule)?;
                }
                // A body that may have been decoded has another length than the range.
                let known = announced.is_some() || self.identity;
                body.length = known.then_some(available);
                body.until = known.then_some(range.length());
            }
            (_, RequestedRange::Whole | RequestedRange::From(0)) => {
                // A 204 has no body, even if its headers announce one.
                (body.length, body.until) = (None, None);
                body.validator = Err(rules::RESUME_STATUS);
            }
            _ => return Err(rules::RANGE_IGNORED),
        }
        if self.method == Method::HEAD {
            (body.length, body.until) = (None, None);
        }
        Ok(body)
    }

    /// reqwest removes `Content-Encoding` when it decodes, and `Content-Length` with it. So the length is the only
    /// proof that the bytes are not decoded.
    fn validator(&self, headers: &HeaderMap) -> Result<Validator, Rule> {
        if self.method != Method::GET {
            return Err(rules::RESUME_METHOD);
        }
        if is_encoded(headers) {
            return Err(rules::RESUME_ENCODED);
        }
        if content_length(headers).is_none() {
            return Err(rules::RESUME_NO_LENGTH);
        }
        Validator::of(headers)
    }

    /// Receives the response to a request for the rest: all of it, or its first bytes.
    fn continued(
        &self,
        body: &Body,
        status: StatusCode,
        headers: &HeaderMap,
        place: &Place,
    ) -> Result<ContentRange, Rule> {
        let validator = body.validator.as_ref().map_err(|rule| *rule)?;
        match status {
            StatusCode::PARTIAL_CONTENT => {}
            StatusCode::OK => return Err(rules::RESUME_WHOLE),
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PRECONDITION_FAILED => {
                return Err(rules::RESUME_NOT_THERE);
            }
            _ => return Err(rules::RESUME_OTHER),
        }
        if *place != body.place {
            return Err(rules::RESUME_ELSEWHERE);
        }
        validator.check(headers)?;
        if is_encoded(headers) {
            return Err(rules::RESUME_ENCODED);
        }
        let range = content_range(headers)?;
        let first = body.first.checked_add(self.written);
        let rest = body
            .length
            .and_then(|length| length.checked_sub(self.written));
        let total = range.total.is_none() || body.total.is_none() || range.total == body.total;
        let fits = rest.is_some_and(|rest| range.length() <= rest);
        if Some(range.first) != first || !fits || !total {
            return Err(rules::RANGE_WRONG);
        }
        match content_length(headers) {
            None => Err(rules::RESUME_NO_LENGTH),
            Some(length) if length != range.length() => Err(rules::LENGTH_WRONG),
            Some(_) => Ok(range),
        }
    }

    /// Returns how many bytes of a chunk may be written.
    ///
    /// # Errors
    ///
    /// If the body is complete already.
    pub(crate) fn room(&self, chunk: usize) -> Result<usize, Rule> {
        let until = self.body.as_ref().and_then(|body| body.until);
        let Some(until) = until else {
            return Ok(chunk);
        };
        let left = until.saturating_sub(self.written);
        if left == 0 && chunk > 0 {
            return Err(rules::BODY_TOO_LONG);
        }
        Ok(usize::try_from(left).map_or(chunk, |left| left.min(chunk)))
    }

    /// Counts bytes that were written.
    pub(crate) fn count(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.written = self.written.saturating_add(bytes);
    }

    /// Receives the end of the response, as its framing defines it.
    ///
    /// # Errors
    ///
    /// If the response ended before its own length.
    pub(crate) fn ended(&self) -> Result<Ended, Rule> {
        let Some(body) = &self.body else {
            return Ok(Ended::Complete);
        };
        if body.until.is_some_and(|until| self.written < until) {
            return Err(rules::BODY_TOO_SHORT);
        }
        Ok(match body.length {
            Some(length) if self.written < length => Ended::Part,
            _ => Ended::Complete,
        })
    }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    only(headers, &CONTENT_LENGTH).and_then(number)
}

/// Returns the range of a response that has one. Several ranges arrive as a multipart body, whose delimiters are not
/// part of the file, so they are an error.
fn content_range(headers: &HeaderMap) -> Result<ContentRange, Rule> {
    let several = headers.get(CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes().to_ascii_lowercase();
        kind.starts_with(b"multipart/byteranges")
    });
    match ContentRange::of(headers) {
        Some(range) if !several => Ok(range),
        _ => Err(rules::RANGE_WRONG),
    }
}
