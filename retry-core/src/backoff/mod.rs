//! Shapes of backoff: how long to wait between attempts.
//!
//! The trait [`Backoff`] and the built-in shapes, such as
//! [`Exponential`], are at the root of this crate.

// One file for each shape, and the jitter that they share.
mod arithmetic;
#[expect(
    clippy::module_inception,
    reason = "a file is called after what it defines"
)]
pub(crate) mod backoff;
#[macro_use]
mod setters;

pub(crate) mod decorrelated;
pub(crate) mod exponential;
pub(crate) mod fibonacci;
pub(crate) mod fixed;
mod from_fn;
pub(crate) mod jitter;
pub(crate) mod linear;
pub(crate) mod no_delay;
mod repeat_last;
pub(crate) mod step;

pub use from_fn::{FromFn, from_fn};
pub use repeat_last::{RepeatLast, repeat_last};

pub(crate) use arithmetic::{grow, scale};

pub(crate) use arithmetic::short_nanos;
pub(crate) use backoff::Backoff;
pub(crate) use exponential::Exponential;
pub(crate) use fixed::Fixed;
pub(crate) use step::Step;
