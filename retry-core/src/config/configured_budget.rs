//! `ConfiguredBudget`: a budget that configuration describes.

use core::fmt;
use std::sync::Arc;

use crate::budget::Budget;
use crate::invalid_policy::InvalidPolicy;

/// A budget as configuration describes it: a share of the calls.
///
/// Each parsed value is a bucket of its own. Its clones, and all policies that are made of it, share that bucket. Two
/// of them are equal if their shares are.
///
/// # Examples
///
/// ```
/// use retryable::config::{ConfiguredBudget, PolicyConfig};
///
/// let config = PolicyConfig::parse("budget = 20%")?;
/// assert_eq!(config.budget, ConfiguredBudget::new(0.2).ok());
/// # Ok::<(), retryable::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ConfiguredBudget {
    /// Not the ratio, so that a round trip through a document is exact.
    percent: f64,
    budget: Arc<Budget>,
}

impl ConfiguredBudget {
    /// Makes a budget to which each call adds `ratio` of a retry, as [`Budget::new`] does.
    ///
    /// # Errors
    ///
    /// If `ratio` is not in `0.0..=1000.0`.
    pub fn new(ratio: f64) -> Result<Self, InvalidPolicy> {
        Ok(Self {
            percent: ratio * 100.0,
            budget: Arc::new(Budget::try_new(ratio)?),
        })
    }

    /// Returns the bucket.
    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    pub(super) fn of_percent(percent: f64) -> Option<Self> {
        let budget = Budget::try_new(percent / 100.0).ok()?;
        Some(Self {
            percent,
            budget: Arc::new(budget),
        })
    }
}

impl PartialEq for ConfiguredBudget {
    fn eq(&self, other: &Self) -> bool {
        self.percent.total_cmp(&other.percent).is_eq()
    }
}

/// The value in a document, such as `20%`.
impl fmt::Display for ConfiguredBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.percent)
    }
}

impl fmt::Debug for ConfiguredBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
