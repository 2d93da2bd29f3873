//! What every peer does: the limits, and the outcome of an attempt.

use std::time::Duration;

/// The delay before the first retry.
pub const BASE: Duration = Duration::from_millis(100);
/// The longest delay.
pub const CAP: Duration = Duration::from_secs(20);
/// The maximum number of attempts, the first included.
pub const ATTEMPTS: u32 = 3;
/// The maximum number of attempts of `at_once`.
pub const MANY: u32 = 1000;

/// The only error: a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy(pub u64);

impl Busy {
    /// Whether another attempt may succeed.
    pub fn is_transient(self) -> bool {
        self.0 >= 500
    }
}

/// The outcome of an attempt.
pub type Outcome = Result<u64, Busy>;
