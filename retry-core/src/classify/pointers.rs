//! References and smart pointers say what their content says.

use core::time::Duration;

use super::Classify;
use crate::class::Class;

impl<E, Via> Classify<Via> for &E
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn retry_after(&self) -> Option<Duration> {
        (**self).retry_after()
    }
}

#[cfg(feature = "alloc")]
impl<E, Via> Classify<Via> for alloc::boxed::Box<E>
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn retry_after(&self) -> Option<Duration> {
        (**self).retry_after()
    }
}

#[cfg(feature = "alloc")]
impl<E, Via> Classify<Via> for alloc::sync::Arc<E>
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn retry_after(&self) -> Option<Duration> {
        (**self).retry_after()
    }
}
