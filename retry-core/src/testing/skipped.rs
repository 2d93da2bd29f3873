//! The time that skipped waits would have taken. Decisions, reports and budgets count it.

use core::cell::Cell;
use core::time::Duration;
use std::boxed::Box;

use super::scope::current;
use crate::timer::{Clock, Moment};

/// Whether a wait with this timer takes no time.
///
/// Only for the default timer: a test that passes a timer has a clock of its own, which must move.
pub(crate) fn skips_waits(clock: &(impl Clock + ?Sized)) -> bool {
    clock.is_default_timer() && current().skips_waits()
}

/// How far a call is ahead of its clock, because it skipped waits.
///
/// On the heap, and only if there is something to count, so that the futures of calls grow by one word.
#[derive(Clone, Debug)]
pub(crate) struct Skipped(Option<Box<Time>>);

#[derive(Clone, Copy, Debug, Default)]
struct Time {
    /// How far the call was ahead when its time began to count.
    begin: Duration,
    /// How far the call is ahead now, `begin` included.
    now: Duration,
    /// The wait that was decided last, and when it would end. Whether it is skipped is not known yet: a loop may wait by
    /// other means.
    planned: Option<(Duration, Moment)>,
}

impl Time {
    /// The planned wait, if it was skipped: its end has not come.
    fn skipped(&self, clock: &(impl Clock + ?Sized)) -> Duration {
        match self.planned {
            Some((delay, end)) if clock.now() < end => delay,
            _ => Duration::ZERO,
        }
    }
}

impl Skipped {
    pub(crate) const NOTHING: Self = Self(None);

    /// The call begins.
    pub(crate) fn begin(&mut self) {
        let begin = ahead();
        if !begin.is_zero() {
            let now = begin;
            self.0 = Some(Box::new(Time {
                begin,
                now,
                planned: None,
            }));
        }
    }

    /// A wait was decided.
    pub(crate) fn plan(&mut self, delay: Duration, clock: &impl Clock) {
        if skips_waits(clock) {
            let end = clock.now().after(delay);
            self.0.get_or_insert_default().planned = Some((delay, end));
        }
    }

    /// The wait is over.
    pub(crate) fn resume(&mut self, clock: &impl Clock) {
        let Some(time) = &mut self.0 else {
            return;
        };
        let skipped = time.skipped(clock);
        time.planned = None;
        if !skipped.is_zero() {
            time.now = time.now.saturating_add(skipped);
            advance(time.now);
        }
    }

    /// The time of the call is measured from now on.
    pub(crate) fn restart(&mut self, clock: &impl Clock) {
        self.resume(clock);
        if let Some(time) = &mut self.0 {
            time.begin = time.now;
        }
    }

    /// An attempt has left the call this far ahead, because nested calls skipped waits.
    fn catch_up(&mut self, now: Duration) {
        if !now.is_zero() {
            let time = self.0.get_or_insert_default();
            time.now = time.now.max(now);
            advance(time.now);
        }
    }

    /// The time on the clock, had all waits been waited out.
    pub(crate) fn now(&self, clock: &impl Clock) -> Moment {
        match &self.0 {
            Some(time) => clock
                .now()
                .after(time.now.saturating_add(time.skipped(clock))),
            None => clock.now(),
        }
    }

    /// A moment that was measured by the clock when the call began, as [`now`](Self::now) counts.
    pub(crate) fn measured(&self, moment: Moment) -> Moment {
        match &self.0 {
            Some(time) => moment.after(time.begin),
            None => moment,
        }
    }

    /// What the call has skipped since it began. `planned`: the wait that was decided last is over.
    pub(crate) fn since_begin(&self, planned: bool, clock: &impl Clock) -> Duration {
        match &self.0 {
            Some(time) => {
                let skipped = time.now.saturating_sub(time.begin);
                let last = if planned {
                    time.skipped(clock)
                } else {
                    Duration::ZERO
                };
                skipped.saturating_add(last)
            }
            None => Duration::ZERO,
        }
    }

    /// An attempt of the call is polled.
    pub(crate) fn enter(&self) -> InAttempt {
        InAttempt::enter(self.0.as_ref().map_or(Duration::ZERO, |time| time.now))
    }

    /// It returned.
    pub(crate) fn leave(&mut self, attempt: InAttempt) {
        self.catch_up(attempt.leave());
    }
}

std::thread_local! {
    /// How far the attempt that runs on this thread is ahead; `None` outside of attempts.
    static AHEAD: Cell<Option<Duration>> = const { Cell::new(None) };
}

/// How far the code on this thread is ahead of the clock, because calls in its attempt skipped waits.
pub(crate) fn ahead() -> Duration {
    AHEAD.get().unwrap_or_default()
}

/// A call in the attempt that runs on this thread is this far ahead. Calls that run at once do not add up.
pub(crate) fn advance(now: Duration) {
    AHEAD.set(AHEAD.get().map(|ahead| ahead.max(now)));
}

/// An attempt that runs on this thread. What was there before is restored, on a panic too.
#[derive(Debug)]
pub(crate) struct InAttempt {
    before: Option<Duration>,
}

impl InAttempt {
    pub(crate) fn enter(ahead: Duration) -> Self {
        Self {
            before: AHEAD.replace(Some(ahead)),
        }
    }

    /// Returns how far the attempt is ahead.
    pub(crate) fn leave(self) -> Duration {
        let ahead = ahead();
        drop(self);
        ahead
    }
}

impl Drop for InAttempt {
    fn drop(&mut self) {
        AHEAD.set(self.before);
    }
}
