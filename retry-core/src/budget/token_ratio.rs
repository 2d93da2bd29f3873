//! `TokenRatio`: gRPC's retry throttling.

use core::fmt;
// `Relaxed`: the one word is the whole state, and nothing else is read because of it.
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::RetryBudget;
use crate::backoff::Step;
use crate::class::Class;
use crate::invalid_policy::InvalidPolicy;
use crate::timer::Clock;

/// Tokens in thousandths: gRPC keeps three decimals.
const TOKEN: u32 = 1000;

/// The retry throttling of gRPC (proposal A6, `retryThrottling`).
///
/// A failed attempt takes a token, a success adds `token_ratio`. Retries are made only while more than half of the
/// tokens are left.
///
/// # Examples
///
/// ```
/// use retryable::{GiveUp, NoDelay, Policy, TokenRatio, transient};
///
/// static SERVER: TokenRatio = TokenRatio::new(10, 0.1);
///
/// let policy = Policy::with_backoff(NoDelay).max_attempts(100).budget(&SERVER);
/// let (_, report) = policy.blocking(|| Err::<(), _>(transient("unavailable"))).report();
/// assert_eq!((report.attempts, report.gave_up), (5, Some(GiveUp::Budget)));
/// ```
#[derive(Debug)]
pub struct TokenRatio {
    tokens: AtomicU32,
    capacity: u32,
    ratio: u32,
}

impl TokenRatio {
    /// Makes a full bucket of `max_tokens`, at most 1000. `token_ratio` is cut to three decimals, as the proposal
    /// says.
    ///
    /// # Panics
    ///
    /// If `max_tokens` is 0 or above 1000, or `token_ratio` is not in `0.001..=1000.0`. In a `const` or `static`,
    /// this is a compile error.
    #[track_caller]
    pub const fn new(max_tokens: u32, token_ratio: f64) -> Self {
        match Self::try_new(max_tokens, token_ratio) {
            Ok(throttle) => throttle,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// Makes a full bucket, for values from configuration.
    ///
    /// # Errors
    ///
    /// If `max_tokens` is 0 or above 1000, or `token_ratio` is not in `0.001..=1000.0`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are in range, and further decimals are cut on purpose"
    )]
    pub const fn try_new(max_tokens: u32, token_ratio: f64) -> Result<Self, InvalidPolicy> {
        if max_tokens < 1 || max_tokens > 1000 {
            return Err(InvalidPolicy::MaxTokens);
        }
        // Written so that NaN is rejected too.
        if !(token_ratio >= 0.001 && token_ratio <= 1000.0) {
            return Err(InvalidPolicy::TokensPerSuccess);
        }
        let capacity = max_tokens * TOKEN;
        Ok(Self {
            tokens: AtomicU32::new(capacity),
            capacity,
            // A float such as 0.29 lies a little below the decimal that was meant. A millionth of a thousandth is more
            // than that error, and less than any difference that counts.
            ratio: (token_ratio * 1000.0 + 1e-6) as u32,
        })
    }

    /// Returns the tokens in the bucket, in thousandths.
    pub fn thousandths(&self) -> u32 {
        self.tokens.load(Relaxed)
    }
}

impl RetryBudget for TokenRatio {
    fn succeeded(&self, _: Option<Class>, _: &dyn Clock) {
        let add = |tokens: u32| {
            let filled = tokens.saturating_add(self.ratio).min(self.capacity);
            (filled > tokens).then_some(filled)
        };
        // An error means that the bucket is already full.
        let _ = self.tokens.fetch_update(Relaxed, Relaxed, add);
    }

    fn failed(&self, _: Class, _: &dyn Clock) {
        let spend = |tokens: u32| Some(tokens.saturating_sub(TOKEN));
        // The closure always returns `Some`.
        let _ = self.tokens.fetch_update(Relaxed, Relaxed, spend);
    }

    fn withdraw(&self, _: &Step, _: &dyn Clock) -> bool {
        self.tokens.load(Relaxed) > self.capacity / 2
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tokens, ratio) = (
            self.capacity / TOKEN,
            f64::from(self.ratio) / f64::from(TOKEN),
        );
        write!(f, "{tokens} tokens, {ratio} per success")
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
