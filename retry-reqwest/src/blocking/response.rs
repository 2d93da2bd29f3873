//! A blocking response that knows its request.

use std::fmt;
use std::io::{self, Read, Write};
use std::ops::{Deref, DerefMut};

use bytes::Bytes;

use crate::classify::Safety;
use crate::error::Error;

/// A [`Response`](crate::Response) that blocks the thread while its body is read.
///
/// It is a [`reqwest::blocking::Response`] but for the reading of its body, which fails with an
/// [`Error`].
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
pub struct Response {
    inner: reqwest::blocking::Response,
    /// Whether the server may process the request twice.
    repeatable: Safety,
}

impl Response {
    pub(super) fn new(inner: reqwest::blocking::Response, repeatable: Safety) -> Self {
        Self { inner, repeatable }
    }

    /// Reads the whole body as text.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    pub fn text(self) -> Result<String, Error> {
        let read = self.inner.text();
        read.map_err(|error| Error::from_reading(error, self.repeatable))
    }

    /// Reads the whole body.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    pub fn bytes(self) -> Result<Bytes, Error> {
        let read = self.inner.bytes();
        read.map_err(|error| Error::from_reading(error, self.repeatable))
    }

    /// Reads the whole body as JSON.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end, or is not JSON of this shape: that is permanent.
    #[cfg(feature = "json")]
    pub fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        let read = self.inner.json();
        read.map_err(|error| Error::from_reading(error, self.repeatable))
    }

    /// Copies the body to `writer`, and returns the number of bytes.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end, or the writer fails; the latter is never retried.
    pub fn copy_to<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<u64, Error> {
        let mut piece = vec![0; 16 * 1024];
        let mut copied = 0;
        loop {
            let read = match self.inner.read(&mut piece) {
                Ok(0) => return Ok(copied),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::from_body(error, self.repeatable)),
            };
            let piece = piece.get(..read).unwrap_or_default();
            writer.write_all(piece).map_err(Error::writer)?;
            copied += piece.len() as u64;
        }
    }

    /// The response of reqwest. What fails in reading it is a plain [`reqwest::Error`], which does not know
    /// the method of the request: do not return it from a function that retries a `POST`.
    pub fn into_inner(self) -> reqwest::blocking::Response {
        self.inner
    }
}

/// Fails with an [`io::Error`] around an [`Error`], which says what the failure means for the method.
impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                Err(io::Error::other(Error::from_body(error, self.repeatable)))
            }
            read => read,
        }
    }
}

impl Deref for Response {
    type Target = reqwest::blocking::Response;

    fn deref(&self) -> &reqwest::blocking::Response {
        &self.inner
    }
}

impl DerefMut for Response {
    fn deref_mut(&mut self) -> &mut reqwest::blocking::Response {
        &mut self.inner
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
        let mut url = self.inner.url().clone();
        crate::error::url::clean(&mut url);
        f.debug_struct("Response")
            .field("status", &self.inner.status())
            .field("url", &url.as_str())
            .finish_non_exhaustive()
    }
}
