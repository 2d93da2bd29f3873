//! A service that fails, and the function that calls it.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use retryable::{Budget, Classify, retryable};
use tokio::time::sleep;

/// A tenth of all calls may be retried, after the first fifty retries.
static BUDGET: Budget = Budget::new(0.1).burst(50);

#[derive(Debug, Classify)]
pub(crate) enum StockError {
    #[classify(transient)]
    Unavailable,
}

/// A service that fails as often as the example sets.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    /// Of a hundred requests.
    pub(crate) failing: AtomicU32,
    /// How many requests it has received.
    pub(crate) requests: AtomicU32,
}

impl Stock {
    async fn level(&self) -> Result<u32, StockError> {
        self.requests.fetch_add(1, Relaxed);
        sleep(Duration::from_millis(20)).await;
        if fastrand::u32(0..100) < self.failing.load(Relaxed) {
            return Err(StockError::Unavailable);
        }
        Ok(12)
    }
}

#[retryable(max = 4, budget = &BUDGET, name = "stock")]
pub(crate) async fn level(stock: &Stock) -> Result<u32, StockError> {
    stock.level().await
}
