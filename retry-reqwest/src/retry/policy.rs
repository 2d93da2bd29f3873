//! What a policy must bring to drive requests: hands attempts to `Policy::run`.

use std::future::Future;

use retry_core::{Backoff, GiveUp, Limited, OnRetry, Policy, Report, RetryEvent, Rule, Throttle};

use super::timer::AttemptTimer;
use crate::Error;

/// How an attempt ended: `Ok(Err(_))` is a failure after which no other attempt can be made, so that
/// the policy is not asked.
pub(crate) type Ended<T> = Result<Result<T, Error>, Error>;

/// How a call ended, from how its last attempt did.
pub(crate) fn outcome<T>(call: (Ended<T>, Report)) -> (Result<T, Error>, Report) {
    let (ended, mut report) = call;
    if let Ok(Err(_)) = ended {
        report.gave_up = Some(GiveUp::NotRetryable);
    }
    (ended.and_then(|last| last), report)
}

/// A [`Policy`] that can retry requests whose outcome is a `T`: every one that knows what an
/// [`Error`] means. `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for requests",
    note = "`retry` takes a `&Policy`; a classifier given to `Policy::on` takes a `&retry_reqwest::Error`"
)]
pub trait HttpPolicy<T, Kind>: sealed::Sealed {
    /// Makes attempts until one succeeds or there is no further one. What each is given tells it, once
    /// it is polled, how long it may take.
    #[doc(hidden)]
    fn drive<F, A, R>(&self, attempt: F, on_retry: R) -> impl Future<Output = (Ended<T>, Report)>
    where
        F: FnMut(sealed::Time) -> A,
        A: Future<Output = Ended<T>>,
        R: OnRetry<Error>;
}

impl<B, O, L, G, T, Kind> HttpPolicy<T, Kind> for Policy<B, O, L, G>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    L: Limited<Ended<T>, AttemptTimer>,
    G: Throttle,
{
    fn drive<F, A, R>(
        &self,
        mut attempt: F,
        on_retry: R,
    ) -> impl Future<Output = (Ended<T>, Report)>
    where
        F: FnMut(sealed::Time) -> A,
        A: Future<Output = Ended<T>>,
        R: OnRetry<Error>,
    {
        let timer = AttemptTimer::default();
        let time = sealed::Time(timer.clone());
        let begin = move || {
            time.0.begin();
            attempt(time.clone())
        };
        self.run_with(timer, begin)
            .on_retry(move |event: &RetryEvent<'_, Error>| on_retry.notify(event))
            .report()
    }
}

pub(crate) mod sealed {
    use std::time::Duration;

    use retry_core::Policy;

    use crate::retry::timer::AttemptTimer;

    /// Implemented by every [`Policy`].
    pub trait Sealed {}

    impl<B, O, L, G> Sealed for Policy<B, O, L, G> {}

    /// Tells an attempt, when it is first polled, how long it may take.
    #[derive(Clone, Debug)]
    pub struct Time(pub(in crate::retry) AttemptTimer);

    impl Time {
        pub(in crate::retry) fn limit(&self) -> Option<Duration> {
            self.0.limit()
        }
    }
}
