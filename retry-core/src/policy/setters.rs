//! The setters that change the type of a policy.

use core::time::Duration;

use super::{Policy, StaticLimit, TimeLimit};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::class::On;

impl<B, L, T> Policy<B, On, L, T> {
    /// Sets which failures are retried, by their own class. Default: [`On::Transient`].
    pub const fn on(mut self, rung: On) -> Self {
        self.on = rung;
        self
    }
}

impl<B, O, L, T> Policy<B, O, L, T> {
    /// Sets a classifier that decides in place of the error's own class: a `Fn(&E) -> impl Into<Class>`,
    /// such as a closure that returns a `bool`.
    ///
    /// What it calls `Transient`, `Throttled` or `Refused` is retried. To set one in a `const`, use
    /// [`from_parts`](Policy::from_parts).
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use std::time::Duration;
    ///
    /// let policy = Policy::fixed(Duration::ZERO).on_error(|error: &String| error == "busy");
    /// let mut calls = 0;
    /// let outcome: Result<(), String> = policy.run_blocking(|| {
    ///     calls += 1;
    ///     Err(if calls == 1 { "busy" } else { "broken" }.to_owned())
    /// });
    /// assert_eq!((outcome, calls), (Err("broken".to_owned()), 2));
    /// ```
    pub fn on_error<F>(self, classifier: F) -> Policy<B, F, L, T> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: classifier,
            limit: self.limit,
            budget: self.budget,
        }
    }

    /// Sets the shape of backoff, and keeps everything else. To set one in a `const`, use
    /// [`with_backoff`](Policy::with_backoff).
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Backoff, Budget, Linear, Policy};
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// // Chosen at run time, and in any order.
    /// let shape: Box<dyn Backoff + Send + Sync> = Box::new(Linear::new(Duration::from_millis(50)));
    /// let policy = Policy::new().budget(Arc::new(Budget::new(0.1))).backoff(shape);
    /// assert_eq!(policy.schedule(0).count(), 2);
    /// ```
    pub fn backoff<N: Backoff>(self, shape: N) -> Policy<N, O, L, T> {
        Policy {
            settings: self.settings,
            backoff: shape,
            on: self.on,
            limit: self.limit,
            budget: self.budget,
        }
    }

    /// Limits the retries of all calls that share `budget`: a reference to a `static`
    /// [`Budget`](crate::Budget), an `Arc` of one, or any other [`RetryBudget`]. Default: none. If it is empty, the
    /// call gives up with [`GiveUp::Budget`](crate::GiveUp::Budget).
    ///
    /// To set one in a `static`, use [`with_budget`](Policy::with_budget).
    pub fn budget<N: RetryBudget>(self, budget: N) -> Policy<B, O, L, N> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit: self.limit,
            budget,
        }
    }
}

#[cfg(feature = "observe")]
impl<B, O, L, T> Policy<B, O, L, T> {
    /// Sets an observer of the calls of this policy, in addition to that of the process. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::observe::{Observer, Recovered};
    /// use retryable::{NoDelay, Policy, transient};
    ///
    /// struct Print;
    ///
    /// impl Observer for Print {
    ///     fn recovered(&self, event: &Recovered<'_>) {
    ///         println!("{} needed {} attempts", event.name, event.attempts);
    ///     }
    /// }
    ///
    /// const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).name("fetch").observer(&Print);
    ///
    /// let mut script = vec![Ok(7), Err(transient("busy"))];
    /// assert_eq!(POLICY.run_blocking(|| script.pop().unwrap()), Ok(7)); // "fetch needed 2 attempts"
    /// ```
    pub const fn observer(mut self, observer: &'static dyn crate::observe::Observer) -> Self {
        self.settings.observer = crate::observe::OwnObserver(Some(observer));
        self
    }
}

/// A part of a policy that may be set before its limits of time.
///
/// Their setters change the type of the policy and are `const`. Such a function cannot take a value apart that may
/// have a destructor (E0493).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Copy`, so it has to be set after `attempt_timeout`, `deadline` and `max_elapsed`; or call `erase()` before them: then the order is free",
    label = "this policy has a part that is not `Copy`"
)]
pub trait MovedInConst: Copy {}

#[diagnostic::do_not_recommend]
impl<P: Copy> MovedInConst for P {}

/// No policy has a setter `timeout`: the word could mean either limit. The bound on it is a better message than that of a
/// method that is not found.
#[diagnostic::on_unimplemented(
    message = "no setter `timeout`; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?",
    label = "which of the two limits is this?",
    note = "a blocking call cannot be cut off: give it `max_elapsed`, which limits when attempts begin"
)]
pub trait HasTimeout {}

impl<B, O, L, T> Policy<B, O, L, T> {
    #[doc(hidden)]
    pub fn timeout(self, _: Duration) -> Self
    where
        Self: HasTimeout,
    {
        self
    }
}

/// The limits of time. These setters are `const`, so a part that is not `Copy`, such as an `Arc<Budget>`, is set after
/// them. On an [erased](Policy::erase) policy, setters may come in any order.
impl<B, O, L: StaticLimit, T> Policy<B, O, L, T> {
    /// Limits the time of one attempt, which is cut off when it is over. Default: no limit.
    ///
    /// Needs `E: From<TimedOut>`, so that there is an error for an attempt that was cut off. With a
    /// [`deadline`](Self::deadline), an attempt gets the smaller of `limit` and the time that is left when it
    /// begins. A limit of zero leaves no time: no attempt is polled.
    ///
    /// A thread cannot be interrupted, so [`run_blocking`](Self::run_blocking) takes no such policy.
    pub const fn attempt_timeout(mut self, limit: Duration) -> Policy<B, O, TimeLimit, T>
    where
        B: MovedInConst,
        O: MovedInConst,
        T: MovedInConst,
    {
        self.settings.attempt_timeout = Some(limit);
        self.limit(TimeLimit)
    }

    /// Limits the time of the whole call, waits and the current attempt included. Default: no limit.
    ///
    /// The current attempt is cut off at the deadline, which needs `E: From<TimedOut>`. A wait that would
    /// reach the deadline does not begin: the call gives up at once, with
    /// [`GiveUp::Deadline`](crate::GiveUp::Deadline). If a wait ends after the deadline, because the
    /// runtime was busy, no attempt follows, and the call ends with the failure before the wait. If the deadline is
    /// zero, or that of an enclosing call has passed, no attempt is made, and the call ends with a
    /// [`TimedOut`](crate::TimedOut).
    ///
    /// Nested calls keep this deadline too. A thread cannot be interrupted, so
    /// [`run_blocking`](Self::run_blocking) takes no such policy: see
    /// [`max_elapsed`](Self::max_elapsed).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use retryable::{Policy, TimedOut};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::new().deadline(Duration::from_secs(5));
    /// let outcome: Result<(), TimedOut> = policy.run(std::future::pending).await;
    /// assert_eq!(outcome, Err(TimedOut::new(Duration::from_secs(5))));
    /// # })
    /// ```
    pub const fn deadline(mut self, deadline: Duration) -> Policy<B, O, TimeLimit, T>
    where
        B: MovedInConst,
        O: MovedInConst,
        T: MovedInConst,
    {
        self.settings.deadline = Some(deadline);
        self.limit(TimeLimit)
    }

    /// Limits the time of the whole call without cutting anything off: no attempt and no wait begins
    /// after `max_elapsed`, and the current attempt may end. Default: no limit.
    ///
    /// So every error type and blocking calls can have it. A wait that would pass `max_elapsed` does not
    /// begin: the call gives up at once, with [`GiveUp::MaxElapsed`](crate::GiveUp::MaxElapsed). If a
    /// wait ends later than that, because the runtime was busy, no attempt follows, and the call ends with
    /// the failure before the wait. The first attempt is always made. Nested calls are not limited by it, unlike
    /// by a [`deadline`](Self::deadline).
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Policy, VirtualTimer, transient};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::with_backoff([Duration::from_secs(2); 9])
    ///     .max_attempts(10)
    ///     .max_elapsed(Duration::from_secs(5));
    /// let (_, report) = policy
    ///     .blocking_with(VirtualTimer::new(), || Err::<(), _>(transient("down")))
    ///     .report();
    /// assert_eq!((report.attempts, report.elapsed), (3, Duration::from_secs(4)));
    /// ```
    pub const fn max_elapsed(mut self, max_elapsed: Duration) -> Policy<B, O, L::Soft, T>
    where
        B: MovedInConst,
        O: MovedInConst,
        T: MovedInConst,
    {
        self.settings.max_elapsed = Some(max_elapsed);
        self.limit(L::SOFT)
    }

    const fn limit<N>(self, limit: N) -> Policy<B, O, N, T>
    where
        B: MovedInConst,
        O: MovedInConst,
        T: MovedInConst,
    {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit,
            budget: self.budget,
        }
    }
}
