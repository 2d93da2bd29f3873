//! The state of one download: what was asked for, what was answered, and how much was handed on.

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use reqwest::{Method, StatusCode, Url};

use super::range::{Asked, ContentRange, number, only};
use super::validator::Validator;
use crate::classify::{Rule, is_failure, rules};

/// What to send next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The caller's own request: nothing was handed on yet.
    Start,
    /// The caller's request, for the rest of the body only.
    Continue {
        range: HeaderValue,
        if_range: HeaderValue,
    },
    /// Nothing: all of the body was handed on.
    Finished,
}

/// What a response that ended in good order was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The last one: nothing is missing.
    Complete,
    /// A shorter range than was asked for.
    Part,
}

/// One download, over all of its attempts.
#[derive(Debug)]
pub(crate) struct Resume {
    method: Method,
    asked: Asked,
    /// Whether the request asks that the body be not encoded.
    identity: bool,
    handed: u64,
    body: Option<Body>,
}

/// What the answer said whose body is being handed on.
#[derive(Debug)]
struct Body {
    /// Where it begins in the whole.
    first: u64,
    /// Bytes from there, if known.
    length: Option<u64>,
    /// How many of them were handed on once this response is complete, if known. Less than `length` if
    /// the server sent less than it was asked for.
    until: Option<u64>,
    /// Bytes of the whole, if known.
    total: Option<u64>,
    /// What its rest is asked for by, or why it is not.
    validator: Result<Validator, Rule>,
    place: Place,
}

/// Where an answer came from, in the end. Tags tell states of one resource apart, not two resources;
/// a query is left out, as that is where signatures with a date of their own go.
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
    /// A download by a request with this method and these headers.
    pub(crate) fn new(method: &Method, headers: &HeaderMap) -> Self {
        // Where the caller leaves it open, the download asks for identity.
        let identity = !headers.contains_key(ACCEPT_ENCODING)
            || only(headers, &ACCEPT_ENCODING) == Some("identity");
        Self {
            method: method.clone(),
            asked: Asked::of(headers),
            identity,
            handed: 0,
            body: None,
        }
    }

    /// How many bytes were handed on: all of them are right.
    pub(crate) fn handed(&self) -> u64 {
        self.handed
    }

    /// What to send, or why nothing can follow.
    pub(crate) fn next(&self) -> Result<Next, Rule> {
        let Some(body) = &self.body else {
            return Ok(Next::Start);
        };
        if body.length == Some(self.handed) {
            return Ok(Next::Finished);
        }
        if self.handed == 0 {
            return Ok(Next::Start);
        }
        let validator = body.validator.as_ref().map_err(|rule| *rule)?;
        let range = HeaderValue::try_from(self.range(body)).map_err(|_| rules::RANGE_WRONG)?;
        Ok(Next::Continue {
            range,
            if_range: validator.if_range().clone(),
        })
    }

    /// The end is named where the caller named one, in any way.
    fn range(&self, body: &Body) -> String {
        let first = body.first.saturating_add(self.handed);
        match (self.asked, body.length) {
            (Asked::Span(..) | Asked::Suffix(_), Some(length)) => {
                let last = body.first.saturating_add(length).saturating_sub(1);
                format!("bytes={first}-{last}")
            }
            _ => format!("bytes={first}-"),
        }
    }

    /// Whether an answer with this status is an ordinary failure, which may pass: its body is none of
    /// the download's. Any other answer is to be given to [`answered`](Self::answered).
    pub(crate) fn fails(&self, status: StatusCode) -> bool {
        if self.handed == 0 {
            return !status.is_success();
        }
        let ranges = [
            StatusCode::PRECONDITION_FAILED,
            StatusCode::RANGE_NOT_SATISFIABLE,
        ];
        is_failure(status) && !ranges.contains(&status)
    }

    /// Takes in the answer to what [`next`](Self::next) said, and where it came from in the end.
    ///
    /// # Errors
    ///
    /// When no byte of its body may be handed on.
    pub(crate) fn answered(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        url: &Url,
    ) -> Result<(), Rule> {
        let place = Place::of(url);
        match &self.body {
            Some(body) if self.handed > 0 => {
                let range = self.continued(body, status, headers, &place)?;
                if let Some(body) = &mut self.body {
                    body.until = self.handed.checked_add(range.length());
                }
            }
            _ => self.body = Some(self.begun(status, headers, place)?),
        }
        Ok(())
    }

    /// The answer to the caller's own request.
    fn begun(&self, status: StatusCode, headers: &HeaderMap, place: Place) -> Result<Body, Rule> {
        let said = content_length(headers);
        let mut body = Body {
            first: 0,
            length: said,
            until: said,
            total: said,
            validator: self.validator(headers),
            place,
        };
        match (status, self.asked) {
            (StatusCode::OK, Asked::Whole | Asked::From(0)) => {}
            (StatusCode::PARTIAL_CONTENT, Asked::Whole) => return Err(rules::RANGE_UNASKED),
            (StatusCode::PARTIAL_CONTENT, Asked::Other) => {
                body.validator = Err(rules::RESUME_SEVERAL);
            }
            (StatusCode::PARTIAL_CONTENT, asked) => {
                let range = content_range(headers)?;
                let available = range.available(asked).ok_or(rules::RANGE_WRONG)?;
                if said.is_some_and(|said| said != range.length()) {
                    return Err(rules::LENGTH_WRONG);
                }
                body.first = range.first;
                body.total = range.total;
                if range.length() < available {
                    // The rest must be asked for, so it must be possible to join it.
                    body.validator.as_ref().map_err(|rule| *rule)?;
                }
                // What may have been decoded has another length than the range.
                let known = said.is_some() || self.identity;
                body.length = known.then_some(available);
                body.until = known.then_some(range.length());
            }
            (_, Asked::Whole | Asked::From(0)) => {
                // A 204 has no body whatever its headers say.
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

    /// reqwest removes `Content-Encoding` when it decodes, and `Content-Length` with it: the length is
    /// the only proof that the bytes are those of the server.
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

    /// The response to a request for the rest: all of it, or its first bytes.
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
            _ => return Err(rules::RESUME_ANSWER),
        }
        if *place != body.place {
            return Err(rules::RESUME_ELSEWHERE);
        }
        validator.check(headers)?;
        if is_encoded(headers) {
            return Err(rules::RESUME_ENCODED);
        }
        let range = content_range(headers)?;
        let first = body.first.checked_add(self.handed);
        let rest = body
            .length
            .and_then(|length| length.checked_sub(self.handed));
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

    /// How many bytes of a chunk may be handed on.
    ///
    /// # Errors
    ///
    /// When none may, as the body is over.
    pub(crate) fn room(&self, chunk: usize) -> Result<usize, Rule> {
        let until = self.body.as_ref().and_then(|body| body.until);
        let Some(until) = until else {
            return Ok(chunk);
        };
        let left = until.saturating_sub(self.handed);
        if left == 0 && chunk > 0 {
            return Err(rules::BODY_TOO_LONG);
        }
        Ok(usize::try_from(left).map_or(chunk, |left| left.min(chunk)))
    }

    /// So many bytes were handed on.
    pub(crate) fn hand_on(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.handed = self.handed.saturating_add(bytes);
    }

    /// Receives that the response ended, as its framing has it.
    ///
    /// # Errors
    ///
    /// If the response ended before its own length.
    pub(crate) fn ended(&self) -> Result<Ended, Rule> {
        let Some(body) = &self.body else {
            return Ok(Ended::Complete);
        };
        if body.until.is_some_and(|until| self.handed < until) {
            return Err(rules::BODY_TOO_SHORT);
        }
        Ok(match body.length {
            Some(length) if self.handed < length => Ended::Part,
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

/// One range: the parts of several are wrapped in lines of their own.
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
