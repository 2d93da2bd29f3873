//! The body of a request: whether it is one message, which can be sent again.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

/// The bytes before each message: a flag, and the length in 32 bits
/// (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests>).
const PREFIX: usize = 5;

/// The body of a request, as far as it was read.
#[derive(Debug)]
pub(super) enum Message {
    /// One message, with its prefix: a unary call, or one whose response is a stream.
    Single(Bytes),
    /// Anything else: several messages, none, or one that has not come yet.
    Stream(Body),
}

impl Message {
    /// Reads the body until it is clear whether it is one message. Never waits for it, and does not read on after `cap`
    /// bytes. tonic writes a message in one piece, however long it is.
    ///
    /// # Errors
    ///
    /// If the message cannot be encoded.
    pub(super) async fn read(body: Body, cap: usize) -> Result<Self, Status> {
        let mut rest = Rest {
            read: Bytes::new(),
            after: None,
            body: Some(body),
        };
        poll_fn(|cx| Poll::Ready(rest.read_on(cap, cx))).await?;
        Ok(if rest.is_one_message() {
            Self::Single(rest.read)
        } else {
            Self::Stream(Body::new(rest))
        })
    }
}

/// What was read of a body, and then its rest.
struct Rest {
    read: Bytes,
    /// A frame that is no data. gRPC has none in a request.
    after: Option<Frame<Bytes>>,
    /// `None` if it has ended.
    body: Option<Body>,
}

impl Rest {
    fn read_on(&mut self, cap: usize, cx: &mut Context<'_>) -> Result<(), Status> {
        while let Some(body) = &mut self.body {
            match Pin::new(body).poll_frame(cx) {
                Poll::Pending => break,
                Poll::Ready(None) => self.body = None,
                Poll::Ready(Some(frame)) => match frame?.into_data() {
                    Ok(data) => self.read = join(std::mem::take(&mut self.read), data),
                    Err(frame) => {
                        self.after = Some(frame);
                        break;
                    }
                },
            }
            let (read, first) = (self.read.len() as u64, self.first_message());
            if first.is_some_and(|first| first < read) || (read > cap as u64 && first != Some(read))
            {
                break;
            }
        }
        Ok(())
    }

    /// Returns the length of the first message with its prefix, if the prefix was read.
    fn first_message(&self) -> Option<u64> {
        let mut length = self.read.get(1..PREFIX)?;
        Some(PREFIX as u64 + u64::from(length.get_u32()))
    }

    fn is_one_message(&self) -> bool {
        self.body.is_none() && self.first_message() == Some(self.read.len() as u64)
    }
}

/// Copies only if there are two pieces.
fn join(read: Bytes, data: Bytes) -> Bytes {
    if read.is_empty() {
        return data;
    }
    let mut joined = read.try_into_mut().unwrap_or_else(BytesMut::from);
    joined.extend_from_slice(&data);
    joined.freeze()
}

impl http_body::Body for Rest {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let read = std::mem::take(&mut self.read);
        if !read.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        if let Some(frame) = self.after.take() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_at_end = self.body.as_ref().is_none_or(Body::is_end_stream);
        is_at_end && self.read.is_empty() && self.after.is_none()
    }
}

/// Makes the body of one attempt. Its length is not announced, as tonic does not announce it either.
pub(super) fn body_of(message: Bytes) -> Body {
    Body::new(Rest {
        read: message,
        after: None,
        body: None,
    })
}

#[cfg(test)]
mod tests;
