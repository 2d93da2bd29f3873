//! `ReplayBody`, for requests that block the thread.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::blocking::Body;

use super::buffered::Buffered;
use crate::body::{BoxError, FileReader, NotReplayable};

/// A request body that every attempt sends whole and from its start: the [`ReplayBody`](crate::ReplayBody) of blocking
/// requests.
///
/// It cannot be a multipart form, because reqwest does not turn a blocking form into a body. A form is sent once.
///
/// # Examples
///
/// ```no_run
/// # fn upload(client: &reqwest::blocking::Client) -> Result<(), retryable::http::Error> {
/// use retryable::Policy;
/// use retryable::http::blocking::{ReplayBody, RequestBuilderExt};
///
/// let policy = Policy::new();
/// let request = client.put("https://example.com/backup").retry(&policy);
/// request.replay_body(ReplayBody::from_file("backup.tar")).send()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReplayBody(Source);

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(Arc<PathBuf>),
    Make(Arc<dyn Fn() -> Result<Body, BoxError> + Send + Sync>),
    /// With the number of the call's last body; `None` in the caller's own value.
    Buffered(Arc<Buffered>, Option<u64>),
}

impl ReplayBody {
    /// Sends these bytes.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }

    /// Sends a regular file. Each attempt opens it again. The rules for its length are those of
    /// [`ReplayBody::from_file`](crate::ReplayBody::from_file).
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(Arc::new(path.into())))
    }

    /// Calls `make` for each attempt, and sends the `Body` that it returns. The content must be the same every time.
    ///
    /// # Examples
    ///
    /// ```
    /// use reqwest::blocking::Body;
    /// use retryable::http::blocking::ReplayBody;
    /// use std::io::{self, Cursor};
    ///
    /// let body = ReplayBody::from_fn(|| Ok::<_, io::Error>(Body::new(Cursor::new("made for each attempt"))));
    /// # let _ = body;
    /// ```
    pub fn from_fn<F, B, E>(make: F) -> Self
    where
        F: Fn() -> Result<B, E> + Send + Sync + 'static,
        B: Into<Body>,
        E: Into<BoxError>,
    {
        let make = move || make().map(Into::into).map_err(Into::into);
        Self(Source::Make(Arc::new(make)))
    }

    /// Sends a reader that can be read only once, and copies up to `cap` bytes of it.
    ///
    /// The rules are those of [`ReplayBody::buffered`](crate::ReplayBody::buffered). At most `cap` bytes and the few
    /// KiB that reqwest reads at a time are in memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::blocking::ReplayBody;
    ///
    /// let body = ReplayBody::buffered(std::io::stdin(), 1024 * 1024);
    /// # let _ = body;
    /// ```
    pub fn buffered(reader: impl Read + Send + 'static, cap: usize) -> Self {
        Self(Source::Buffered(Arc::new(Buffered::new(reader, cap)), None))
    }

    /// Makes the body of an attempt.
    pub(super) fn make(&mut self) -> Result<Body, NotReplayable> {
        match &mut self.0 {
            Source::Bytes(bytes) => Ok(Body::from(bytes.clone())),
            Source::File(path) => file(path),
            Source::Make(make) => make().map_err(NotReplayable::because),
            Source::Buffered(buffered, last) => buffered.body(last).map(Body::new),
        }
    }

    /// Whether the call can send this body again: in its next attempt, or after a redirect that keeps the method.
    pub(super) fn can_replay(&self) -> bool {
        match &self.0 {
            Source::Buffered(buffered, last) => buffered.can_replay(*last),
            _ => true,
        }
    }

    /// Stops the body of an attempt that has ended.
    pub(super) fn take_back(&mut self) {
        if let Source::Buffered(buffered, last) = &mut self.0 {
            buffered.take_back(last);
        }
    }
}

/// Returns the body of a file. An empty one is passed as bytes, because reqwest announces their length.
fn file(path: &Path) -> Result<Body, NotReplayable> {
    let reader = FileReader::open(path)?;
    Ok(match reader.remaining() {
        Some(0) => Body::from(Bytes::new()),
        Some(length) => Body::sized(reader, length),
        None => Body::new(reader),
    })
}

impl fmt::Debug for ReplayBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Bytes(_) => "blocking::ReplayBody::from_bytes",
            Source::File(_) => "blocking::ReplayBody::from_file",
            Source::Make(_) => "blocking::ReplayBody::from_fn",
            Source::Buffered(..) => "blocking::ReplayBody::buffered",
        })
    }
}
