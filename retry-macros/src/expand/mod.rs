//! From a checked attribute and its function to the loop that retries it.

mod arguments;
mod boxed;
mod patterns;
mod policy;
mod retry_loop;
mod turn;

pub(crate) use boxed::{boxed_output, parse_boxed, returns_boxed_future};
pub(crate) use patterns::bound_names;
pub(crate) use retry_loop::expand;
