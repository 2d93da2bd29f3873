//! `Budget`: a bucket of tokens that calls fill and retries empty.

use super::RetryBudget;
use super::sync::{AtomicI64, Ordering};
use crate::backoff::Step;
use crate::invalid_policy::InvalidPolicy;
use crate::timer::Clock;
use core::fmt;

/// A token is a billion parts, so that a ratio such as 0.1 is exact.
const TOKEN: i64 = 1_000_000_000;

/// How many retries may be saved up, unless a user sets it.
const DEFAULT_BURST: u32 = 10;

/// As `Hot::word`: the bucket is full, whatever the time. No level comes near this number: a capacity is less than
/// 2^32 tokens of 10^9 parts, which is less than 2^62.
const FULL: i64 = i64::MAX;

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
/// by any number of calls. (On 32-bit processors without 64-bit atomics, `portable-atomic` has a lock
/// instead: interrupt handlers that retry need that crate's feature `critical-section`.) The rule is Finagle's and Linkerd's `RetryBudget`, with a bucket in place
/// of their sliding window.
///
/// # Examples
///
/// ```
/// use retryable::{Budget, GiveUp, NoDelay, Policy, transient};
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
    hot: Hot,
    /// Non-zero if the last deposit found the bucket full. Deposits then check before they add, so that a healthy
    /// service only reads this cache line. Otherwise they add without a check, because under contention the check
    /// costs as much as the add.
    ///
    /// `Relaxed`: this is a hint that nothing else depends on. A thread that reads an old value makes one check too
    /// many, or one addition, which the next withdrawal cuts back to the capacity.
    seen_full: AtomicI64,
    ratio: i64,
    capacity: i64,
    per_second: u32,
}

/// What changes with every call, away from what does not: alone in its cache lines, of which some
/// processors fetch two at a time.
#[derive(Debug)]
#[repr(align(128))]
struct Hot {
    /// The parts in the bucket, less all that time has paid: [`Budget::level`] adds what it has paid by now. So one
    /// word has both, and either all threads see what time has paid or none does. Deposits may take it past
    /// `capacity` by what is being deposited at this moment; a withdrawal cuts it back.
    word: AtomicI64,
    /// The latest time of any withdrawal that was asked for, so that time never goes back.
    asked: AtomicI64,
}

impl Budget {
    /// Each call deposits `ratio` of a retry: 0.2 adds at most a fifth to the load. Rounded to a billionth;
    /// with 0.0, there are the burst and `min_per_second` alone. Defaults: burst 10, nothing a second.
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
        reason = "the ratio is in 0.0..=1000.0, which fits"
    )]
    pub const fn try_new(ratio: f64) -> Result<Self, InvalidPolicy> {
        if !(ratio >= 0.0 && ratio <= 1000.0) {
            return Err(InvalidPolicy::Ratio);
        }
        let budget = Self {
            hot: Hot {
                word: AtomicI64::new(FULL),
                asked: AtomicI64::new(i64::MIN),
            },
            seen_full: AtomicI64::new(1),
            ratio: (ratio * TOKEN as f64 + 0.5) as i64,
            capacity: 0,
            per_second: 0,
        };
        Ok(budget.burst(DEFAULT_BURST))
    }

    /// Sets how many retries may be saved up. They are there at the start. Default: 10. With 0 nothing can
    /// be saved up, so that there is never a retry.
    pub const fn burst(self, retries: u32) -> Self {
        Self {
            capacity: retries as i64 * TOKEN,
            ..self
        }
    }

    /// Retries that are there whether or not there are calls, so that a quiet client can retry too.
    /// Default: 0. With any, a retry that is asked for reads the clock, which costs several times what the
    /// rest does; a deposit reads none. No more than `burst` of them are saved up.
    pub const fn min_per_second(self, retries: u32) -> Self {
        Self {
            per_second: retries,
            ..self
        }
    }

    /// Retries that could be made now, rounded down; `min_per_second` is added when one is asked for.
    pub fn available(&self) -> u64 {
        u64::try_from(self.last_level() / TOKEN).unwrap_or(0)
    }

    /// A call is made. Reads no clock.
    pub fn deposit(&self) {
        if self.seen_full.load(Ordering::Relaxed) != 0 {
            if self.last_level() >= self.capacity {
                return;
            }
            self.seen_full.store(0, Ordering::Relaxed);
        }
        // The word is not `FULL`, which it never is again after the first withdrawal.
        // `Acquire`: the time that is read below is at least that for which the word was computed.
        let word = self.hot.word.fetch_add(self.ratio, Ordering::Acquire);
        let level = match self.per_second {
            0 => word,
            _ => self.level(word, self.hot.asked.load(Ordering::Relaxed)),
        };
        if level >= self.capacity {
            self.seen_full.store(1, Ordering::Relaxed);
        }
    }

    /// Parts in the bucket at the time that a retry was last asked for. Whether time has filled it since is
    /// for the next withdrawal to see, which cuts back what is beyond the capacity.
    fn last_level(&self) -> i64 {
        // The time first. With a word that is newer, the level is too low, and a deposit is made; with a time
        // that is newer it would be too high, and one lost.
        let asked = self.hot.asked.load(Ordering::Acquire);
        self.level(self.hot.word.load(Ordering::Acquire), asked)
    }

    /// Asks for a retry, and spends it. `false`: there is none.
    #[cfg(feature = "std")]
    pub fn withdraw(&self) -> bool {
        self.withdraw_by(&crate::timer::DefaultTimer)
    }

    /// Asks for a retry, and spends it, by a clock of the caller's.
    pub fn withdraw_by(&self, clock: &dyn Clock) -> bool {
        if self.per_second == 0 {
            let spend = |word: i64| Some(word.min(self.capacity) - TOKEN).filter(|left| *left >= 0);
            let word = &self.hot.word;
            // `Relaxed`: this word is the whole state, because no time is paid.
            return word
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend)
                .is_ok();
        }
        let now = clock.now().nanos();
        let mut word = self.hot.word.load(Ordering::Acquire);
        loop {
            // Before the time is published, so that no thread takes the word for a recent one.
            if self.is_out_of_date(word, now) {
                let full = self.capacity.wrapping_sub(self.paid(now));
                if let Err(changed) = self.exchange(word, full) {
                    word = changed;
                    continue;
                }
                word = full;
            }
            let now = self.publish(now);
            let left = self.level(word, now) - TOKEN;
            let asked = if left < 0 {
                self.is_still(word)
            } else {
                self.exchange(word, left.wrapping_sub(self.paid(now)))
            };
            match asked {
                Ok(()) => return left >= 0,
                Err(changed) => word = changed,
            }
        }
    }

    /// Parts in the bucket, at this time.
    fn level(&self, word: i64, now: i64) -> i64 {
        if word == FULL {
            return self.capacity;
        }
        word.wrapping_add(self.paid(now)).min(self.capacity)
    }

    /// What time has paid by now. A billion parts a token, a billion nanoseconds a second: parts are
    /// nanoseconds times tokens a second. Only differences count, so it may wrap.
    fn paid(&self, now: i64) -> i64 {
        now.wrapping_mul(i64::from(self.per_second))
    }

    /// Whether the bucket has been left alone for so long that what time has paid since leaves an
    /// `i64`: it is full, then, as the capacity is far below that.
    fn is_out_of_date(&self, word: i64, now: i64) -> bool {
        let asked = self.hot.asked.load(Ordering::Relaxed);
        word != FULL
            && now > asked
            && now
                .abs_diff(asked)
                .saturating_mul(u64::from(self.per_second))
                // A quarter of the range of an `i64`, so that the sum with any level does not wrap.
                > 1 << 62
    }

    /// Publishes `now` and returns the latest published time. `AcqRel`: a thread that reads a word also sees the time
    /// for which it was computed, and a thread that reads a time also sees the words computed before it.
    fn publish(&self, now: i64) -> i64 {
        self.hot.asked.fetch_max(now, Ordering::AcqRel).max(now)
    }

    /// Checks that a decision which changes nothing was right at the moment of this check.
    fn is_still(&self, word: i64) -> Result<(), i64> {
        let current = self.hot.word.load(Ordering::Acquire);
        if current == word {
            Ok(())
        } else {
            Err(current)
        }
    }

    /// Replaces `word`, or returns the word that another thread has written. `AcqRel`, as in
    /// [`publish`](Self::publish).
    fn exchange(&self, word: i64, new: i64) -> Result<(), i64> {
        self.hot
            .word
            .compare_exchange_weak(word, new, Ordering::AcqRel, Ordering::Acquire)
            .map(drop)
    }
}

impl RetryBudget for Budget {
    fn call(&self, _: &dyn Clock) {
        self.deposit();
    }

    fn withdraw(&self, _: &Step, clock: &dyn Clock) -> bool {
        self.withdraw_by(clock)
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a ratio is at most 1000 tokens, which a float has exactly"
        )]
        let percent = self.ratio as f64 / (TOKEN / 100) as f64;
        write!(f, "budget {percent}%")?;
        let burst = self.capacity / TOKEN;
        if burst != i64::from(DEFAULT_BURST) {
            write!(f, ", burst {burst}")?;
        }
        match self.per_second {
            0 => Ok(()),
            retries => write!(f, ", {retries} per second"),
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
