//! The trait `Backoff`.

use core::fmt;
use core::time::Duration;

use super::step::Step;

/// A shape of backoff: how long to wait before a given retry.
///
/// Implemented by the shapes of this crate, by `[Duration; N]` and `[Duration]` (each delay once,
/// then stop), and by references, boxes and `Arc`s of shapes, such as `Box<dyn Backoff>` for one that is
/// chosen at run time. [`backoff::from_fn`](crate::backoff::from_fn) makes a shape of a function. A shape
/// is a value without state: one serves any number of calls at once.
///
/// # Examples
///
/// ```
/// use retryable::{Backoff, Class, Step};
/// use std::time::Duration;
///
/// /// Waits longer if the server is overloaded.
/// struct Patient;
///
/// impl Backoff for Patient {
///     fn delay(&self, step: &Step) -> Option<Duration> {
///         match step.class {
///             Class::Throttled { .. } => Some(Duration::from_secs(1)),
///             _ => Some(Duration::from_millis(50)),
///         }
///     }
/// }
///
/// let step = Step::new(1, None, Class::Transient, 0);
/// assert_eq!(Patient.delay(&step), Some(Duration::from_millis(50)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape of backoff",
    label = "this does not implement `Backoff`",
    note = "a shape is one of this crate's, such as `Exponential` and `Fixed`, a list of delays `[Duration; N]`, or `backoff::from_fn(f)` for a function `Fn(&Step) -> Option<Duration>`"
)]
pub trait Backoff {
    /// Returns the delay before this retry. `None` stops.
    fn delay(&self, step: &Step) -> Option<Duration>;

    /// Returns whether a wait that the server asked for is lengthened by up to a tenth, so that clients with the same
    /// hint do not all come back at once. A deadline shortens that part of the wait.
    ///
    /// `false` for the shapes with a [`Jitter`](crate::Jitter) if it is [`Jitter::None`](crate::Jitter::None); `true`
    /// for all others.
    fn spreads_hints(&self) -> bool {
        true
    }

    /// The longest delay before this retry, over all that chance may draw: the delay without jitter. For
    /// [`Policy::describe`](crate::Policy::describe). The default is the delay that this step draws.
    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        self.delay(step)
    }

    /// Writes the shape for the `Debug` of a policy whose type does not show it, such as a
    /// [`DynPolicy`](crate::DynPolicy). The default is the name of the type.
    ///
    /// # Errors
    ///
    /// If the formatter fails.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::any::type_name::<Self>())
    }

    /// Returns the shape, if it is one of this crate, whose numbers can be overridden.
    #[cfg(feature = "overrides")]
    #[doc(hidden)]
    fn built_in(&self) -> Option<crate::config::Shape> {
        None
    }
}

debug_by_describe!(Backoff);

/// Each delay once, without jitter; then stop.
impl Backoff for [Duration] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let index = usize::try_from(step.retry).ok()?.checked_sub(1)?;
        self.get(index).copied()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Each delay once, without jitter; then stop.
impl<const N: usize> Backoff for [Duration; N] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        self.as_slice().delay(step)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<B: Backoff + ?Sized> Backoff for $pointer {
            fn delay(&self, step: &Step) -> Option<Duration> {
                (**self).delay(step)
            }

            fn spreads_hints(&self) -> bool {
                (**self).spreads_hints()
            }

            fn longest_delay(&self, step: &Step) -> Option<Duration> {
                (**self).longest_delay(step)
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).describe(f)
            }

            #[cfg(feature = "overrides")]
            fn built_in(&self) -> Option<crate::config::Shape> {
                (**self).built_in()
            }
        }
    )*};
}

forward!(&B);
#[cfg(feature = "alloc")]
forward!(alloc::boxed::Box<B>, alloc::sync::Arc<B>);
