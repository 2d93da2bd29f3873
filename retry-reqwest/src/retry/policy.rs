//! What a policy must bring to drive requests: it decides about one call.

use std::marker::PhantomData;
use std::time::Duration;

use retry_core::{
    AttemptLimit, Backoff, Budget, DefaultTimer, Delay, Hooks, NoHook, OnRetry, Policy, Report,
    Retry, RetryBudget, Rule,
};

use crate::Error;

/// A [`Policy`] that can retry requests: every one that knows what an [`Error`] means. `Kind` is
/// always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for requests",
    note = "`retry` takes a `&Policy`; a classifier given to `Policy::on_error` takes a `&retry_reqwest::Error`"
)]
pub trait HttpPolicy<Kind>: sealed::Sealed {
    /// A call begins. Its host may have a budget of its own. `timed`: somebody will ask how long it took.
    #[doc(hidden)]
    fn begin<'p, R: OnRetry<Error>>(
        &'p self,
        budget: Option<&'p Budget>,
        on_retry: R,
        timed: bool,
    ) -> impl Decide;
}

impl<B, O, L, G, Kind> HttpPolicy<Kind> for Policy<B, O, L, G>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    L: AttemptLimit,
    G: RetryBudget,
{
    fn begin<'p, R: OnRetry<Error>>(
        &'p self,
        budget: Option<&'p Budget>,
        on_retry: R,
        timed: bool,
    ) -> impl Decide {
        let mut retry = self.start();
        if timed {
            retry = retry.timed();
        }
        if let Some(budget) = budget {
            retry = retry.budget(budget);
        }
        Call {
            retry: retry.tell(on_retry),
            kind: PhantomData::<fn() -> Kind>,
        }
    }
}

/// An [`HttpPolicy`] that requests on any thread may be under: one that is `Send`, `Sync` and owns what
/// it holds. `Kind` is always inferred.
#[cfg(any(feature = "middleware", feature = "tower"))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for requests of every thread",
    note = "a `Policy` is one, if its classifier takes a `&retry_reqwest::Error`, and is `Send`, `Sync` and `'static`"
)]
pub trait SharedPolicy<Kind>: HttpPolicy<Kind> + Send + Sync + 'static {
    #[doc(hidden)]
    fn begin_shared(&self) -> impl Decide + Send;
}

#[cfg(any(feature = "middleware", feature = "tower"))]
impl<B, O, L, G, Kind> SharedPolicy<Kind> for Policy<B, O, L, G>
where
    B: Backoff + Send + Sync + 'static,
    O: Rule<Error, Kind> + Send + Sync + 'static,
    L: AttemptLimit + Send + Sync + 'static,
    G: RetryBudget + Send + Sync + 'static,
{
    fn begin_shared(&self) -> impl Decide + Send {
        Call {
            retry: self.start(),
            kind: PhantomData::<fn() -> Kind>,
        }
    }
}

/// One call in progress: a [`Retry`], whatever its policy.
pub trait Decide {
    /// The number of the attempt that begins now, from 1.
    fn number(&self) -> u32;

    /// How long the attempt that begins now may take.
    fn limit(&self) -> Option<Duration>;

    /// Runs part of an attempt, which knows that it is one.
    fn within<T>(&mut self, attempt: impl FnOnce() -> T) -> T;

    /// The attempt under way has succeeded.
    fn succeeded(&self);

    /// The wait before the next attempt, after one that failed so; `None` if there is none.
    fn again(&mut self, error: &Error) -> Option<Delay<DefaultTimer>>;

    /// Whether the wait after this failure ended too late for another attempt, so that the call is over.
    fn ends_late(&mut self, error: &Error) -> bool;

    /// No other attempt can be made after this failure.
    fn stop(&mut self, error: &Error);

    /// What the call took so far.
    fn report(&self) -> Report;
}

struct Call<'p, B, O, L, G, R, Kind> {
    retry: Retry<'p, &'p Policy<B, O, L, G>, DefaultTimer, Hooks<NoHook, R>>,
    kind: PhantomData<fn() -> Kind>,
}

impl<B, O, L, G, R, Kind> Decide for Call<'_, B, O, L, G, R, Kind>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    L: AttemptLimit,
    G: RetryBudget,
    R: OnRetry<Error>,
{
    fn number(&self) -> u32 {
        self.retry.attempts()
    }

    fn limit(&self) -> Option<Duration> {
        self.retry.attempt_limit()
    }

    fn within<T>(&mut self, attempt: impl FnOnce() -> T) -> T {
        self.retry.attempt_blocking(attempt)
    }

    fn succeeded(&self) {
        self.retry.succeeded();
    }

    fn again(&mut self, error: &Error) -> Option<Delay<DefaultTimer>> {
        self.retry.wait_after(error, error.retry_after())
    }

    fn ends_late(&mut self, error: &Error) -> bool {
        self.retry.ends_late(error)
    }

    fn stop(&mut self, error: &Error) {
        self.retry.stop(error);
    }

    fn report(&self) -> Report {
        self.retry.report()
    }
}

pub(crate) mod sealed {
    use retry_core::Policy;

    /// Implemented by every [`Policy`].
    pub trait Sealed {}

    impl<B, O, L, G> Sealed for Policy<B, O, L, G> {}

    /// Implemented by the clients of reqwest.
    pub trait Client {}

    impl Client for reqwest::Client {}

    #[cfg(feature = "blocking")]
    impl Client for reqwest::blocking::Client {}
}
