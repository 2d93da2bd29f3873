//! Responses, errors and bodies of injected faults.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Body, Response, StatusCode, Url};

use super::report::Counters;
use crate::response::set_url;

/// Where a body without a length is cut at the latest.
const LONGEST: u64 = 64 * 1024;

/// Returns a response that no server sent.
pub(super) fn response(
    status: StatusCode,
    retry_after: Option<Duration>,
    url: Url,
) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from("injected by retry_reqwest::Chaos"));
    *response.status_mut() = status;
    if let Some(delay) = retry_after {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    set_url(response.extensions_mut(), url);
    response
}

/// Returns the error of a connection that was reset. `None` would mean that reqwest does not report what a body fails
/// with.
///
/// It is the error of a body, as reqwest makes no other on request. Its cause decides the class: that of a real reset.
pub(super) fn reset(url: Url) -> Option<reqwest::Error> {
    let mut body = Body::wrap(CutBody::new(
        Body::default(),
        0,
        None,
        ErrorKind::ConnectionReset,
        None,
    ));
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut context) {
        Poll::Ready(Some(Err(error))) => Some(error.with_url(url)),
        _ => None,
    }
}

/// Returns where to cut a body. `None` if there is nothing to cut. `random` chooses the place.
fn place(status: StatusCode, length: Option<u64>, random: u64) -> Option<u64> {
    let length = length.unwrap_or(LONGEST);
    // A failed response is a failure already.
    (status.is_success() && length > 0).then(|| random % length)
}

/// Cuts the body of a response, if it has one.
pub(super) fn cut(response: Response, random: u64, counters: Arc<Counters>) -> Response {
    let length = response.content_length();
    let Some(place) = place(response.status(), length, random) else {
        return response;
    };
    let url = response.url().clone();
    let (mut parts, body) = http::Response::from(response).into_parts();
    set_url(&mut parts.extensions, url);
    let body = CutBody::new(
        body,
        place,
        length,
        ErrorKind::UnexpectedEof,
        Some(counters),
    );
    http::Response::from_parts(parts, Body::wrap(body)).into()
}

/// Cuts the body of a blocking response, if it has one. Reads up to that place first, because reqwest does not turn such a
/// response into a body.
#[cfg(feature = "blocking")]
pub(super) fn cut_blocking(
    mut response: reqwest::blocking::Response,
    random: u64,
    counters: Arc<Counters>,
) -> reqwest::blocking::Response {
    use std::io::Read;

    let length = response.content_length();
    let Some(place) = place(response.status(), length, random) else {
        return response;
    };
    let mut front = Vec::new();
    // What ends the body before that place is the cut, too.
    let _ = response.by_ref().take(place).read_to_end(&mut front);
    let place = front.len() as u64;
    let body = CutBody::new(
        front.into(),
        place,
        length,
        ErrorKind::UnexpectedEof,
        Some(counters),
    );
    let mut cut = http::Response::new(Body::wrap(body));
    *cut.status_mut() = response.status();
    *cut.version_mut() = response.version();
    *cut.headers_mut() = response.headers().clone();
    *cut.extensions_mut() = response.extensions().clone();
    set_url(cut.extensions_mut(), response.url().clone());
    cut.into()
}

/// A body that fails after a number of bytes, or at its end, whatever comes first.
struct CutBody {
    inner: Body,
    left: u64,
    /// The length that was announced.
    length: Option<u64>,
    fails_with: ErrorKind,
    failed: bool,
    counters: Option<Arc<Counters>>,
}

impl CutBody {
    fn new(
        inner: Body,
        left: u64,
        length: Option<u64>,
        fails_with: ErrorKind,
        counters: Option<Arc<Counters>>,
    ) -> Self {
        Self {
            inner,
            left,
            length,
            fails_with,
            failed: false,
            counters,
        }
    }

    fn fail(&mut self) -> io::Error {
        self.failed = true;
        // Closes the connection of a response.
        self.inner = Body::default();
        if let Some(counters) = &self.counters {
            counters.cut_body();
        }
        let message = match self.fails_with {
            ErrorKind::ConnectionReset => "the connection was reset: injected",
            _ => "the body ended early: injected",
        };
        io::Error::new(self.fails_with, message)
    }
}

impl HttpBody for CutBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        if self.left == 0 {
            return Poll::Ready(Some(Err(self.fail().into())));
        }
        let frame = match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => {
                self.failed = true;
                return Poll::Ready(Some(Err(error.into())));
            }
            Poll::Ready(None) => return Poll::Ready(Some(Err(self.fail().into()))),
        };
        let frame = frame.map_data(|mut data| {
            let room = usize::try_from(self.left).unwrap_or(usize::MAX);
            data.truncate(room);
            self.left -= data.len() as u64;
            data
        });
        Poll::Ready(Some(Ok(frame)))
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
