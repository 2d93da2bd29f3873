//! What the code that `#[retryable(fallback = …)]` generates calls.

use core::ops::ControlFlow;
use core::time::Duration;

use super::outcome::Outcome;
use crate::context::{mark_enclosing, unmark_enclosing};
use crate::driver::CallState;
use crate::give_up::GiveUp;
use crate::measure::Measure;
use crate::timer::{Clock, Moment};

/// Measures a call whose fallback may recover what it returns.
pub fn recoverable<M: Measure>(measure: M) -> Recoverable<M> {
    Recoverable {
        measure,
        has_marked: false,
    }
}

/// A measure that keeps whether this call has marked the enclosing attempt, so that it does not remove the mark of
/// another nested call. A type of its own, because the calls of functions without a fallback need no such field.
#[derive(Clone, Copy, Debug)]
pub struct Recoverable<M> {
    measure: M,
    has_marked: bool,
}

impl<M: Clock> Clock for Recoverable<M> {
    fn now(&self) -> Moment {
        self.measure.now()
    }

    fn epoch(&self) -> u64 {
        self.measure.epoch()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        self.measure.is_default_timer()
    }
}

impl<M: Measure> Measure for Recoverable<M> {
    type Clock = M::Clock;

    fn clock(&self) -> &M::Clock {
        self.measure.clock()
    }

    fn into_clock(self) -> M::Clock {
        self.measure.into_clock()
    }

    fn begin(&mut self, deadline: Option<Duration>, timed: bool) {
        self.measure.begin(deadline, timed);
    }

    fn started(&self) -> Moment {
        self.measure.started()
    }

    fn elapsed(&self) -> Option<Duration> {
        self.measure.elapsed()
    }

    fn wait(&mut self, delay: Duration) {
        self.measure.wait(delay);
    }

    fn slept_nanos(&self) -> u64 {
        self.measure.slept_nanos()
    }

    fn deadline(&self) -> Moment {
        self.measure.deadline()
    }

    fn mark_enclosing(&mut self) {
        self.has_marked |= mark_enclosing();
    }
}

/// The call has ended. `Continue`: it gave up, for a reason that the fallback is for.
pub fn given_up<M: Measure, T, E>(
    call: &CallState<M>,
    outcome: Result<T, E>,
) -> ControlFlow<Result<T, E>, (E, GiveUp)> {
    match (call.recoverable(), outcome) {
        (Some(reason), Err(error)) => ControlFlow::Continue((error, reason)),
        (_, outcome) => ControlFlow::Break(outcome),
    }
}

/// As [`given_up`], for a function with `until`: its last outcome may be a value.
pub fn given_up_with<M: Measure, R>(call: &CallState<M>, outcome: R) -> ControlFlow<R, R> {
    match call.recoverable() {
        Some(_) => ControlFlow::Continue(outcome),
        None => ControlFlow::Break(outcome),
    }
}

/// The fallback has ended. If it has a value, the enclosing attempt need not know that this call gave up.
pub fn recovered<M>(call: &CallState<Recoverable<M>>, outcome: &impl Outcome) {
    if call.measure.has_marked && outcome.as_result().is_ok() {
        unmark_enclosing();
    }
}
