//! `ReplayBody`, for requests that block the thread.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::blocking::Body;

use super::buffered::Buffered;
use crate::body::{BoxError, FileReader, NotReplayable};

/// A request body that every attempt sends whole and from its start: what
/// [`ReplayBody`](crate::ReplayBody) is to requests that are awaited.
///
/// A multipart form is not among these, because reqwest cannot turn a blocking form into a body. It is
/// sent once.
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
    /// With the number of the call's last body: `None` in the value that the caller holds.
    Buffered(Arc<Buffered>, Option<u64>),
}

impl ReplayBody {
    /// These bytes.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }

    /// A regular file, as it is when an attempt begins: each attempt opens it.
    ///
    /// The length of the file is announced. An attempt fails if the file becomes longer or shorter while
    /// it is sent, before the last bytes are sent. A file that says to be empty and is not, such as those
    /// in `/proc`, is sent without a length. Anything but a regular file is an error of the kind
    /// [`ErrorKind::NotReplayable`](crate::ErrorKind::NotReplayable), and nothing is sent: a pipe cannot
    /// be read again, and has no length. For that, use [`buffered`](Self::buffered).
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(Arc::new(path.into())))
    }

    /// What `make` returns, which is called when an attempt begins: anything that is a [`Body`]. It must
    /// be the same content every time.
    ///
    /// # Examples
    ///
    /// ```
    /// use reqwest::blocking::Body;
    /// use retryable::http::blocking::ReplayBody;
    /// use std::io::{self, Cursor};
    ///
    /// let body = ReplayBody::from_fn(|| Ok::<_, io::Error>(Body::new(Cursor::new("made anew"))));
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

    /// A reader that can be read only once. The first attempt sends it as it comes, while up to `cap`
    /// bytes of it are copied; the next attempts send the copy, and go on with the reader where it
    /// was left.
    ///
    /// If the reader exceeds `cap` bytes, the copy is discarded: the current attempt continues, but it can
    /// no longer be retried. So the copy never holds more than `cap` bytes, in addition to the few KiB that reqwest reads at a time.
    ///
    /// The body belongs to one call at a time. If a second call begins to send it, that call gets the
    /// reader, and the first one fails with [`ErrorKind::NotReplayable`](crate::ErrorKind::NotReplayable)
    /// when it has more to send. If the copy was discarded, the second call fails instead.
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

    /// The body of an attempt that begins now.
    pub(super) fn make(&mut self) -> Result<Body, NotReplayable> {
        match &mut self.0 {
            Source::Bytes(bytes) => Ok(Body::from(bytes.clone())),
            Source::File(path) => file(path),
            Source::Make(make) => make().map_err(NotReplayable::because),
            Source::Buffered(buffered, last) => buffered.body(last).map(Body::new),
        }
    }

    /// Whether an attempt can have this body: the next attempt of the call, or the same one after a
    /// redirect that keeps the method.
    pub(super) fn can_replay(&self) -> bool {
        match &self.0 {
            Source::Buffered(buffered, last) => buffered.can_replay(*last),
            _ => true,
        }
    }

    /// Stops the body of an attempt that is over.
    pub(super) fn take_back(&mut self) {
        if let Source::Buffered(buffered, last) = &mut self.0 {
            buffered.take_back(last);
        }
    }
}

/// An empty body is given as bytes: reqwest announces their length too.
fn file(path: &Path) -> Result<Body, NotReplayable> {
    let reader = FileReader::open(path)?;
    Ok(match reader.left() {
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
