//! Resuming an interrupted download: what to request next, and which responses may continue it.
//!
//! [`Resume`] does no I/O. It receives the heads of the responses and the number of bytes written, and returns what to
//! request next. If there is a doubt about a single byte, the download is refused, by a rule that names the reason.
//! [`Transfer`] turns this into requests and errors, for awaited and blocking downloads.

mod range;
mod state;
#[cfg(test)]
mod tests;
mod transfer;
mod validator;

pub(crate) use transfer::Transfer;

use state::{Ended, NextRequest, Resume};
