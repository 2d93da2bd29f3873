//! A body that cannot be sent again, and requests that can.

use std::error::Error as StdError;
use std::fmt;

use reqwest::Request;

use super::BoxError;

/// There is no body for another attempt: it is a stream that was read once, it outgrew the cap of its
/// buffer, or making it anew failed.
#[derive(Debug)]
pub struct NotReplayable(Option<BoxError>);

impl NotReplayable {
    pub(crate) const fn read_once() -> Self {
        Self(None)
    }

    pub(crate) fn because(source: impl Into<BoxError>) -> Self {
        Self(Some(source.into()))
    }
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "the body of the request cannot be sent again",
            Some(_) => "the body of the request cannot be made",
        })
    }
}

impl StdError for NotReplayable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.as_deref()?;
        Some(source)
    }
}

/// The same request once more: for loops of your own that send it again.
///
/// # Errors
///
/// When the body is a stream. An empty body never stands in for it.
///
/// # Examples
///
/// ```
/// use retry_reqwest::clone_request;
///
/// let request = reqwest::Client::new().put("http://127.0.0.1/").body("whole").build()?;
/// let clone = clone_request(&request)?;
/// assert_eq!(clone.body().and_then(|body| body.as_bytes()), Some(&b"whole"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn clone_request(request: &Request) -> Result<Request, NotReplayable> {
    request.try_clone().ok_or(NotReplayable::read_once())
}
