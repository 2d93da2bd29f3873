//! Returning a response although some of its body was read.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use reqwest::{Body, Response};

use super::set_url;

/// Returns the response with a body that begins with `front`, which was read from it.
pub(crate) fn put_back(front: VecDeque<Bytes>, response: Response) -> Response {
    if front.is_empty() {
        return response;
    }
    let url = response.url().clone();
    let (mut parts, rest) = http::Response::from(response).into_parts();
    set_url(&mut parts.extensions, url);
    let body = RestoredBody { front, rest };
    http::Response::from_parts(parts, Body::wrap(body)).into()
}

struct RestoredBody {
    front: VecDeque<Bytes>,
    rest: Body,
}

impl HttpBody for RestoredBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        match self.front.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }
}
