//! The loop that the caller writes: `retry.again(error)?.await`.

use core::fmt;
use core::future::{Future, IntoFuture};
use core::time::Duration;

use super::call::Call;
use super::measure::{Measure, Stopwatch};
use crate::context::{InAttempt, within};
use crate::machine::Rules;
use crate::policy::AttemptLimit;
use crate::{
    Backoff, BlockingTimer, Class, Clock, Decision, GiveUp, NoThrottle, On, Policy, Rule, Throttle,
    Timer,
};

/// One call under a policy: counts its attempts and decides, while the loop is the caller's own. So
/// there is no closure, and `&mut` borrows and `?` are ordinary. Made by [`Policy::start`].
///
/// # Examples
///
/// ```
/// use retry_core::{Policy, transient};
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
/// assert_eq!((value, retry.attempts()), (7, 3));
/// # Ok::<(), retry_core::Classified<&str>>(())
/// ```
#[must_use = "a retry counts attempts only when it is told how they ended"]
pub struct Retry<'p, B, O, L, C, T = NoThrottle> {
    policy: &'p Policy<B, O, L, T>,
    call: Call<Stopwatch<C>>,
}

impl<B, O, L, T: Throttle> Policy<B, O, L, T> {
    /// Starts a call whose loop the caller writes.
    #[cfg(feature = "std")]
    pub fn start(&self) -> Retry<'_, B, O, L, crate::DefaultTimer, T> {
        self.start_with(crate::DefaultTimer)
    }

    /// Like `start`, with a clock of the caller's: for other runtimes, for targets without `std`, and for
    /// tests.
    pub fn start_with<C: Clock>(&self, clock: C) -> Retry<'_, B, O, L, C, T> {
        let mut call = Call::new(Stopwatch::new(clock));
        call.begin(&self.settings, &self.throttle, false);
        Retry { policy: self, call }
    }
}

impl<B, O, L, T, C: Clock> Retry<'_, B, O, L, C, T> {
    /// Measures this call from now on, so that [`elapsed`](Self::elapsed) has an answer. A policy
    /// with a deadline does so anyway; one without reads no clock unless it is asked to.
    pub fn timed(mut self) -> Self {
        if self.call.measure.elapsed().is_none() {
            self.call.measure.begin(None, true);
        }
        self
    }

    /// The number of the attempt under way, or of the last one: calls in all, the first included.
    pub fn attempts(&self) -> u32 {
        self.call.machine.attempt()
    }

    /// Since the call began; `None` where nothing measures it (see [`timed`](Self::timed)).
    pub fn elapsed(&self) -> Option<Duration> {
        self.call.measure.elapsed()
    }

    /// Waits in all.
    pub fn slept(&self) -> Duration {
        self.call.machine.slept()
    }

    /// Why there is no further attempt; `None` as long as there may be one.
    pub fn gave_up(&self) -> Option<GiveUp> {
        self.call.machine.gave_up()
    }
}

impl<B, O, L: AttemptLimit, T, C: Clock> Retry<'_, B, O, L, C, T> {
    /// How long the attempt that begins now may take: the smaller of the policy's
    /// [`attempt_timeout`](Policy::attempt_timeout) and what is left until the nearest deadline, those
    /// of calls around this one included. To hold an attempt to it is up to the loop.
    pub fn attempt_limit(&self) -> Option<Duration> {
        self.call.attempt_limit(&self.policy.limit)
    }
}

impl<B, O, L, T: Throttle, C: Clock> Retry<'_, B, O, L, C, T> {
    /// Lets code in `attempt` know that it runs in an attempt of this call: for
    /// [`attempt()`](crate::attempt()), for retries nested in it, and for its deadline. An attempt
    /// that is awaited without this is retried just the same, but nothing in it knows of this call.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use retry_core::{Policy, attempt};
    ///
    /// const POLICY: Policy = Policy::new();
    ///
    /// let mut retry = POLICY.start();
    /// let number = retry.attempt(async { attempt().map(|attempt| attempt.number()) }).await;
    /// assert_eq!(number, Some(1));
    /// # })
    /// ```
    pub fn attempt<F: Future>(&mut self, attempt: F) -> impl Future<Output = F::Output> {
        InAttempt::new(&mut self.call, attempt)
    }

    /// Like [`attempt`](Self::attempt), for blocking code.
    pub fn attempt_blocking<R>(&mut self, attempt: impl FnOnce() -> R) -> R {
        within(&mut self.call, attempt)
    }

    /// Tells the policy's budget that the call succeeded. Only rules that count successes need it,
    /// such as [`RetryQuota`](crate::RetryQuota); a [`Budget`](crate::Budget) does not.
    pub fn succeeded(&self) {
        let Self { policy, call } = self;
        policy
            .throttle
            .succeeded(call.machine.retried(), &call.measure);
    }
}

impl<B: Backoff, O, L, T: Throttle, C: Clock> Retry<'_, B, O, L, C, T> {
    /// Takes in that the attempt under way failed with `error`: gives the delay before the next one,
    /// or the error back when it is time to stop.
    ///
    /// # Errors
    ///
    /// The error that was passed in, when there is no further attempt. [`gave_up`](Self::gave_up)
    /// then says why.
    pub fn again<E, K>(&mut self, error: E) -> Result<Delay<C>, E>
    where
        O: Rule<E, K>,
        C: Clone,
    {
        let rule = &self.policy.on;
        let class = rule.class(&error);
        match self.decide_on(rule.ladder(), class) {
            Decision::Wait(duration) => Ok(Delay {
                duration,
                timer: self.call.measure.clock.clone(),
            }),
            Decision::Stop(_) => Err(error),
        }
    }

    fn decide_on(&mut self, ladder: On, class: Class) -> Decision {
        let rules = Rules {
            settings: &self.policy.settings,
            backoff: &self.policy.backoff,
            throttle: &self.policy.throttle,
            ladder,
        };
        self.call.decide(rules, class)
    }
}

impl<B: Backoff, L, T: Throttle, C: Clock> Retry<'_, B, On, L, C, T> {
    /// Takes in that the attempt under way failed with this class: the machine itself, for drivers
    /// that wait in a way of their own. After it has said stop, it says so for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::{Class, Decision, GiveUp, Policy};
    ///
    /// let policy = Policy::new().max_attempts(2);
    /// let mut retry = policy.start();
    /// assert!(matches!(retry.decide(Class::Transient), Decision::Wait(_)));
    /// assert_eq!(retry.decide(Class::Transient), Decision::Stop(GiveUp::Exhausted));
    /// ```
    pub fn decide(&mut self, class: Class) -> Decision {
        self.decide_on(self.policy.on, class)
    }
}

impl<B, O, L, T, C: Clock> fmt::Debug for Retry<'_, B, O, L, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("attempts", &self.attempts())
            .field("slept", &self.slept())
            .field("gave_up", &self.gave_up())
            .finish_non_exhaustive()
    }
}

/// A wait before the next attempt: `.await` it, [`block`](Self::block) on it, or take its
/// [`duration`](Self::duration) and wait by other means.
///
/// # Cancel safety
///
/// To drop it, or the future that it becomes, is to stop waiting; nothing else is lost.
#[derive(Clone, Copy, Debug)]
#[must_use = "a delay does nothing until it is awaited or blocked on"]
pub struct Delay<T> {
    duration: Duration,
    timer: T,
}

impl<T> Delay<T> {
    /// How long the wait is.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Blocks the thread until the wait is over.
    pub fn block(self)
    where
        T: BlockingTimer,
    {
        self.timer.block(self.duration);
    }
}

impl<T: Timer> IntoFuture for Delay<T> {
    type Output = ();
    type IntoFuture = T::Sleep;

    fn into_future(self) -> T::Sleep {
        self.timer.sleep(self.duration)
    }
}
