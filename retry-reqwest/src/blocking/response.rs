//! A blocking response that knows its request.

use std::fmt;
use std::io::{self, Read, Write};

use bytes::Bytes;

use super::download::PIECE;
use crate::error::Error;
use crate::response::{self, show};

/// A [`Response`](crate::Response) that blocks the thread while its body is read.
///
/// It dereferences to the `reqwest::blocking::Response`, but reading its body fails with an [`Error`].
///
/// # Examples
///
/// ```no_run
/// use retryable::http::Error;
/// use retryable::http::blocking::RequestBuilderExt;
///
/// fn order(client: &reqwest::blocking::Client) -> Result<String, Error> {
///     let request = client.post("https://example.com/orders").body("three apples");
///     request.send_checked()?.text()
/// }
/// ```
pub type Response = response::Response<reqwest::blocking::Response>;

impl Response {
    /// Reads the whole body as text.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    pub fn text(self) -> Result<String, Error> {
        let read = self.inner.text();
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Reads the whole body.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    pub fn bytes(self) -> Result<Bytes, Error> {
        let read = self.inner.bytes();
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Reads the whole body as JSON.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end, or is not JSON of this shape. The latter is permanent.
    #[cfg(feature = "json")]
    pub fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        let read = self.inner.json();
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Copies the body to `writer`. Returns the number of bytes.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end, or the writer fails; the latter is never retried.
    pub fn copy_to<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<u64, Error> {
        let mut piece = vec![0; PIECE];
        let mut copied = 0;
        loop {
            let read = match self.inner.read(&mut piece) {
                Ok(0) => return Ok(copied),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::from_body(error, self.safety)),
            };
            let piece = piece.get(..read).unwrap_or_default();
            writer.write_all(piece).map_err(Error::writer)?;
            copied += piece.len() as u64;
        }
    }
}

/// Fails with an [`io::Error`] that wraps an [`Error`], which knows the method of the request.
impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                Err(io::Error::other(Error::from_body(error, self.safety)))
            }
            read => read,
        }
    }
}

/// As [`into_inner`](Response::into_inner).
impl From<Response> for reqwest::blocking::Response {
    fn from(response: Response) -> Self {
        response.inner
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.status(), self.url())
    }
}
