//! The error of a body that cannot be sent again.

use std::error::Error as StdError;
use std::fmt;

use reqwest::Request;

use super::BoxError;
use crate::classify::causes;

/// The error of an attempt that has no body to send.
///
/// The body is a stream that was already read, it exceeded the cap of its buffer, another call has begun to send it,
/// it is not a regular file, the file changed while it was sent, or the closure that makes it failed.
#[derive(Debug)]
pub struct NotReplayable(Reason);

#[derive(Debug)]
enum Reason {
    ReadOnce,
    Superseded,
    /// What is wrong with the file.
    File(&'static str),
    NotMade(BoxError),
}

impl NotReplayable {
    pub(crate) const fn read_once() -> Self {
        Self(Reason::ReadOnce)
    }

    pub(crate) const fn superseded() -> Self {
        Self(Reason::Superseded)
    }

    pub(crate) const fn file(wrong: &'static str) -> Self {
        Self(Reason::File(wrong))
    }

    pub(crate) fn because(source: impl Into<BoxError>) -> Self {
        Self(Reason::NotMade(source.into()))
    }

    /// Copies this error from the causes of another error, because it cannot be moved out.
    pub(crate) fn found_in(error: &(dyn StdError + 'static)) -> Option<Self> {
        causes(error).find_map(|cause| match cause.downcast_ref::<Self>()?.0 {
            Reason::ReadOnce => Some(Self::read_once()),
            Reason::Superseded => Some(Self::superseded()),
            Reason::File(wrong) => Some(Self::file(wrong)),
            Reason::NotMade(_) => None,
        })
    }
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::ReadOnce => "the body of the request cannot be sent again",
            Reason::Superseded => "another call has begun to send the body of the request",
            Reason::File(wrong) => wrong,
            Reason::NotMade(_) => "the body of the request cannot be made",
        })
    }
}

impl StdError for NotReplayable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Reason::NotMade(source) => Some(&**source),
            _ => None,
        }
    }
}

/// Clones a request, for your own retry loop.
///
/// # Errors
///
/// If the body is a stream. It is never replaced by an empty body.
///
/// # Examples
///
/// ```
/// use retryable::http::clone_request;
///
/// let request = reqwest::Client::new().put("http://127.0.0.1/").body("whole").build()?;
/// let clone = clone_request(&request)?;
/// assert_eq!(clone.body().and_then(|body| body.as_bytes()), Some(&b"whole"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn clone_request(request: &Request) -> Result<Request, NotReplayable> {
    request.try_clone().ok_or(NotReplayable::read_once())
}
