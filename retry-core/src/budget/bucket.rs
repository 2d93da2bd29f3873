//! `Budget`: a bucket of tokens that calls fill and retries empty.

use core::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

use super::Throttle;
use crate::{Clock, InvalidPolicy, Moment, Step};

/// A token is a billion parts, so that a ratio such as 0.1 is exact.
const TOKEN: u64 = 1_000_000_000;

/// Bounds retries by the number of calls: each call deposits `ratio`, each retry withdraws 1.
///
/// While most calls succeed there are more tokens than anybody needs; in an outage, retries are held
/// to a fraction of the calls rather than multiplying them. Over any period,
///
/// ```text
/// retries ≤ ratio · calls + min_per_second · seconds + burst
/// ```
///
/// It starts with `burst` tokens and never holds more. Lock-free; shared as a `static` or in an `Arc`
/// by any number of calls. The rule is Finagle's and Linkerd's `RetryBudget`, with a bucket in place
/// of their sliding window.
///
/// # Examples
///
/// ```
/// use retry_core::{Budget, GiveUp, NoDelay, Policy, transient};
///
/// static PAYMENTS: Budget = Budget::new(0.2).burst(3);
///
/// let policy = Policy::with_backoff(NoDelay).max_attempts(10).budget(&PAYMENTS);
/// let (outcome, report) = policy.blocking(|| Err::<(), _>(transient("down"))).report();
/// assert!(outcome.is_err());
/// assert_eq!((report.attempts, report.gave_up), (4, Some(GiveUp::Budget)));
/// ```
#[derive(Debug)]
pub struct Budget {
    /// May pass `capacity` by what is being deposited at this moment; a withdrawal cuts it back.
    tokens: AtomicU64,
    /// Up to when `per_second` has been paid out; `UNPAID` before the first withdrawal.
    paid: AtomicI64,
    ratio: u64,
    capacity: u64,
    per_second: u32,
}

const UNPAID: i64 = i64::MIN;

impl Budget {
    /// Each call deposits `ratio` of a retry: 0.2 adds at most a fifth to the load. Defaults: burst
    /// 10, nothing a second.
    ///
    /// # Panics
    ///
    /// When `ratio` is not in `0.0..=1000.0`: in a `const` or `static`, that is a compile error.
    #[track_caller]
    pub const fn new(ratio: f64) -> Self {
        match Self::try_new(ratio) {
            Ok(budget) => budget,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// Each call deposits `ratio` of a retry, for a value from configuration.
    ///
    /// # Errors
    ///
    /// When `ratio` is not in `0.0..=1000.0`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the ratio is in 0.0..=1000.0, which fits"
    )]
    pub const fn try_new(ratio: f64) -> Result<Self, InvalidPolicy> {
        if !(ratio >= 0.0 && ratio <= 1000.0) {
            return Err(InvalidPolicy::Ratio);
        }
        let budget = Self {
            tokens: AtomicU64::new(0),
            paid: AtomicI64::new(UNPAID),
            ratio: (ratio * TOKEN as f64 + 0.5) as u64,
            capacity: 0,
            per_second: 0,
        };
        Ok(budget.burst(10))
    }

    /// How many retries may be saved up, and are there at the start. Default: 10.
    pub const fn burst(self, retries: u32) -> Self {
        let capacity = retries as u64 * TOKEN;
        Self {
            tokens: AtomicU64::new(capacity),
            capacity,
            ..self
        }
    }

    /// Retries that are there whether or not there are calls, so that a quiet client can retry too.
    /// Default: 0.
    pub const fn min_per_second(self, retries: u32) -> Self {
        Self {
            per_second: retries,
            ..self
        }
    }

    /// Retries that could be made now, rounded down; `min_per_second` is added when one is asked for.
    pub fn available(&self) -> u64 {
        self.tokens.load(Relaxed).min(self.capacity) / TOKEN
    }

    /// A call is made. Reads no clock.
    pub fn deposit(&self) {
        // A bucket that is full is only read, so that threads that all succeed do not contend.
        if self.tokens.load(Relaxed) < self.capacity {
            self.tokens.fetch_add(self.ratio, Relaxed);
        }
    }

    /// Asks for a retry, and spends it. `false`: there is none.
    #[cfg(feature = "std")]
    pub fn withdraw(&self) -> bool {
        self.withdraw_by(&crate::DefaultTimer)
    }

    /// Asks for a retry, and spends it, by a clock of the caller's.
    pub fn withdraw_by(&self, clock: &dyn Clock) -> bool {
        if self.per_second > 0 {
            self.refill(clock.now());
        }
        let spend = |tokens: u64| tokens.min(self.capacity).checked_sub(TOKEN);
        self.tokens.fetch_update(Relaxed, Relaxed, spend).is_ok()
    }

    /// Pays out what is due since the last time; each nanosecond is paid once, whoever comes first.
    fn refill(&self, now: Moment) {
        let now = now.nanos();
        let paid = self.paid.load(Relaxed);
        if paid >= now
            || self
                .paid
                .compare_exchange(paid, now, Relaxed, Relaxed)
                .is_err()
        {
            return;
        }
        if paid == UNPAID {
            return;
        }
        // A billion parts a token, a billion nanoseconds a second: parts due are nanoseconds times
        // tokens a second.
        let due = now
            .abs_diff(paid)
            .saturating_mul(u64::from(self.per_second));
        let add = |tokens: u64| Some(tokens.saturating_add(due).min(self.capacity.max(tokens)));
        // The closure always says `Some`.
        let _ = self.tokens.fetch_update(Relaxed, Relaxed, add);
    }
}

impl Throttle for Budget {
    fn call(&self, _: &dyn Clock) {
        self.deposit();
    }

    fn withdraw(&self, _: &Step, clock: &dyn Clock) -> bool {
        self.withdraw_by(clock)
    }
}
