//! `Classify` for references and smart pointers: the class of their content.

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

    fn error_type(&self) -> Option<&str> {
        (**self).error_type()
    }
}

/// Not for `&E`: the compiler would list that impl in its message about an error that is not classified.
#[cfg(feature = "alloc")]
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<E: Classify<Via> + ?Sized, Via: ?Sized> Classify<Via> for $pointer {
            fn classify(&self) -> Class {
                (**self).classify()
            }

            fn retry_after(&self) -> Option<Duration> {
                (**self).retry_after()
            }

            fn error_type(&self) -> Option<&str> {
                (**self).error_type()
            }
        }
    )*};
}

#[cfg(feature = "alloc")]
forward!(alloc::boxed::Box<E>, alloc::sync::Arc<E>);
