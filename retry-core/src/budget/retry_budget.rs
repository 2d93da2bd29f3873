//! The trait `RetryBudget`.

use crate::backoff::Step;
use crate::class::Class;
use crate::timer::Clock;
use core::fmt;

/// A limit for the retries of many calls: it counts how the calls end, and grants or refuses each retry.
///
/// Use [`Budget`](crate::Budget). [`RetryQuota`](crate::RetryQuota), [`TokenRatio`](crate::TokenRatio) and
/// `AdaptiveThrottle` are rules of other systems. A budget is shared as a `static` or in an `Arc`; a
/// `Box<dyn RetryBudget>` is one too. First attempts are never refused, because there would be no error to return.
///
/// # Examples
///
/// ```
/// use retryable::{Clock, GiveUp, NoDelay, Policy, Step, RetryBudget, transient};
///
/// /// A switch to turn all retries off.
/// struct Off;
///
/// impl RetryBudget for Off {
///     fn withdraw(&self, _: &Step, _: &dyn Clock) -> bool {
///         false
///     }
/// }
///
/// let (outcome, report) = Policy::with_backoff(NoDelay)
///     .budget(Off)
///     .blocking(|| Err::<(), _>(transient("down")))
///     .report();
/// assert!(outcome.is_err());
/// assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Budget)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a budget",
    label = "this does not implement `RetryBudget`",
    note = "a budget is a `Budget` in a `static` or an `Arc`; in the attribute also a share, such as `budget = \"20%\"`"
)]
pub trait RetryBudget {
    /// Counts a call that begins.
    fn call(&self, clock: &dyn Clock) {
        let _ = clock;
    }

    /// Counts a call that succeeded. `retried` is the class of the failure before; `None` if the first attempt
    /// succeeded.
    fn succeeded(&self, retried: Option<Class>, clock: &dyn Clock) {
        let _ = (retried, clock);
    }

    /// Counts an attempt that failed with a class that the policy retries, because of the server or the network.
    ///
    /// A failure after the deadline of the enclosing attempt, or of an [`Upstream`](crate::Upstream), is
    /// not reported: the caller ran out of time, which says nothing about the server. The deadline and the
    /// attempt timeout of the call's own policy do count.
    fn failed(&self, class: Class, clock: &dyn Clock) {
        let _ = (class, clock);
    }

    /// Withdraws the retry that `step` describes. Returns `false` if it must not be made.
    fn withdraw(&self, step: &Step, clock: &dyn Clock) -> bool;

    /// Writes what [`Policy::describe`](crate::Policy::describe) says of the budget, such as `budget 20%`. The default
    /// is the name of the type.
    ///
    /// # Errors
    ///
    /// If the formatter fails.
    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "budget {}", core::any::type_name::<Self>())
    }

    /// Writes the budget for the `Debug` of a policy whose type does not show it, such as a
    /// [`DynPolicy`](crate::DynPolicy). The default is the name of the type.
    ///
    /// # Errors
    ///
    /// If the formatter fails.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::any::type_name::<Self>())
    }
}

debug_by_describe!(RetryBudget);

/// No limit: every retry may be made. The budget of a policy for which none is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoBudget;

impl RetryBudget for NoBudget {
    fn withdraw(&self, _: &Step, _: &dyn Clock) -> bool {
        true
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no budget")
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: RetryBudget + ?Sized> RetryBudget for $pointer {
            fn call(&self, clock: &dyn Clock) {
                (**self).call(clock);
            }

            fn succeeded(&self, retried: Option<Class>, clock: &dyn Clock) {
                (**self).succeeded(retried, clock);
            }

            fn failed(&self, class: Class, clock: &dyn Clock) {
                (**self).failed(class, clock);
            }

            fn withdraw(&self, step: &Step, clock: &dyn Clock) -> bool {
                (**self).withdraw(step, clock)
            }

            fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).summarize(f)
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).describe(f)
            }
        }
    )*};
}

forward!(&T);
#[cfg(feature = "alloc")]
forward!(alloc::boxed::Box<T>, alloc::sync::Arc<T>);
