//! How long to wait between attempts: the trait, one file a shape, and the jitter they share.

mod arithmetic;
#[macro_use]
mod setters;

mod decorrelated;
mod exponential;
mod fibonacci;
mod fixed;
mod jitter;
mod linear;
mod lists;
mod shape;
mod step;

pub use decorrelated::Decorrelated;
pub use exponential::Exponential;
pub use fibonacci::Fibonacci;
pub use fixed::Fixed;
pub use jitter::Jitter;
pub use linear::Linear;
pub use lists::NoDelay;
pub use shape::Backoff;
pub use step::Step;

#[cfg(feature = "backoff")]
pub(crate) use arithmetic::{grow, scale};
