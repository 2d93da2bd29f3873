//! From a checked attribute and its function to the loop that retries it.

mod arguments;
mod policy;
mod retry_loop;

pub(crate) use retry_loop::expand;
