//! `ReplayBody`: a request body that every attempt sends from its start.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::TryStream;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::{Body, Request};

use super::buffered::Buffered;
use super::{BoxError, MakeBody, NotReplayable, file_body};

/// A request body that every attempt sends whole and from its start.
///
/// A body of bytes, text, JSON or a form that was set on the builder needs no `ReplayBody`: it is resent unchanged. A
/// stream that was set on the builder is sent once, and its failure ends the call.
///
/// An attempt that fails does not wait until its body was sent. The next attempt may begin earlier.
///
/// # Examples
///
/// ```no_run
/// # async fn upload(client: &reqwest::Client) -> Result<(), retryable::http::Error> {
/// use retryable::Policy;
/// use retryable::http::{ReplayBody, RequestBuilderExt};
///
/// let body = ReplayBody::from_file("backup.tar");
/// let policy = Policy::new();
/// let request = client.put("https://example.com/backup").retry(&policy);
/// request.replay_body(body).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReplayBody(Source);

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(Arc<PathBuf>),
    Make(Arc<dyn Fn(&mut Request) -> Result<(), NotReplayable> + Send + Sync>),
    /// With the number of the call's last body; `None` in the caller's own value.
    Buffered(Arc<Buffered>, Option<u64>),
}

impl ReplayBody {
    /// Sends these bytes.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }

    /// Sends a regular file. Each attempt opens it again, and sends its content at that time.
    ///
    /// The length of the file is announced. If the file becomes longer or shorter while it is sent, the attempt fails
    /// before it sends the last bytes. A file that claims to be empty and is not, such as those in `/proc`, is sent
    /// without a length. Anything but a regular file is an error of the kind
    /// [`ErrorKind::NotReplayable`](crate::ErrorKind::NotReplayable), and nothing is sent: a pipe cannot be read
    /// again, and has no length. For a pipe, use [`buffered`](Self::buffered).
    ///
    /// The file is opened and read on tokio's blocking threads, in pieces of 64 KiB.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(Arc::new(path.into())))
    }

    /// Calls `make` for each attempt, and sends what it returns: a `reqwest::Body`, a multipart form (with the feature
    /// `multipart`), or a `Result` of one of them. The content must be the same every time.
    ///
    /// # Examples
    ///
    /// ```
    /// use reqwest::Body;
    /// use retryable::http::ReplayBody;
    ///
    /// let body = ReplayBody::from_fn(|| Body::from("made for each attempt"));
    /// # let _ = body;
    /// ```
    pub fn from_fn<F, B>(make: F) -> Self
    where
        F: Fn() -> B + Send + Sync + 'static,
        B: MakeBody,
    {
        Self(Source::Make(Arc::new(move |request| make().fill(request))))
    }

    /// Sends a stream that can be read only once, and copies up to `cap` bytes of it.
    ///
    /// The first attempt sends the stream as it arrives. The next attempts send the copy, and then the rest of the
    /// stream. If the stream exceeds `cap` bytes, the copy is discarded: the current attempt continues, but it can no
    /// longer be retried. At most `cap` bytes and one item of the stream are in memory.
    ///
    /// The body belongs to one call at a time. If a second call begins to send it, that call gets the
    /// stream, and the first call fails with [`ErrorKind::NotReplayable`](crate::ErrorKind::NotReplayable)
    /// when it has more to send. If the copy was discarded, the second call fails instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::ReplayBody;
    ///
    /// # fn lines() -> impl futures_util::Stream<Item = Result<String, std::io::Error>> + Send {
    /// #     futures_util::stream::iter([Ok("line\n".to_owned())])
    /// # }
    /// let body = ReplayBody::buffered(lines(), 1024 * 1024);
    /// # let _ = body;
    /// ```
    pub fn buffered<S>(stream: S, cap: usize) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<BoxError>,
        Bytes: From<S::Ok>,
    {
        Self(Source::Buffered(Arc::new(Buffered::new(stream, cap)), None))
    }

    /// Sets the body of a request, from its start: for a new attempt, or for a redirect that keeps the method. An
    /// earlier body of the call stops.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped while a file is being opened, the blocking thread still opens and closes the file.
    pub(crate) async fn fill(&mut self, request: &mut Request) -> Result<(), NotReplayable> {
        let body = match &mut self.0 {
            Source::Bytes(bytes) => Some(Body::from(bytes.clone())),
            Source::File(path) => Some(file_body::open(Arc::clone(path)).await?),
            Source::Make(make) => {
                make(request)?;
                None
            }
            Source::Buffered(buffered, last) => Some(buffered.body(last).map(Body::wrap)?),
        };
        if body.is_some() {
            *request.body_mut() = body;
        }
        // hyper does not announce the length of an empty body.
        let bytes = request.body().and_then(Body::as_bytes);
        if bytes.is_some_and(<[u8]>::is_empty) {
            let headers = request.headers_mut();
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }

    /// Whether the call can send this body again: in its next attempt, or after a redirect that keeps the method.
    pub(crate) fn can_replay(&self) -> bool {
        match &self.0 {
            Source::Buffered(buffered, last) => buffered.can_replay(*last),
            _ => true,
        }
    }

    /// Stops the body of an attempt that has ended.
    pub(crate) fn take_back(&mut self) {
        if let Source::Buffered(buffered, last) = &mut self.0 {
            buffered.take_back(last);
        }
    }
}

impl fmt::Debug for ReplayBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Bytes(_) => "ReplayBody::from_bytes",
            Source::File(_) => "ReplayBody::from_file",
            Source::Make(_) => "ReplayBody::from_fn",
            Source::Buffered(..) => "ReplayBody::buffered",
        })
    }
}
