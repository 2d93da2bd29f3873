//! `Reply`: what the server does with one request.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

/// What a [`Server`](super::Server) does with one request.
///
/// [`reply`], [`reset`] and the other functions of this module create one.
#[derive(Clone, Debug)]
#[must_use = "a reply does nothing outside the script of a server"]
pub struct Reply {
    pub(super) content: Content,
    /// How much of the request's body is read first.
    pub(super) read_at_most: u64,
    pub(super) after: Duration,
    /// How much of the response's body, or of raw bytes, is sent.
    pub(super) send_at_most: usize,
    /// So many bytes at a time, with a pause after each piece.
    pub(super) drip: Option<(usize, Duration)>,
    pub(super) end: End,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Nothing,
    Response {
        status: StatusCode,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    },
    Raw(Bytes),
}

/// What happens to the connection after the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It waits for the next request.
    KeepOpen,
    Close,
    Reset,
    Hang,
}

/// Responds with this status.
///
/// The body is empty unless [`Reply::body`] sets it. The connection stays open for further requests.
///
/// # Panics
///
/// If `status` is outside 100 to 999.
#[track_caller]
pub fn reply(status: u16) -> Reply {
    let Ok(code) = StatusCode::from_u16(status) else {
        panic!("the status is {status}, but must be in 100..=999");
    };
    Reply::new(Content::Response {
        status: code,
        headers: Vec::new(),
        body: Bytes::new(),
    })
}

/// Responds with a redirect to `location`, an absolute URL or a path of this server.
///
/// Use 307 or 308 to keep the method and the body, 303 to change them to a `GET`.
///
/// # Panics
///
/// If `status` is outside 100 to 999, or if `location` is not a valid header value.
#[track_caller]
pub fn redirect(status: u16, location: impl AsRef<str>) -> Reply {
    reply(status).header("location", location.as_ref())
}

/// Announces the whole of `body` in a response with status 200, sends its first `bytes` bytes, and closes the
/// connection.
pub fn cut_after(bytes: usize, body: impl Into<Bytes>) -> Reply {
    reply(200).body(body).cut_after(bytes)
}

/// Sends `body` in a response with status 200, `bytes` bytes at a time, with a pause after each piece.
pub fn drip(bytes: usize, pause: Duration, body: impl Into<Bytes>) -> Reply {
    reply(200).body(body).drip(bytes, pause)
}

/// Reads the request, and resets the connection.
pub fn reset() -> Reply {
    Reply::new(Content::Nothing).reset()
}

/// Reads the request, and closes the connection without a response.
pub fn close() -> Reply {
    Reply::new(Content::Nothing).close()
}

/// Reads the request, and sends nothing.
///
/// The connection stays open until the client closes it or the server is dropped, but at most a minute: then it is
/// closed, so that a client without a timeout fails its test instead of stalling it.
pub fn hang() -> Reply {
    Reply::new(Content::Nothing).hang()
}

/// Sends exactly these bytes as the response, valid HTTP or not.
///
/// The connection stays open; [`Reply::close`], [`Reply::reset`] and [`Reply::hang`] end it.
pub fn raw(bytes: impl Into<Bytes>) -> Reply {
    Reply::new(Content::Raw(bytes.into()))
}

impl Reply {
    fn new(content: Content) -> Self {
        Self {
            content,
            read_at_most: u64::MAX,
            after: Duration::ZERO,
            send_at_most: usize::MAX,
            drip: None,
            end: End::KeepOpen,
        }
    }

    /// Adds a header. It has no effect on a reply without a status.
    ///
    /// `Content-Length` is added by itself, unless the reply has a `Content-Length` or a `Transfer-Encoding`.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in HTTP; [`raw`] can send such a header.
    #[track_caller]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        if let Content::Response { headers, .. } = &mut self.content {
            let valid = (name.parse(), value.parse());
            let (Ok(name), Ok(value)) = valid else {
                panic!("`{name}: {value}` is not a valid header; send it with `raw`");
            };
            headers.push((name, value));
        }
        self
    }

    /// Sets the body. It has no effect on a reply without a status.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        if let Content::Response { body, .. } = &mut self.content {
            *body = bytes.into();
        }
        self
    }

    /// Waits before the response, counted from the end of the request.
    pub fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }

    /// Sends only the first `bytes` bytes of the body, or of [`raw`] bytes, and closes the connection.
    ///
    /// `Content-Length` still announces the whole body. Call [`reset`](Self::reset) or [`hang`](Self::hang) after this
    /// to end it otherwise.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.send_at_most = bytes;
        self.close()
    }

    /// Sends the body, or [`raw`] bytes, in pieces of `bytes` bytes, with a pause after each piece.
    pub fn drip(mut self, bytes: usize, pause: Duration) -> Self {
        self.drip = Some((bytes.max(1), pause));
        self
    }

    /// Reads at most so many bytes of the request's body before the reply; 0 replies to the headers alone.
    ///
    /// If the connection stays open, the server discards the rest of the body after the response, which says
    /// `Connection: close`.
    pub fn read_at_most(mut self, bytes: u64) -> Self {
        self.read_at_most = bytes;
        self
    }

    /// Closes the connection after the response.
    ///
    /// A response that is sent whole says so with `Connection: close`.
    pub fn close(mut self) -> Self {
        self.end = End::Close;
        self
    }

    /// Resets the connection after the response.
    ///
    /// The client may lose the end of what was sent before: a reset discards what it has not read yet.
    pub fn reset(mut self) -> Self {
        self.end = End::Reset;
        self
    }

    /// Sends nothing after the response, and holds the connection as [`hang`] does.
    pub fn hang(mut self) -> Self {
        self.end = End::Hang;
        self
    }
}
