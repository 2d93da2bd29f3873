//! The loop that the caller writes: `retry.again(error)?.await`.

use core::fmt;
use core::future::IntoFuture;
use core::time::Duration;

use super::call::Call;
use crate::policy::AttemptLimit;
use crate::{Backoff, BlockingTimer, Class, Clock, Decision, GiveUp, On, Policy, Rule, Timer};

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
pub struct Retry<'p, B, O, L, C: Clock> {
    policy: &'p Policy<B, O, L>,
    call: Call<C>,
}

impl<B, O, L> Policy<B, O, L> {
    /// Starts a call whose loop the caller writes.
    #[cfg(feature = "std")]
    pub fn start(&self) -> Retry<'_, B, O, L, crate::DefaultTimer> {
        self.start_with(crate::DefaultTimer)
    }

    /// Like `start`, with a clock of the caller's: for other runtimes, for targets without `std`, and for
    /// tests.
    pub fn start_with<C: Clock>(&self, clock: C) -> Retry<'_, B, O, L, C> {
        let mut call = Call::new(clock);
        call.begin(self, false);
        Retry { policy: self, call }
    }
}

impl<B, O, L, C: Clock> Retry<'_, B, O, L, C> {
    /// Measures this call from now on, so that [`elapsed`](Self::elapsed) has an answer. A policy
    /// with a deadline does so anyway; one without reads no clock unless it is asked to.
    pub fn timed(mut self) -> Self {
        self.call.begin(self.policy, true);
        self
    }

    /// The number of the attempt under way, or of the last one: calls in all, the first included.
    pub fn attempts(&self) -> u32 {
        self.call.machine.attempt()
    }

    /// Since the call began; `None` where nothing measures it (see [`timed`](Self::timed)).
    pub fn elapsed(&self) -> Option<Duration> {
        self.call.started.map(|_| self.call.elapsed())
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

impl<B, O, L: AttemptLimit, C: Clock> Retry<'_, B, O, L, C> {
    /// How long the attempt that begins now may take: the smaller of the policy's
    /// [`attempt_timeout`](Policy::attempt_timeout) and what is left of its deadline. To hold an
    /// attempt to it is up to the loop.
    pub fn attempt_limit(&self) -> Option<Duration> {
        self.call.attempt_limit(self.policy)
    }
}

impl<B: Backoff, O, L, C: Clock> Retry<'_, B, O, L, C> {
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
        match self.call.decide(self.policy, rule.ladder(), class) {
            Decision::Wait(duration) => Ok(Delay {
                duration,
                timer: self.call.clock.clone(),
            }),
            Decision::Stop(_) => Err(error),
        }
    }
}

impl<B: Backoff, L, C: Clock> Retry<'_, B, On, L, C> {
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
        self.call.decide(self.policy, self.policy.on, class)
    }
}

impl<B, O, L, C: Clock> fmt::Debug for Retry<'_, B, O, L, C> {
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
