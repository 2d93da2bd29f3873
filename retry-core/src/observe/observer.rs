//! The trait `Observer`, and the observer of the process.

use std::error::Error;
use std::fmt;
use std::sync::OnceLock;

#[cfg(feature = "metrics")]
use super::Called;
use super::{GaveUp, Recovered, Retrying};

/// Receives every retry, for logs, metrics and tests: of the whole process ([`set_observer`]), or of the calls of a
/// policy ([`Policy::observer`](crate::Policy::observer)).
///
/// It is called on the thread of the call, between two attempts or after the last one: while it blocks, that call
/// waits, and with it the thread of an async runtime. A panic reaches the caller of the call. A retried call that it
/// makes is a call like any other, which it observes too; if such a call fails each time, the recursion has no end.
///
/// An observer never makes a call read the clock.
///
/// # Examples
///
/// ```
/// use retryable::observe::{GaveUp, Observer, Retrying};
/// use retryable::{NoDelay, Policy, transient};
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// #[derive(Default)]
/// struct Counter {
///     retries: AtomicU32,
///     give_ups: AtomicU32,
/// }
///
/// impl Observer for Counter {
///     fn retrying(&self, event: &Retrying<'_>) {
///         assert_eq!(event.facts.name, "fetch user");
///         self.retries.fetch_add(1, Relaxed);
///     }
///
///     fn gave_up(&self, event: &GaveUp<'_>) {
///         assert_eq!(event.reason.name(), "exhausted");
///         self.give_ups.fetch_add(1, Relaxed);
///     }
/// }
///
/// static COUNTER: Counter = Counter { retries: AtomicU32::new(0), give_ups: AtomicU32::new(0) };
///
/// retryable::observe::set_observer(&COUNTER)?;
/// let policy = Policy::with_backoff(NoDelay).name("fetch user");
/// assert!(policy.run_blocking(|| Err::<(), _>(transient("down"))).is_err());
/// assert_eq!((COUNTER.retries.load(Relaxed), COUNTER.give_ups.load(Relaxed)), (2, 1));
/// # Ok::<(), retryable::observe::AlreadySet>(())
/// ```
pub trait Observer: Send + Sync {
    /// A retry is scheduled. Called before the wait, and before the hook `on_retry`.
    fn retrying(&self, event: &Retrying<'_>) {
        let _ = event;
    }

    /// The call gave up. Called before the hook `on_give_up`.
    ///
    /// An error that is not retried, such as an ordinary 404, is a give-up too: its reason is
    /// [`GiveUp::NotRetryable`](crate::GiveUp::NotRetryable).
    fn gave_up(&self, event: &GaveUp<'_>) {
        let _ = event;
    }

    /// The call succeeded after at least one retry. In a loop of [`Policy::start`](crate::Policy::start), only
    /// [`Retry::succeeded`](crate::Retry::succeeded) knows of it.
    fn recovered(&self, event: &Recovered<'_>) {
        let _ = event;
    }

    /// The call ended: after its first attempt too, and after [`gave_up`](Self::gave_up) or
    /// [`recovered`](Self::recovered). With the feature `metrics`, because every call pays for it. As with `recovered`,
    /// a loop that succeeds must say so. A call that is dropped has no end.
    #[cfg(feature = "metrics")]
    fn called(&self, event: &Called<'_>) {
        let _ = event;
    }
}

static OBSERVER: OnceLock<&'static dyn Observer> = OnceLock::new();

/// Sets the observer of the process, once and for all calls from now on.
///
/// # Errors
///
/// If an observer was set before, it stays.
pub fn set_observer(observer: &'static dyn Observer) -> Result<(), AlreadySet> {
    OBSERVER.set(observer).map_err(|_| AlreadySet)
}

/// The process has an observer already. Returned by [`set_observer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadySet;

impl fmt::Display for AlreadySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the observer of the process is set already")
    }
}

impl Error for AlreadySet {}

/// The observer of a policy, if it has one.
#[derive(Clone, Copy)]
pub(crate) struct OwnObserver(pub(crate) Option<&'static dyn Observer>);

impl PartialEq for OwnObserver {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            // Without the metadata: one type may have several vtables.
            (Some(own), Some(other)) => std::ptr::addr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

impl fmt::Debug for OwnObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}

/// Whether anything listens to a call whose policy has this observer. Failed attempts ask this, so it is a load and a
/// branch for each kind of listener.
#[inline]
pub(crate) fn is_wanted(own: OwnObserver) -> bool {
    #[cfg(feature = "tracing")]
    let traced = super::tracing::is_enabled();
    #[cfg(not(feature = "tracing"))]
    let traced = false;
    #[cfg(feature = "metrics")]
    let counted = super::metrics::is_enabled();
    #[cfg(not(feature = "metrics"))]
    let counted = false;
    traced || own.0.is_some() || OBSERVER.get().is_some() || counted
}

/// Whether anything listens to calls that succeed at once.
#[cfg(feature = "metrics")]
#[inline]
pub(crate) fn is_every_call_wanted(own: OwnObserver) -> bool {
    own.0.is_some() || OBSERVER.get().is_some() || super::metrics::is_enabled()
}

/// Calls the observer of the policy, that of the process, and those that are built in.
#[cold]
pub(crate) fn notify(own: OwnObserver, event: &dyn Fn(&dyn Observer)) {
    if let Some(own) = own.0 {
        event(own);
    }
    if let Some(&observer) = OBSERVER.get() {
        event(observer);
    }
    #[cfg(feature = "tracing")]
    event(&super::tracing::Events);
    #[cfg(feature = "metrics")]
    if super::metrics::is_enabled() {
        event(&super::metrics::Metrics);
    }
}
