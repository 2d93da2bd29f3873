//! The time that one attempt has.

use std::future::Future;
use std::time::Duration;

use reqwest::Url;
use retry_core::Policy;
use tokio::time::{Instant, timeout_at};

use crate::classify::Safety;
use crate::error::Error;

/// What is left until the nearest deadline around, that of a caller in another process included.
pub(crate) fn left() -> Option<Duration> {
    const ALONE: Policy = Policy::new();
    ALONE.start().attempt_limit()
}

/// How long the attempt that has just begun may take, and where it went.
pub(crate) struct Limit(Option<(Duration, Instant, Option<Box<Url>>)>);

impl Limit {
    /// `None`, or more than the clock can tell: there is no limit.
    pub(crate) fn from_now(after: Option<Duration>, url: impl FnOnce() -> Option<Url>) -> Self {
        Self(after.and_then(|after| {
            let until = Instant::now().checked_add(after)?;
            Some((after, until, url().map(Box::new)))
        }))
    }

    /// Cuts the attempt short when its time is over. Such an error knows what it means for the method.
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
