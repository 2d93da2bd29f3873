//! Sending a body again.

use std::error::Error as StdError;
use std::fmt;

use reqwest::Request;

/// The body of a request cannot be sent again, as it is a stream that was read only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReplayable(());

impl NotReplayable {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the request cannot be sent again")
    }
}

impl StdError for NotReplayable {}

/// The same request once more, to be sent beside the first or after it.
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
    request.try_clone().ok_or(NotReplayable::new())
}
