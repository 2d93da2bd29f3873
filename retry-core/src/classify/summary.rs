//! Rules in words, for `Policy::describe`.

use core::fmt;

use super::Causes;
use crate::class::On;
use crate::sealed::Sealed;

/// A rule that can be described without its errors: an [`On`], [`Causes`], or that of a policy that is erased.
#[diagnostic::on_unimplemented(
    message = "a policy with a classifier cannot be described before the type of its errors is known",
    note = "erase it first: `let policy: DynPolicy<Error> = policy.erase();`"
)]
pub trait Summary {
    #[doc(hidden)]
    fn sealed(&self) -> Sealed;

    /// Writes which failures are retried, such as `transient failures`.
    ///
    /// # Errors
    ///
    /// If the formatter fails.
    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Summary for On {
    fn sealed(&self) -> Sealed {
        Sealed
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused and throttled failures",
            Self::Transient => "transient failures",
            Self::Ambiguous => "transient and ambiguous failures",
            Self::Any => "all failures",
        })
    }
}

impl<L> Summary for Causes<L> {
    fn sealed(&self) -> Sealed {
        Sealed
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes = core::any::type_name::<L>();
        write!(f, "transient causes among {causes}")
    }
}
