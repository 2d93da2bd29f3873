//! What a policy must bring to drive blocking requests: hands attempts to `Policy::blocking`.

use retry_core::{Backoff, OnRetry, Policy, Report, RetryEvent, Rule, Throttle, Unlimited};

use crate::Error;
use crate::retry::{Ended, sealed};

/// A [`Policy`] that can retry blocking requests: one that knows what an [`Error`] means, and does
/// not limit attempts. `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for blocking requests",
    note = "a thread cannot be interrupted: leave `attempt_timeout` out, and set a timeout on the request"
)]
pub trait BlockingPolicy<Kind>: sealed::Sealed {
    /// Makes attempts until one succeeds or there is no further one.
    #[doc(hidden)]
    fn drive<T, F, R>(&self, attempt: F, on_retry: R) -> (Ended<T>, Report)
    where
        F: FnMut() -> Ended<T>,
        R: OnRetry<Error>;
}

impl<B, O, G, Kind> BlockingPolicy<Kind> for Policy<B, O, Unlimited, G>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    G: Throttle,
{
    fn drive<T, F, R>(&self, attempt: F, on_retry: R) -> (Ended<T>, Report)
    where
        F: FnMut() -> Ended<T>,
        R: OnRetry<Error>,
    {
        self.blocking(attempt)
            .on_retry(move |event: &RetryEvent<'_, Error>| on_retry.notify(event))
            .report()
    }
}
