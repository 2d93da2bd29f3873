//! Calls that block the thread: `policy.run_blocking(op)`.

use core::fmt;

use super::call_state::CallState;
use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use super::{block, run_scoped};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::classify::Rule;
use crate::event::{GiveUpEvent, RetryEvent};
use crate::give_up::Report;
use crate::measure::{Measure, Stopwatch};
use crate::policy::{BlockingLimit, Policy};
use crate::timer::BlockingTimer;
#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
use crate::timer::DefaultTimer;

impl<B, O, L, P> Policy<B, O, L, P> {
    /// Calls `op` until it succeeds or the call gives up, and blocks the thread in between.
    ///
    /// A thread cannot be interrupted, so the policy cannot have an
    /// [`attempt_timeout`](Policy::attempt_timeout) or a [`deadline`](Policy::deadline). It can have
    /// [`max_elapsed`](Policy::max_elapsed).
    ///
    /// If the compiler says "expected `Result`, found `async` block" (or "found future"), the closure returns a future:
    /// write [`run`](Policy::run).
    ///
    /// # Errors
    ///
    /// The error of the last attempt, unchanged.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use retryable::Policy;
    ///
    /// let text = Policy::new().run_blocking(|| std::fs::read_to_string("config.toml"))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(all(
        feature = "std",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub fn run_blocking<F, T, E, Via: ?Sized>(&self, op: F) -> Result<T, E>
    where
        L: BlockingLimit,
        B: Backoff,
        O: Rule<E, Via>,
        P: RetryBudget,
        F: FnMut() -> Result<T, E>, // if the closure is async, write `run_async`; if it returns a future, `run`
    {
        self.blocking(op).call()
    }

    /// Makes a blocking call with hooks or a report.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{NoDelay, Policy, transient};
    ///
    /// let (outcome, report) = Policy::with_backoff(NoDelay)
    ///     .blocking(|| Err::<(), _>(transient("busy")))
    ///     .report();
    /// assert!(outcome.is_err());
    /// assert_eq!(report.attempts, 3);
    /// ```
    #[cfg(all(
        feature = "std",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub fn blocking<F, T, E>(&self, op: F) -> Blocking<'_, B, O, L, P, F, DefaultTimer, Hooks>
    where
        L: BlockingLimit,
        F: FnMut() -> Result<T, E>,
    {
        self.blocking_with(DefaultTimer, op)
    }

    /// Like [`blocking`](Self::blocking), with the caller's timer: for targets without `std`, and for tests.
    pub fn blocking_with<C, F, T, E>(
        &self,
        timer: C,
        op: F,
    ) -> Blocking<'_, B, O, L, P, F, C, Hooks>
    where
        L: BlockingLimit,
        C: BlockingTimer,
        F: FnMut() -> Result<T, E>,
    {
        Blocking {
            policy: self,
            op,
            timer,
            hooks: Hooks::NONE,
        }
    }
}

/// A blocking call that has not begun. Made by [`Policy::blocking`] and [`Policy::blocking_with`].
#[must_use = "nothing is called before `call` or `report`"]
pub struct Blocking<'p, B, O, L, P, F, C, H> {
    policy: &'p Policy<B, O, L, P>,
    op: F,
    timer: C,
    hooks: H,
}

impl<'p, B, O, L, P, F, C, H> Blocking<'p, B, O, L, P, F, C, H> {
    fn hooked<N>(self, change: impl FnOnce(H) -> N) -> Blocking<'p, B, O, L, P, F, C, N> {
        Blocking {
            policy: self.policy,
            op: self.op,
            timer: self.timer,
            hooks: change(self.hooks),
        }
    }
}

impl<'p, B, O, L, P, F, C, U, R, G, T, E> Blocking<'p, B, O, L, P, F, C, Hooks<U, R, G>>
where
    F: FnMut() -> Result<T, E>,
{
    /// Sets which `Ok` values end the call, for polling. Any other is a failure of class
    /// [`Transient`](crate::Class::Transient). When attempts run out, the last value is returned.
    pub fn until<N>(self, until: N) -> Blocking<'p, B, O, L, P, F, C, Hooks<N, R, G>>
    where
        N: Fn(&T) -> bool,
    {
        self.hooked(|hooks| hooks.until(until))
    }

    /// Sets a callback that runs before each wait.
    pub fn on_retry<N>(self, on_retry: N) -> Blocking<'p, B, O, L, P, F, C, Hooks<U, N, G>>
    where
        N: Fn(&RetryEvent<'_, E>),
    {
        self.hooked(|hooks| hooks.on_retry(on_retry))
    }

    /// Sets a callback that runs when the call gives up.
    pub fn on_give_up<N>(self, on_give_up: N) -> Blocking<'p, B, O, L, P, F, C, Hooks<U, R, N>>
    where
        N: Fn(&GiveUpEvent<'_, E>),
    {
        self.hooked(|hooks| hooks.on_give_up(on_give_up))
    }

    /// Makes the call.
    ///
    /// # Errors
    ///
    /// The error of the last attempt, unchanged.
    pub fn call<Via: ?Sized>(self) -> Result<T, E>
    where
        L: BlockingLimit,
        B: Backoff,
        O: Rule<E, Via>,
        P: RetryBudget,
        C: BlockingTimer,
        U: Until<T>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        self.drive(Hooks::<U, R, G>::listen()).0
    }

    /// Makes the call. Returns a [`Report`] in addition to the outcome, on success too.
    pub fn report<Via: ?Sized>(self) -> (Result<T, E>, Report)
    where
        L: BlockingLimit,
        B: Backoff,
        O: Rule<E, Via>,
        P: RetryBudget,
        C: BlockingTimer,
        U: Until<T>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let (outcome, call) = self.drive(true);
        (outcome, call.report())
    }

    fn drive<Via: ?Sized>(mut self, timed: bool) -> (Result<T, E>, CallState<Stopwatch<C>>)
    where
        L: BlockingLimit,
        B: Backoff,
        O: Rule<E, Via>,
        P: RetryBudget,
        C: BlockingTimer,
        U: Until<T>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let mut call = CallState::new(Stopwatch::new(self.timer));
        let policy = self.policy;
        call.begin(&policy.settings, &policy.budget, timed);
        loop {
            let outcome = run_scoped(&mut call, &mut self.op);
            let settled = call.settle(
                policy,
                &policy.budget,
                &policy.on,
                outcome.as_ref(),
                &self.hooks,
            );
            match settled {
                Some(delay) => {
                    let kept = L::KEEPS.then_some(outcome);
                    block(call.measure.clock(), delay);
                    if let Some(outcome) = kept {
                        if call.settle_wait(policy, &policy.on, outcome.as_ref(), &self.hooks) {
                            return (outcome, call);
                        }
                    }
                }
                None => return (outcome, call),
            }
        }
    }
}

impl<B, O, L, P, F, C, H> fmt::Debug for Blocking<'_, B, O, L, P, F, C, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}
