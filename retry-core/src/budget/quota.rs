//! `RetryQuota`: the retry quotas of the AWS SDKs.

use core::fmt;
// `Relaxed`: the one word is the whole state, and nothing else is read because of it.
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::RetryBudget;
use crate::backoff::Step;
use crate::class::Class;
use crate::timer::Clock;

/// A bucket of tokens that retries empty and successes fill, as in the AWS SDKs' standard retry mode.
///
/// The cost of a retry depends on the class of the failure. A success after a retry returns the cost of that last
/// retry. A success at the first attempt adds 1.
///
/// [`Budget`](crate::Budget) bounds retries by calls, over any period. This one does not; use it to get the same
/// numbers as those SDKs.
///
/// # Examples
///
/// ```
/// use retryable::{NoDelay, Policy, RetryQuota, transient};
///
/// static QUOTA: RetryQuota = RetryQuota::aws_2026();
///
/// let policy = Policy::with_backoff(NoDelay).max_attempts(3).budget(&QUOTA);
/// assert!(policy.run_blocking(|| Err::<(), _>(transient("500"))).is_err());
/// assert_eq!(QUOTA.available(), 500 - 14 - 14);
/// ```
#[derive(Debug)]
pub struct RetryQuota {
    tokens: AtomicU32,
    capacity: u32,
    throttled: u32,
    other: u32,
}

impl RetryQuota {
    /// Makes a full bucket of `capacity` tokens. A retry takes `throttled` of them after [`Class::Throttled`], and
    /// `other` after any other class.
    ///
    /// A retry that costs more than `capacity` is never made. A retry that costs 0 always is.
    pub const fn new(capacity: u32, throttled: u32, other: u32) -> Self {
        Self {
            tokens: AtomicU32::new(capacity),
            capacity,
            throttled,
            other,
        }
    }

    /// Makes a quota with the numbers of the old standard mode, version 2.0: 500 tokens, of which a retry takes 5. In
    /// those SDKs, a retry after a timeout takes 10; here it takes 5 too.
    ///
    /// Since November 2026, it is no longer the default of the AWS SDKs: that is [`aws_2026`](Self::aws_2026).
    pub const fn aws_standard() -> Self {
        Self::new(500, 5, 5)
    }

    /// Makes a quota with the numbers of the standard mode, version 2.1, which is the default since November 2026: 500
    /// tokens, of which a retry takes 5 after throttling and 14 otherwise. The attempts and delays that belong to it are
    /// [`presets::aws_2026`](crate::presets::aws_2026).
    pub const fn aws_2026() -> Self {
        Self::new(500, 5, 14)
    }

    /// Returns the tokens in the bucket.
    pub fn available(&self) -> u32 {
        self.tokens.load(Relaxed)
    }

    fn cost(&self, class: Class) -> u32 {
        match class {
            Class::Throttled { .. } => self.throttled,
            _ => self.other,
        }
    }
}

impl RetryBudget for RetryQuota {
    fn succeeded(&self, retried: Option<Class>, _: &dyn Clock) {
        let gain = retried.map_or(1, |class| self.cost(class));
        let add = |tokens: u32| {
            let filled = tokens.saturating_add(gain).min(self.capacity);
            (filled > tokens).then_some(filled)
        };
        // An error means that the bucket is already full.
        let _ = self.tokens.fetch_update(Relaxed, Relaxed, add);
    }

    fn withdraw(&self, step: &Step, _: &dyn Clock) -> bool {
        let cost = self.cost(step.class);
        let spend = |tokens: u32| tokens.checked_sub(cost);
        self.tokens.fetch_update(Relaxed, Relaxed, spend).is_ok()
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            capacity,
            throttled,
            other,
            ..
        } = self;
        write!(
            f,
            "quota of {capacity}, {throttled} per throttled retry, {other} per other retry"
        )
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
