//! References and smart pointers say what their content says.

use crate::{Class, Classify};

impl<E, Via> Classify<Via> for &E
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }
}

#[cfg(feature = "alloc")]
impl<E, Via> Classify<Via> for alloc::boxed::Box<E>
where
    E: Classify<Via>,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }
}

#[cfg(feature = "alloc")]
impl<E, Via> Classify<Via> for alloc::sync::Arc<E>
where
    E: Classify<Via>,
    Via: ?Sized,
{
    fn classify(&self) -> Class {
        (**self).classify()
    }
}
