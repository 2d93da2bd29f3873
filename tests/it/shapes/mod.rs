//! Every shape of function that Rust allows can be retried: each is run here, and its attempts counted.
//!
//! The same files are tests of the crate `tests/edition-2021`, so that both editions are covered: paths from the
//! root of the crate begin with `crate::shapes`.

mod aliases;
mod blocking;
mod control_flow;
mod fallback;
mod functions;
mod generics;
mod instrument;
mod keys;
mod lending;
mod limits;
mod names;
mod patterns;
mod policies;
mod receivers;
mod support;
mod taken_apart;
mod timer;
mod traits;
