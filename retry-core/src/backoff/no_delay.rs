//! `NoDelay`: the shape without delays.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::step::Step;

/// No delay: attempts follow one another at once. An awaited call yields to other tasks now and then.
///
/// For tests, and for operations that wait themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoDelay;

impl Backoff for NoDelay {
    fn delay(&self, _: &Step) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<crate::config::Shape> {
        Some(crate::config::Shape::NoDelay(*self))
    }
}
