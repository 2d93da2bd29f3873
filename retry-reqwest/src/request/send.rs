//! The methods that send a `RetryRequest`, one for each way to read the response.

use std::future::Future;

use bytes::Bytes;
use tokio::io::AsyncWrite;

use super::download::Download;
use super::read::{Head, ReadWith};
use super::retry_request::RetryRequest;
use super::start::only;
use crate::error::Error;
use crate::response::Response;

impl RetryRequest<'_> {
    /// Sends the request until a response is not a failure.
    ///
    /// The caller reads its body, and that is not retried; [`text`](Self::text) and [`bytes`](Self::bytes) retry it.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt: the request cannot be built or sent, it took too long, or the
    /// status is 400 or above.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels everything, in an attempt or in a wait; no tasks are spawned. The server
    /// may have processed the current attempt.
    #[inline]
    pub fn send(self) -> impl Future<Output = Result<Response, Error>> {
        self.drive(Head, only)
    }

    /// Sends the request and reads the whole body as text, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); also if the body cannot be read.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send); what was read is lost.
    #[inline]
    pub fn text(self) -> impl Future<Output = Result<String, Error>> {
        self.drive(ReadWith(reqwest::Response::text), only)
    }

    /// Sends the request and reads the whole body, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); also if the body cannot be read.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send); what was read is lost.
    #[inline]
    pub fn bytes(self) -> impl Future<Output = Result<Bytes, Error>> {
        self.drive(ReadWith(reqwest::Response::bytes), only)
    }

    /// Sends the request and reads the whole body as JSON, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); also if the body cannot be read, and if it is not JSON of this shape. The latter
    /// is permanent, because another attempt would fail the same way.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send); what was read is lost.
    #[cfg(feature = "json")]
    pub fn json<T>(self) -> impl Future<Output = Result<T, Error>>
    where
        T: serde::de::DeserializeOwned,
    {
        self.drive(ReadWith(reqwest::Response::json), only)
    }

    /// Writes the body of the response to `writer`, and flushes that. Returns the number of bytes written.
    ///
    /// An interrupted body is continued where it stopped, if the server proves that the file has not changed.
    #[cfg_attr(doc, doc = "The page [Downloads](crate::docs::downloads) says when.")]
    /// Requests for the rest count as attempts of the same call, and the deadline covers them all. The request sends
    /// `Accept-Encoding: identity`, unless it already has that header.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); also if the status is below 200 or above 299, if the body cannot be read to its
    /// end, if it cannot be resumed safely, and if the writer fails. [`Error::bytes_written`] returns how many bytes
    /// were written: they are correct, and flushed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the request. The writer has then received an unknown number of bytes from the
    /// beginning of the body, and nothing is flushed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retryable::Policy;
    /// use retryable::http::RequestBuilderExt;
    /// use retryable::http::testing::{Server, cut_after, reply};
    /// use std::time::Duration;
    ///
    /// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
    ///
    /// // A server that closes the connection after the second byte of "hello", and then sends the rest.
    /// let rest = reply(206).header("content-range", "bytes 2-4/5").body("llo");
    /// let server = Server::script([cut_after(2, "hello"), rest].map(|reply| reply.header("etag", "\"1\"")));
    /// let request = reqwest::Client::new().get(server.url());
    /// let mut file = Vec::new();
    /// let length = request.retry(&POLICY).download(&mut file).await?;
    /// assert_eq!((length, file.as_slice()), (5, &b"hello"[..]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn download<W>(self, writer: W) -> impl Future<Output = Result<u64, Error>>
    where
        W: AsyncWrite + Unpin,
    {
        self.drive(Download::new(writer), only)
    }
}
