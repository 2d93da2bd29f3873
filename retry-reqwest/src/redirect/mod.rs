//! Redirects: whether one was followed, and following those that need the body again.
//!
//! reqwest follows redirects below this crate, and its errors contain the first URL only. A failure of a later hop proves
//! nothing about the first hop, which has processed the request.

mod follow;
mod held;
#[cfg(feature = "blocking")]
mod in_flight;
mod reached;
mod trail;
mod watch;

pub(crate) use follow::{Redirects, is_elsewhere, remove_credentials};
#[cfg(feature = "blocking")]
pub(crate) use in_flight::InFlight;
pub(crate) use trail::Trail;
pub use watch::redirects;

use reqwest::Response;

/// Whether a response redirects the request with its method and its body.
pub(crate) fn is_redirect_with_body(response: &Response) -> bool {
    follow::KEEPS_BODY.contains(&response.status())
}
