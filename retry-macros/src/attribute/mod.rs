//! The arguments of `#[retryable(…)]`: from tokens to checked settings.

mod check;
mod entries;
mod fixed;
mod inherit;
mod jumps;
mod keys;
mod settings;
mod values;

pub(crate) use entries::{Entry, parse_entries};
pub(crate) use fixed::no_arguments;
pub(crate) use inherit::inherit;
pub(crate) use settings::{Budget, Jitter, Number, OnErrors, Settings, Shape};
pub(crate) use values::Time;
