//! The time limit of one attempt.

use std::future::Future;
use std::time::Duration;

use reqwest::Url;
use retry_core::Policy;
use tokio::time::{Instant, timeout_at};

use crate::classify::Safety;
use crate::error::Error;

/// Returns the time until the nearest enclosing deadline. The deadline of a caller in another process counts too.
pub(crate) fn remaining() -> Option<Duration> {
    // Without limits of its own, so only an enclosing deadline can set one.
    const ALONE: Policy = Policy::new();
    ALONE.start().attempt_limit()
}

/// The time limit of the current attempt. Boxed, because the future of every attempt contains this value, and only an
/// attempt that may be cut off has a limit.
pub(crate) struct AttemptDeadline(Option<Box<Limit>>);

struct Limit {
    after: Duration,
    until: Instant,
    /// For the error.
    url: Option<Url>,
}

impl AttemptDeadline {
    /// Starts the time limit. There is no limit if `after` is `None`, or longer than the clock can represent.
    #[inline]
    pub(crate) fn from_now(after: Option<Duration>, url: impl FnOnce() -> Option<Url>) -> Self {
        Self(after.and_then(|after| {
            let until = Instant::now().checked_add(after)?;
            let url = url();
            Some(Box::new(Limit { after, until, url }))
        }))
    }

    /// Awaits the attempt, and cuts it off when its time is over. `repeatable` goes into that error:
    /// whether the server may process the request twice.
    pub(crate) async fn hold<T>(
        self,
        attempt: impl Future<Output = Result<T, Error>>,
        repeatable: Safety,
    ) -> Result<T, Error> {
        let Some(limit) = self.0 else {
            return attempt.await;
        };
        match timeout_at(limit.until, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::timed_out(limit.after, limit.url, repeatable)),
        }
    }
}
