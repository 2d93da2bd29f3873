//! Continuing a body that broke off: what to ask for next, and which answers may go on where it ended.
//!
//! [`Resume`] does no I/O: it is told what was answered and how much was handed on, and says what
//! follows. Whatever leaves a doubt about a single byte is refused, by a rule that says why.
//! [`Transfer`] turns that into requests and errors, for all downloads.

mod range;
mod state;
#[cfg(test)]
mod tests;
mod transfer;
mod validator;

pub(crate) use transfer::Transfer;

use state::{Ended, Next, Resume};
