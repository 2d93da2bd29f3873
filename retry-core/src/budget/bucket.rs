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

/// The value of `Hot::word` for a bucket that is full at any time. No level comes near this number: a capacity is
/// less than 2^32 tokens of 10^9 parts, which is less than 2^62.
const FULL: i64 = i64::MAX;

/// A bucket of tokens that limits retries to a share of the calls: each call deposits `ratio`, each retry withdraws 1.
///
/// While most calls succeed, the bucket is full. In an outage, retries stay a fraction of the calls and do not
/// multiply them. Over any period,
///
/// ```text
/// retries ≤ ratio · calls + min_per_second · seconds + burst
/// ```
///
/// It starts with `burst` tokens and never holds more. It is lock-free, and any number of calls share it, as a
/// `static` or in an `Arc`. (On 32-bit processors without 64-bit atomics, `portable-atomic` uses a lock instead:
/// interrupt handlers that retry need that crate's feature `critical-section`.) The rule is that of the
/// `RetryBudget` of Finagle and Linkerd, with a bucket in place of their sliding window.
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

/// The words that every call changes, in cache lines without any other field. Some processors fetch two lines at a
/// time.
#[derive(Debug)]
#[repr(align(128))]
struct Hot {
    /// The parts in the bucket, minus all that `min_per_second` has added: [`Budget::level`] adds what that is by
    /// now. So both are in one word, and a thread never sees one without the other. Concurrent deposits may take it
    /// past `capacity`; a withdrawal cuts it back.
    word: AtomicI64,
    /// The time of the latest withdrawal, granted or not, so that time never goes back.
    asked: AtomicI64,
}

impl Budget {
    /// Makes a budget to which each call adds `ratio` of a retry: 0.2 adds at most a fifth to the load.
    ///
    /// `ratio` is rounded to a billionth. With 0.0, retries come from `burst` and `min_per_second` alone. Defaults:
    /// burst 10, `min_per_second` 0.
    ///
    /// # Panics
    ///
    /// If `ratio` is not in `0.0..=1000.0`. In a `const` or `static`, this is a compile error.
    #[track_caller]
    pub const fn new(ratio: f64) -> Self {
        match Self::try_new(ratio) {
            Ok(budget) => budget,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// Makes a budget, for a ratio from configuration.
    ///
    /// # Errors
    ///
    /// If `ratio` is not in `0.0..=1000.0`.
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

    /// Sets how many retries may be saved up. A new budget has them all. Default: 10. With 0, there is never a
    /// retry.
    pub const fn burst(self, retries: u32) -> Self {
        Self {
            capacity: retries as i64 * TOKEN,
            ..self
        }
    }

    /// Sets how many retries each second adds, so that a client with few calls can retry too. Default: 0.
    ///
    /// No more than `burst` of them are saved up. Unless this is 0, a withdrawal reads the clock, which costs several
    /// times as much as the rest; a deposit does not.
    pub const fn min_per_second(self, retries: u32) -> Self {
        Self {
            per_second: retries,
            ..self
        }
    }

    /// Returns how many retries could be made now, rounded down, without what `min_per_second` has added since the
    /// last withdrawal.
    pub fn available(&self) -> u64 {
        u64::try_from(self.last_level() / TOKEN).unwrap_or(0)
    }

    /// Counts a call. Reads no clock.
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

    /// Returns the parts in the bucket at the time of the latest withdrawal. What `min_per_second` has added since is
    /// left to the next withdrawal, which also cuts back what is beyond the capacity.
    fn last_level(&self) -> i64 {
        // The time first. With a newer word, the level is too low, and a deposit is made. With a newer time, the level
        // would be too high, and a deposit would be lost.
        let asked = self.hot.asked.load(Ordering::Acquire);
        self.level(self.hot.word.load(Ordering::Acquire), asked)
    }

    /// Withdraws a retry. Returns `false` if there is none.
    #[cfg(all(
        feature = "std",
        any(
            feature = "wasm",
            not(all(target_family = "wasm", target_os = "unknown"))
        )
    ))]
    pub fn withdraw(&self) -> bool {
        self.withdraw_by(&crate::timer::DefaultTimer)
    }

    /// Like [`withdraw`](Self::withdraw), with the caller's clock.
    pub fn withdraw_by(&self, clock: &dyn Clock) -> bool {
        if self.per_second == 0 {
            let spend = |word: i64| Some(word.min(self.capacity) - TOKEN).filter(|left| *left >= 0);
            let word = &self.hot.word;
            // `Relaxed`: this word is the whole state, because time adds nothing.
            return word
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend)
                .is_ok();
        }
        let now = clock.now().nanos();
        let mut word = self.hot.word.load(Ordering::Acquire);
        loop {
            // Before the time is published, so that no thread reads the old word with the new time.
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

    /// Returns the parts in the bucket at this time.
    fn level(&self, word: i64, now: i64) -> i64 {
        if word == FULL {
            return self.capacity;
        }
        word.wrapping_add(self.paid(now)).min(self.capacity)
    }

    /// Returns the parts that `min_per_second` has added by now. A token has a billion parts and a second a billion
    /// nanoseconds, so parts are nanoseconds times tokens per second. Only differences count, so it may wrap.
    fn paid(&self, now: i64) -> i64 {
        now.wrapping_mul(i64::from(self.per_second))
    }

    /// Returns whether the latest withdrawal is so long ago that the parts added since do not fit an `i64`. Then the
    /// bucket is full, because the capacity is far below that.
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

    /// Checks that `word` is still current, for a decision that changes nothing.
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
