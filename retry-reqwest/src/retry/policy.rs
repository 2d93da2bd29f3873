//! What a policy must bring to drive requests: hands attempts to `Policy::run`.

use std::future::Future;
use std::time::Duration;

use retry_core::{
    AttemptLimit, Backoff, DefaultTimer, Limited, OnRetry, Policy, Report, RetryEvent, Rule,
};

use crate::Error;

/// How an attempt ended: `Ok(Err(_))` is a failure after which no other attempt can be made, so that
/// the policy is not asked.
pub(super) type Ended<T> = Result<Result<T, Error>, Error>;

/// A [`Policy`] that can retry requests whose outcome is a `T`: every one that knows what an
/// [`Error`] means. `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for requests",
    note = "`retry` takes a `&Policy`; a classifier given to `Policy::on` takes a `&retry_reqwest::Error`"
)]
pub trait HttpPolicy<T, Kind>: sealed::Sealed {
    /// Makes attempts until one succeeds or there is no further one. Each is told how long it may
    /// take.
    #[doc(hidden)]
    fn drive<F, A, R>(&self, attempt: F, on_retry: R) -> impl Future<Output = (Ended<T>, Report)>
    where
        F: FnMut(Option<Duration>) -> A,
        A: Future<Output = Ended<T>>,
        R: OnRetry<Error>;
}

impl<B, O, L, T, Kind> HttpPolicy<T, Kind> for Policy<B, O, L>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    L: AttemptLimit + Limited<Ended<T>, DefaultTimer>,
{
    fn drive<F, A, R>(
        &self,
        mut attempt: F,
        on_retry: R,
    ) -> impl Future<Output = (Ended<T>, Report)>
    where
        F: FnMut(Option<Duration>) -> A,
        A: Future<Output = Ended<T>>,
        R: OnRetry<Error>,
    {
        // An attempt keeps to its limit by itself, as it knows what a timeout means for its method,
        // and since it began first it is always earlier than the limit that `run` sets.
        let clock = self.start();
        self.run(move || attempt(clock.attempt_limit()))
            .on_retry(move |event: &RetryEvent<'_, Error>| on_retry.notify(event))
            .report()
    }
}

pub(super) mod sealed {
    use retry_core::Policy;

    /// Implemented by every [`Policy`].
    pub trait Sealed {}

    impl<B, O, L> Sealed for Policy<B, O, L> {}
}
