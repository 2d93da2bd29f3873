//! `Part`: a part of a policy behind a pointer, borrowed or shared.

#[cfg(feature = "live")]
use alloc::sync::Arc;
use core::fmt;
use core::ops::Deref;

/// A part of a [`PolicyView`](crate::PolicyView): borrowed from a policy, or shared with one that may be replaced during the
/// call.
#[derive(Clone)]
pub enum Part<'p, T: ?Sized> {
    /// Of a policy that outlives the view.
    Borrowed(&'p T),
    /// Of a `LivePolicy`.
    #[cfg(feature = "live")]
    Shared(Arc<T>),
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Part<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> Deref for Part<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(part) => part,
            #[cfg(feature = "live")]
            Self::Shared(part) => part,
        }
    }
}
