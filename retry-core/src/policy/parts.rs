//! The setters that change the type of a policy.

use core::time::Duration;

use super::TimeLimit;
use crate::{Backoff, On, Policy, Throttle};

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
    /// use retry_core::Policy;
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
            throttle: self.throttle,
        }
    }

    /// Sets the shape of backoff, and keeps everything else. To set one in a `const`, use
    /// [`with_backoff`](Policy::with_backoff).
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::{Backoff, Budget, Linear, Policy};
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
            throttle: self.throttle,
        }
    }

    /// Bounds the retries of all calls that share `budget`: a reference to a `static`
    /// [`Budget`](crate::Budget), an `Arc` of one, or anything else that is a [`Throttle`]. Default:
    /// none. When it is empty, the call gives up with [`GiveUp::Budget`](crate::GiveUp::Budget).
    ///
    /// To set one in a `static`, use [`with_budget`](Policy::with_budget).
    pub fn budget<N: Throttle>(self, budget: N) -> Policy<B, O, L, N> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit: self.limit,
            throttle: budget,
        }
    }
}

// A `const` setter that changes the type of a policy cannot take one apart that may have a destructor.
impl<B: Copy, O: Copy, L: Copy, T: Copy> Policy<B, O, L, T> {
    /// How long one attempt may take. Default: no limit. Needs `E: From<TimedOut>`, so that there is
    /// an error to return for an attempt that was cut short.
    ///
    /// With a [`deadline`](Self::deadline), an attempt gets the smaller of the two: `limit`, and what
    /// is left when the attempt begins.
    ///
    /// It is `const`. A shape, a classifier or a budget that is not `Copy`, such as a `Box`, is set after it.
    pub const fn attempt_timeout(self, limit: Duration) -> Policy<B, O, TimeLimit, T> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit: TimeLimit::new(limit),
            throttle: self.throttle,
        }
    }
}
