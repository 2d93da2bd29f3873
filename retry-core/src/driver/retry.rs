//! The loop that the caller writes: `retry.again(error)?.await`.

mod again;

use core::fmt;
use core::future::Future;
use core::time::Duration;

use super::call_state::CallState;
use super::hooks::Hooks;
use super::{NoHook, ScopedAttempt, run_scoped};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::event::{GiveUpEvent, RetryEvent};
use crate::give_up::{GiveUp, Report};
use crate::measure::{Measure, Stopwatch};
use crate::policy::{AsPolicy, Policy};
use crate::timer::Clock;
#[cfg(all(
    feature = "std",
    any(
        feature = "wasm",
        not(all(target_family = "wasm", target_os = "unknown"))
    )
))]
use crate::timer::DefaultTimer;
use again::BothBudgets;

/// A call whose loop the caller writes: it counts the attempts and decides. Made by [`Policy::start`].
///
/// There is no closure, so `&mut` borrows and `?` work as in any loop.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, transient};
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
///
/// let mut script = vec![Ok(7), Err(transient("busy")), Err(transient("busy"))];
///
/// let mut retry = POLICY.start();
/// let value = loop {
///     match script.pop().unwrap() {
///         Ok(value) => break value,
///         Err(error) => retry.again(error)?.block(),
///     }
/// };
/// assert_eq!((value, retry.number()), (7, 3));
/// # Ok::<(), retryable::Classified<&str>>(())
/// ```
#[must_use = "a retry counts only the attempts that are reported to it"]
pub struct Retry<'b, P, C, H = Hooks> {
    policy: P,
    call: CallState<Stopwatch<C>>,
    hooks: H,
    budget: Option<&'b (dyn RetryBudget + Sync)>,
}

impl<B: Backoff, O, L, T: RetryBudget> Policy<B, O, L, T> {
    /// Starts a call whose loop the caller writes.
    #[cfg(all(
        feature = "std",
        any(
            feature = "wasm",
            not(all(target_family = "wasm", target_os = "unknown"))
        )
    ))]
    pub fn start(&self) -> Retry<'_, &Self, DefaultTimer> {
        self.start_with(DefaultTimer)
    }

    /// Like [`start`](Self::start), with the caller's clock: for other runtimes, for targets without `std`, and for
    /// tests.
    pub fn start_with<C: Clock>(&self, clock: C) -> Retry<'_, &Self, C> {
        Retry::new(self, clock)
    }

    /// Like [`start`](Self::start), for a call that owns its policy: for a struct that holds a call in progress.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Classified, DefaultTimer, DynPolicy, Policy, Retry, transient};
    ///
    /// type Error = Classified<&'static str>;
    ///
    /// /// Reconnects, and keeps between messages how often it has tried.
    /// struct Connection {
    ///     policy: DynPolicy<Error>,
    ///     call: Option<Retry<'static, DynPolicy<Error>, DefaultTimer>>,
    /// }
    ///
    /// let mut connection = Connection { policy: Policy::new().erase(), call: None };
    /// let policy = connection.policy.clone();
    /// let call = connection.call.get_or_insert_with(|| policy.start_owned());
    /// assert!(call.again(transient("refused")).is_ok());
    /// assert_eq!(call.number(), 2);
    /// ```
    #[cfg(all(
        feature = "std",
        any(
            feature = "wasm",
            not(all(target_family = "wasm", target_os = "unknown"))
        )
    ))]
    pub fn start_owned(self) -> Retry<'static, Self, DefaultTimer> {
        self.start_owned_with(DefaultTimer)
    }

    /// Like [`start_owned`](Self::start_owned), with the caller's clock.
    pub fn start_owned_with<C: Clock>(self, clock: C) -> Retry<'static, Self, C> {
        Retry::new(self, clock)
    }
}

impl<P: AsPolicy<Pinned = ()>, C: Clock> Retry<'_, P, C> {
    pub(crate) fn new(policy: P, clock: C) -> Self {
        let mut call = CallState::new(Stopwatch::new(clock));
        let Policy {
            settings, budget, ..
        } = policy.as_policy(&());
        call.begin(settings, budget, false);
        Retry {
            policy,
            call,
            hooks: Hooks::NONE,
            budget: None,
        }
    }
}

impl<'b, P, C: Clock, R, G> Retry<'b, P, C, Hooks<NoHook, R, G>> {
    /// Sets a callback that [`again`](Self::again) runs if a further attempt follows. Measures the call from now on,
    /// because events contain times.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{NoDelay, Policy, RetryEvent, transient};
    ///
    /// let policy = Policy::with_backoff(NoDelay);
    /// let mut retry = policy.start().on_retry(|event: &RetryEvent<'_, _>| {
    ///     eprintln!("attempt {} was {}", event.attempt, event.class);
    /// });
    /// retry.again(transient("busy"))?.block();
    /// # Ok::<(), retryable::Classified<&str>>(())
    /// ```
    pub fn on_retry<E, N>(self, on_retry: N) -> Retry<'b, P, C, Hooks<NoHook, N, G>>
    where
        N: Fn(&RetryEvent<'_, E>),
    {
        self.timed().hooked(|hooks| hooks.on_retry(on_retry))
    }

    /// Sets both hooks and does not measure the call: for adapters whose hooks may do nothing. If one of them
    /// listens, they call [`timed`](Self::timed) too.
    #[doc(hidden)]
    pub fn untimed_hooks<N, M>(
        self,
        on_retry: N,
        on_give_up: M,
    ) -> Retry<'b, P, C, Hooks<NoHook, N, M>> {
        self.hooked(|hooks| hooks.on_retry(on_retry).on_give_up(on_give_up))
    }

    /// Sets a callback that [`again`](Self::again) and [`stop`](Self::stop) run when the call gives up. Measures the
    /// call from now on.
    pub fn on_give_up<E, N>(self, on_give_up: N) -> Retry<'b, P, C, Hooks<NoHook, R, N>>
    where
        N: Fn(&GiveUpEvent<'_, E>),
    {
        self.timed().hooked(|hooks| hooks.on_give_up(on_give_up))
    }

    fn hooked<H>(self, change: impl FnOnce(Hooks<NoHook, R, G>) -> H) -> Retry<'b, P, C, H> {
        let Self {
            policy,
            call,
            hooks,
            budget,
        } = self;
        Retry {
            policy,
            call,
            hooks: change(hooks),
            budget,
        }
    }
}

impl<'b, P, C: Clock, H> Retry<'b, P, C, H> {
    /// Adds a second budget, for one that is known only when the call is made, such as that of a host.
    ///
    /// A retry withdraws from both budgets, this one first. If either is empty, the call gives up with
    /// [`GiveUp::Budget`]. A token already taken from this one is not returned.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, GiveUp, Policy, transient};
    ///
    /// let (policy, empty) = (Policy::new(), Budget::new(0.1).burst(0));
    /// let mut retry = policy.start().budget(&empty);
    /// assert!(retry.again(transient("busy")).is_err());
    /// assert_eq!(retry.gave_up(), Some(GiveUp::Budget));
    /// ```
    pub fn budget(mut self, budget: &'b (dyn RetryBudget + Sync)) -> Self {
        budget.call(self.call.env().clock());
        self.budget = Some(budget);
        self
    }

    /// Adds a second deadline, for one that is known only when the call is made, such as the timeout in a request. The
    /// earlier one counts, for waits, for [`attempt_limit`](Self::attempt_limit) and for nested calls. The loop has to cut
    /// the attempt off. Measures the call from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Fixed, GiveUp, Policy, transient};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::with_backoff(Fixed::new(Duration::from_secs(2)));
    /// let mut retry = policy.start().deadline(Duration::from_secs(1));
    /// assert!(retry.attempt_limit() <= Some(Duration::from_secs(1)));
    /// assert!(retry.again(transient("busy")).is_err());
    /// assert_eq!(retry.gave_up(), Some(GiveUp::Deadline));
    /// ```
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self = self.timed();
        self.call.measure.lower_deadline(deadline);
        self
    }

    /// Measures this call from now on, so that [`elapsed`](Self::elapsed) returns the time. A call with a deadline or
    /// `max_elapsed` is always measured; any other reads no clock.
    pub fn timed(mut self) -> Self {
        if self.call.measure.elapsed().is_none() {
            self.call.measure_from_now();
        }
        self
    }

    /// Returns the number of the current attempt, or of the last one, from 1. A [`Report`] calls it `attempts`.
    pub fn number(&self) -> u32 {
        self.call.machine.attempt()
    }

    /// Returns the time since the call began; `None` if it is not measured (see [`timed`](Self::timed)).
    pub fn elapsed(&self) -> Option<Duration> {
        self.call.measured()
    }

    /// Returns the sum of all waits.
    pub fn slept(&self) -> Duration {
        self.call.measure.slept()
    }

    /// Returns why the call gave up; `None` as long as it has not.
    pub fn gave_up(&self) -> Option<GiveUp> {
        self.call.machine.gave_up()
    }

    /// Returns the report of the call, as [`Run::report`](crate::Run::report) does. `elapsed` is zero if the call is not
    /// measured.
    pub fn report(&self) -> Report {
        self.call.report()
    }
}

impl<P: AsPolicy<Pinned = ()>, C: Clock, H> Retry<'_, P, C, H> {
    /// Returns how long the attempt that begins now may take: the smaller of the policy's
    /// [`attempt_timeout`](Policy::attempt_timeout) and what is left until the nearest
    /// [`deadline`](Policy::deadline), those of enclosing calls included. The loop has to cut the attempt
    /// off. [`max_elapsed`](Policy::max_elapsed) cuts nothing off, and does not count.
    pub fn attempt_limit(&self) -> Option<Duration> {
        self.call
            .attempt_limit(self.policy.as_policy(&()).settings.attempt_timeout)
    }

    /// Returns whether another attempt may begin now: not if the call gave up, or if a deadline has passed, that of an
    /// enclosing call included, or `max_elapsed`. Reads the clock only if there is such a limit.
    ///
    /// A wait may end later than planned, when the loop no longer has the error that it passed to
    /// [`again`](Self::again). A loop that must not begin an attempt too late calls this before each one, and returns
    /// its own error. Otherwise it makes one attempt too many, after which `again` gives up at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Policy, VirtualTimer, transient};
    /// use std::time::Duration;
    ///
    /// let timer = VirtualTimer::new();
    /// let policy = Policy::with_backoff([Duration::from_secs(1)]).max_elapsed(Duration::from_secs(5));
    /// let mut retry = policy.start_with(timer.clone());
    /// let delay = retry.again(transient("down"))?;
    /// timer.advance(Duration::from_secs(60)); // the machine slept
    /// delay.block();
    /// assert!(!retry.can_begin());
    /// # Ok::<(), retryable::Classified<&str>>(())
    /// ```
    pub fn can_begin(&self) -> bool {
        self.call
            .can_begin(self.policy.as_policy(&()).settings.max_elapsed)
    }
}

impl<P: AsPolicy<Pinned = ()>, C: Clock, H> Retry<'_, P, C, H> {
    /// Makes this call's attempt the current one while `attempt` is polled: for [`attempt()`](crate::attempt()), for
    /// nested retries, and for their deadline. An attempt that is awaited without this is retried too, but code in it
    /// does not see this call.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use retryable::{Policy, attempt};
    ///
    /// const POLICY: Policy = Policy::new();
    ///
    /// let mut retry = POLICY.start();
    /// let number = retry.attempt(async { attempt().map(|attempt| attempt.number()) }).await;
    /// assert_eq!(number, Some(1));
    /// # })
    /// ```
    pub fn attempt<F: Future>(&mut self, attempt: F) -> impl Future<Output = F::Output> {
        ScopedAttempt::new(&mut self.call, attempt)
    }

    /// Like [`attempt`](Self::attempt), for blocking code.
    pub fn attempt_blocking<R>(&mut self, attempt: impl FnOnce() -> R) -> R {
        run_scoped(&mut self.call, attempt)
    }

    /// Reports that the call succeeded: to observers, if it was retried, and to the policy's budget. Of the budgets,
    /// only those that count successes need it, such as [`RetryQuota`](crate::RetryQuota); a
    /// [`Budget`](crate::Budget) does not.
    pub fn succeeded(&self) {
        let policy = self.policy.as_policy(&());
        let budget = BothBudgets(&policy.budget, self.budget);
        budget.succeeded(self.call.machine.retried(), self.call.env().clock());
        self.call
            .observe_success(&policy.settings, &policy.settings.name);
    }
}

impl<P, C: Clock, H> fmt::Debug for Retry<'_, P, C, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("number", &self.number())
            .field("slept", &self.slept())
            .field("gave_up", &self.gave_up())
            .finish_non_exhaustive()
    }
}
