//! `AdaptiveThrottle`: client-side throttling by the share of calls that the server accepts.

use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use super::RetryBudget;
use crate::backoff::Step;
use crate::class::Class;
use crate::invalid_policy::InvalidPolicy;
use crate::timer::{Clock, Moment};

/// The window moves by a tenth at a time: more buckets would make the sum in each call longer.
const BUCKETS: usize = 10;

/// A budget that drops retries with probability `max(0, (requests − K · accepts) / (requests + 1))`.
///
/// The numbers are counted over a window. This is the adaptive throttling of the Google SRE book (chapter
/// "Handling Overload").
///
/// Requests are attempts whose outcome is known, and retries that this throttle dropped. Accepts are calls
/// that succeeded. Outcomes that say nothing about the server do not count: a call whose future was dropped, a
/// failure that the policy does not retry, and a failure after the deadline of the enclosing attempt. The book
/// drops first attempts too. Here only retries are dropped, because a first attempt has no error to return.
/// Unlike a [`Budget`](crate::Budget), this takes a lock and reads the clock in every call.
///
/// # Examples
///
/// ```
/// use retryable::{AdaptiveThrottle, NoDelay, Policy, transient};
///
/// let throttle = AdaptiveThrottle::new(2.0);
/// let policy = Policy::with_backoff(NoDelay).max_attempts(10_000).budget(&throttle);
/// let (_, report) = policy.blocking(|| Err::<(), _>(transient("down"))).report();
/// assert!(report.attempts < 100);
/// ```
///
/// Nonsense in a `const` or `static` does not compile:
///
/// ```compile_fail,E0080
/// # use retryable::AdaptiveThrottle;
/// static NEVER: AdaptiveThrottle = AdaptiveThrottle::new(f64::NAN);
/// ```
#[derive(Debug)]
pub struct AdaptiveThrottle {
    k: f64,
    bucket: Duration,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    /// The newest last; `current` is when it began.
    buckets: [Counts; BUCKETS],
    current: Option<Moment>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: u32,
    accepts: u32,
}

impl AdaptiveThrottle {
    /// Makes a throttle with this `K`. The book's is 2.0; a lower one throttles sooner. Below 1.0 it would
    /// drop retries although the server accepts everything. Default window: 2 minutes.
    ///
    /// # Panics
    ///
    /// If `k` is below 1.0 or not finite. In a `const` or `static`, this is a compile error.
    #[track_caller]
    pub const fn new(k: f64) -> Self {
        match Self::try_new(k) {
            Ok(throttle) => throttle,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// Makes a throttle, for a value from configuration.
    ///
    /// # Errors
    ///
    /// If `k` is below 1.0 or not finite.
    pub const fn try_new(k: f64) -> Result<Self, InvalidPolicy> {
        // Written so that NaN is rejected too.
        if !(k >= 1.0 && k <= f64::MAX) {
            return Err(InvalidPolicy::K);
        }
        let empty = Counts {
            requests: 0,
            accepts: 0,
        };
        Ok(Self {
            k,
            bucket: Duration::from_secs(120 / BUCKETS as u64),
            window: Mutex::new(Window {
                buckets: [empty; BUCKETS],
                current: None,
            }),
        })
    }

    /// Sets the length of the window. Default: 2 minutes.
    ///
    /// # Panics
    ///
    /// If `window` is zero. In a `const` or `static`, this is a compile error.
    #[track_caller]
    pub const fn window(self, window: Duration) -> Self {
        match self.try_window(window) {
            Ok(throttle) => throttle,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// Sets the length of the window, for a value from configuration.
    ///
    /// # Errors
    ///
    /// If `window` is zero.
    pub const fn try_window(mut self, window: Duration) -> Result<Self, InvalidPolicy> {
        if window.is_zero() {
            return Err(InvalidPolicy::Window);
        }
        let nanos = window.as_nanos() / BUCKETS as u128;
        self.bucket = if nanos == 0 {
            Duration::from_nanos(1)
        } else if nanos > u64::MAX as u128 {
            Duration::from_nanos(u64::MAX)
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "checked above")]
            let nanos = nanos as u64;
            Duration::from_nanos(nanos)
        };
        Ok(self)
    }

    /// Adds to the counts, and returns the probability to drop a retry after that.
    fn count(&self, clock: &dyn Clock, requests: u32, accepts: u32) -> f64 {
        let now = clock.now();
        // A panic while the lock was held leaves at most one count missing, so the poison says nothing.
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.advance(now, self.bucket);
        let newest = &mut window.buckets[BUCKETS - 1];
        newest.requests = newest.requests.saturating_add(requests);
        newest.accepts = newest.accepts.saturating_add(accepts);

        let (mut requests, mut accepts) = (0.0, 0.0);
        for counts in &window.buckets {
            requests += f64::from(counts.requests);
            accepts += f64::from(counts.accepts);
        }
        ((requests - self.k * accepts) / (requests + 1.0)).max(0.0)
    }
}

impl Window {
    /// Moves the window to `now`, and clears the counts that are older.
    fn advance(&mut self, now: Moment, bucket: Duration) {
        let mut current = *self.current.get_or_insert(now);
        let passed = now.since(current).as_nanos() / bucket.as_nanos();
        let passed = usize::try_from(passed).unwrap_or(usize::MAX);
        if passed == 0 {
            return;
        }
        let kept = BUCKETS.saturating_sub(passed);
        self.buckets.copy_within(BUCKETS - kept.., 0);
        self.buckets[kept..].fill(Counts::default());
        current = if kept == 0 {
            now
        } else {
            (0..passed).fold(current, |moment, _| moment.after(bucket))
        };
        self.current = Some(current);
    }
}

impl RetryBudget for AdaptiveThrottle {
    // Not in `call`: whether the server accepts a request is known only when the request ends.
    fn succeeded(&self, _: Option<Class>, clock: &dyn Clock) {
        self.count(clock, 1, 1);
    }

    fn failed(&self, _: Class, clock: &dyn Clock) {
        self.count(clock, 1, 0);
    }

    fn withdraw(&self, step: &Step, clock: &dyn Clock) -> bool {
        let allowed = step.random() >= self.count(clock, 0, 0);
        if !allowed {
            self.count(clock, 1, 0);
        }
        allowed
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = self.bucket * u32::try_from(BUCKETS).unwrap_or(u32::MAX);
        write!(
            f,
            "adaptive throttle with K = {}, window {window:?}",
            self.k
        )
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
