//! What the observers of a call receive. The one place from which they are called.

use core::any::type_name;
use core::fmt;
use core::time::Duration;
use std::boxed::Box;

use super::call_state::{CallState, Judged};
use crate::classify::Rule;
#[cfg(feature = "metrics")]
use crate::give_up::GiveUp;
use crate::machine::Decision;
use crate::measure::Measure;
use crate::observe::{self, Facts, GaveUp, OwnObserver, Recovered, Retrying, notify};
#[cfg(feature = "metrics")]
use crate::observe::{Called, is_every_call_wanted};
use crate::policy::{Name, Settings};
#[cfg(feature = "test-util")]
use crate::testing;

/// Whether an observer listens to the calls of a policy.
#[inline]
pub(super) fn is_wanted(settings: &Settings) -> bool {
    #[cfg(feature = "test-util")]
    if testing::is_recording() {
        return true;
    }
    observe::is_wanted(settings.observer)
}

/// What is kept of a failure during the wait after it under `policy = …`, because the policy is not evaluated again if
/// the wait ends too late. Nothing if no observer listens.
#[derive(Debug)]
pub(crate) struct Kept(Option<Box<Failure<Box<str>>>>);

/// What only the policy's rule knows of a failure.
struct Failure<S> {
    observer: OwnObserver,
    error_type: S,
    hint: Option<Duration>,
}

impl Kept {
    #[inline]
    pub(crate) fn new<E, Via: ?Sized>(
        settings: &Settings,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judged: &Judged,
    ) -> Self {
        if is_wanted(settings) {
            Self::keep(settings, rule, error, judged)
        } else {
            Self(None)
        }
    }

    #[cold]
    fn keep<E, Via: ?Sized>(
        settings: &Settings,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judged: &Judged,
    ) -> Self {
        Self(Some(Box::new(Failure {
            observer: settings.observer,
            error_type: error_type(rule, error).into(),
            hint: judged.hint,
        })))
    }
}

fn error_type<'e, E, Via: ?Sized>(rule: &impl Rule<E, Via>, error: Option<&'e E>) -> &'e str {
    match error {
        Some(error) => rule.error_type(error).unwrap_or(type_name::<E>()),
        None => "value",
    }
}

impl<M: Measure> CallState<M> {
    /// Whether something may listen to the success of the current attempt.
    #[inline]
    pub(crate) fn is_success_wanted(&self, settings: &Settings) -> bool {
        // A first attempt too, for which observers have no event.
        #[cfg(feature = "test-util")]
        if testing::is_recording() {
            return true;
        }
        #[cfg(feature = "metrics")]
        let is_every_call_wanted = || is_every_call_wanted(settings.observer);
        #[cfg(not(feature = "metrics"))]
        let is_every_call_wanted = || {
            let _ = settings;
            false
        };
        self.machine.attempt() > 1 || is_every_call_wanted()
    }

    /// The current attempt succeeded. For those of which [`is_success_wanted`](Self::is_success_wanted) says so.
    #[cold]
    #[inline(never)]
    pub(crate) fn report_success(&self, settings: &Settings, name: &Name) {
        if self.machine.attempt() > 1 {
            if is_wanted(settings) {
                self.report_recovery(settings, name);
            }
        } else {
            #[cfg(feature = "metrics")]
            if is_every_call_wanted(settings.observer) {
                self.report_end(settings.observer, self.max_attempts(settings), None, name);
            }
        }
        #[cfg(feature = "test-util")]
        testing::succeeded(
            self.machine.call_number(),
            name.get(),
            self.machine.attempt(),
        );
    }

    /// The call ended. After the other events of its last attempt.
    #[cfg(feature = "metrics")]
    fn report_end(
        &self,
        observer: OwnObserver,
        max_attempts: u32,
        gave_up: Option<GiveUp>,
        name: &Name,
    ) {
        let event = Called {
            name: name.get(),
            attempts: self.machine.attempt(),
            max_attempts,
            gave_up,
            elapsed: self.measured(),
            slept: self.measure.slept(),
        };
        notify(observer, &|observer| observer.called(&event));
    }

    fn report_recovery(&self, settings: &Settings, name: &Name) {
        let elapsed = self.measured();
        let event = Recovered {
            name: name.get(),
            attempts: self.machine.attempt(),
            max_attempts: self.max_attempts(settings),
            elapsed,
            slept: elapsed.map(|_| self.measure.slept()),
        };
        notify(settings.observer, &|observer| observer.recovered(&event));
        #[cfg(feature = "metrics")]
        self.report_end(settings.observer, self.max_attempts(settings), None, name);
    }

    /// The machine has decided about a failed attempt.
    // By value: what is lent to a function that is not inlined must be in memory, for a failure without observers too.
    #[inline]
    pub(super) fn observe_failure<E, Via: ?Sized>(
        &self,
        settings: &Settings,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judged: Judged,
        name: &Name,
    ) {
        if is_wanted(settings) {
            self.report_failure(settings, rule, error, judged, name);
        }
    }

    /// As [`observe_failure`](Self::observe_failure), where the code of a success is in the same function.
    // Not inlined, with the test whether anything listens: the code of a success would no longer be inlined.
    #[cold]
    #[inline(never)]
    pub(super) fn observe_failure_apart<E, Via: ?Sized>(
        &self,
        settings: &Settings,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judged: &Judged,
        name: &Name,
    ) {
        self.observe_failure(settings, rule, error, *judged, name);
    }

    #[cold]
    #[inline(never)]
    fn report_failure<E, Via: ?Sized>(
        &self,
        settings: &Settings,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judged: Judged,
        name: &Name,
    ) {
        let failure = Failure {
            observer: settings.observer,
            error_type: error_type(rule, error),
            hint: judged.hint,
        };
        self.report_decision(&failure, &judged, name);
    }

    /// The machine has decided about a class: there is no error.
    pub(super) fn observe_class(&self, settings: &Settings, judged: &Judged) {
        if is_wanted(settings) {
            let failure = Failure {
                observer: settings.observer,
                error_type: "_OTHER",
                hint: judged.hint,
            };
            self.report_decision(&failure, judged, &settings.name);
        }
    }

    /// The wait after a failure ended too late.
    pub(crate) fn observe_kept(&self, kept: &Kept, judged: &Judged, name: &Name) {
        if let Kept(Some(failure)) = kept {
            self.report_decision(failure, judged, name);
        }
    }

    #[cold]
    #[inline(never)]
    fn report_decision<S: AsRef<str>>(&self, failure: &Failure<S>, judged: &Judged, name: &Name) {
        #[cfg(feature = "test-util")]
        testing::failed(
            self.machine.call_number(),
            name.get(),
            judged.attempt,
            judged.class,
            judged.decision,
        );
        // A test may have skipped the waits before.
        let elapsed = self.measured().map(|_| self.elapsed());
        let mut facts = Facts {
            name: name.get(),
            attempt: judged.attempt,
            max_attempts: judged.max_attempts,
            class: judged.class,
            error_type: failure.error_type.as_ref(),
            hint: failure.hint,
            delay: None,
            elapsed,
            slept: elapsed.map(|_| Duration::from_nanos(judged.slept_nanos)),
        };
        match judged.decision {
            Decision::Wait(delay) => {
                facts.delay = Some(delay);
                let event = Retrying { facts };
                notify(failure.observer, &|observer| observer.retrying(&event));
            }
            Decision::Stop(reason) => {
                let event = GaveUp { facts, reason };
                notify(failure.observer, &|observer| observer.gave_up(&event));
                #[cfg(feature = "metrics")]
                self.report_end(failure.observer, judged.max_attempts, Some(reason), name);
            }
        }
    }
}

impl<S> fmt::Debug for Failure<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").finish_non_exhaustive()
    }
}
