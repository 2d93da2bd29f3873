//! From a checked attribute and its function to the loop that retries it.

mod arguments;
mod attempt;
mod boxed;
mod fallback;
mod name;
mod patterns;
mod policy;
mod retry_loop;
mod share;
mod turn;

pub(crate) use name::path;
pub(crate) use retry_loop::expand;
