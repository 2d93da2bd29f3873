//! The time that one attempt has.

use std::future::Future;
use std::time::Duration;

use reqwest::Url;
use retry_core::Policy;
use tokio::time::{Instant, timeout_at};

use crate::classify::Safety;
use crate::error::Error;

/// Returns the time until the nearest enclosing deadline, that of a caller in another process included.
pub(crate) fn remaining() -> Option<Duration> {
    const ALONE: Policy = Policy::new();
    ALONE.start().attempt_limit()
}

/// How long the attempt that has just begun may take, and where it went.
pub(crate) struct AttemptDeadline(Option<(Duration, Instant, Option<Box<Url>>)>);

impl AttemptDeadline {
    /// There is no limit if `after` is `None`, or longer than the clock can represent.
    pub(crate) fn from_now(after: Option<Duration>, url: impl FnOnce() -> Option<Url>) -> Self {
        Self(after.and_then(|after| {
            let until = Instant::now().checked_add(after)?;
            Some((after, until, url().map(Box::new)))
        }))
    }

    /// Awaits the attempt, and cuts it off when its time is over. That error knows what it means for the method.
    pub(crate) async fn hold<T>(
        self,
        attempt: impl Future<Output = Result<T, Error>>,
        repeatable: Safety,
    ) -> Result<T, Error> {
        let Some((after, until, url)) = self.0 else {
            return attempt.await;
        };
        match timeout_at(until, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::timed_out(after, url.map(|url| *url), repeatable)),
        }
    }
}
