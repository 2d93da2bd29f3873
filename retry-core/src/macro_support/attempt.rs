//! The attempts of an annotated function, and the waits between them.

use core::future::Future;
use core::time::Duration;

use crate::driver::{
    self, CallState, OwningAttempt, OwningPause, Pause, ScopedAttempt, run_scoped,
};
use crate::measure::Measure;
use crate::timer::{BlockingTimer, Timer};

/// Makes an attempt of an `async fn`. The attempt owns the call, and returns it with the outcome.
#[inline]
pub fn attempt_of<M: Measure + Clone, F: Future>(
    call: CallState<M>,
    attempt: F,
) -> OwningAttempt<M, F> {
    OwningAttempt::new(call, attempt)
}

/// Makes an attempt of an `async fn` that keeps the outcome during the wait, and with it the call.
#[inline]
pub fn attempt<M: Measure, F: Future>(
    call: &mut CallState<M>,
    attempt: F,
) -> ScopedAttempt<'_, M, F> {
    ScopedAttempt::new(call, attempt)
}

/// Makes an attempt of a blocking function.
#[inline]
pub fn attempt_blocking<M: Measure, T>(call: &mut CallState<M>, attempt: impl FnOnce() -> T) -> T {
    run_scoped(call, attempt)
}

/// Waits in an `async fn` for the next attempt of the call, which the wait owns.
#[inline]
pub fn sleep_in<M: Measure + Clone, T: Timer>(
    call: CallState<M>,
    timer: T,
    delay: Duration,
) -> OwningPause<M, T::Sleep> {
    OwningPause::new(call, Pause::new(&timer, delay))
}

/// Waits in an `async fn`.
pub fn sleep<T: Timer>(timer: T, delay: Duration) -> Pause<T::Sleep> {
    Pause::new(&timer, delay)
}

/// Waits in a blocking function.
pub fn block<T: BlockingTimer>(timer: T, delay: Duration) {
    driver::block(&timer, delay);
}

/// An argument that is cloned for every attempt: any `Clone`. A separate trait, for the compiler's message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is passed by value to a `#[retryable]` function, but is not `Clone`",
    label = "every attempt starts with a clone of this argument",
    note = "pass a reference, `&{Self}`, or let all attempts borrow the one value: `#[retryable(share(..))]`",
    note = "or make it `Clone`: derive it, or add the bound `Clone` to a type parameter",
    note = "or destructure it, if its parts are `Clone`: `Path(id): Path<u64>` in place of `path: Path<u64>`"
)]
pub trait ClonedArgument: Sized {
    /// Returns a clone.
    fn cloned(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> ClonedArgument for T {
    fn cloned(&self) -> T {
        self.clone()
    }
}
