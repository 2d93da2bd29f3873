//! A policy that is replaced while the program runs.

use alloc::sync::Arc;
use core::fmt;

use arc_swap::ArcSwap;

use super::part::Part;
use super::{AnyPolicy, AsPolicy, DynPolicy, Erased, Policy, PolicyView};
use crate::driver::Retry;
use crate::timer::{Clock, DefaultTimer};

/// A policy that can be replaced while the program runs, for calls that fail with `E`: from an admin page, or when a
/// configuration file has changed.
///
/// A call keeps the policy that it began with, from its first attempt to its last. Calls that begin after
/// [`replace`](Self::replace) use the new one. Both are lock-free.
///
/// It is a handle: its clones share the policy. It is `policy = self.policy` in `#[retryable]`, and the policy of a
/// `RetryRequest`, a `RetryClient`, a middleware or a layer. All other calls begin with [`load`](Self::load):
/// `live.load().run(..)`, `live.load().run_blocking(..)`. A loop of the caller begins with [`start`](Self::start).
///
/// A call that succeeds costs about 135 instructions more than with a [`DynPolicy`] in a field, which costs 45 to 105 more than a
/// [`Policy`] in a field (blocking and awaited, counted by callgrind). Use it only if the policy is replaced while the program runs:
/// a `DynPolicy` is enough for one that is read at the start.
///
/// A budget is a part of a policy, so a new policy has that of its own. To keep the tokens, give both the same
/// `Arc<Budget>` or `static`.
///
/// # Examples
///
/// ```
/// use retryable::{Classified, LivePolicy, NoDelay, Policy, retryable, transient};
/// use std::cell::Cell;
///
/// type Error = Classified<&'static str>;
///
/// struct Api {
///     policy: LivePolicy<Error>,
///     calls: Cell<u32>,
/// }
///
/// impl Api {
///     #[retryable(policy = self.policy)]
///     fn fetch(&self) -> Result<(), Error> {
///         self.calls.set(self.calls.get() + 1);
///         Err(transient("busy"))
///     }
/// }
///
/// let policy = LivePolicy::new(Policy::with_backoff(NoDelay).max_attempts(5));
/// let api = Api { policy: policy.clone(), calls: Cell::new(0) };
/// assert!(api.fetch().is_err());
/// assert_eq!(api.calls.take(), 5);
///
/// policy.replace(Policy::with_backoff(NoDelay).max_attempts(2));
/// assert!(api.fetch().is_err());
/// assert_eq!(api.calls.take(), 2);
/// ```
#[must_use = "a policy does nothing until a call is run under it"]
pub struct LivePolicy<E> {
    policy: Arc<ArcSwap<DynPolicy<E>>>,
}

impl<E> LivePolicy<E> {
    /// Makes a handle to a policy.
    pub fn new(policy: impl Into<DynPolicy<E>>) -> Self {
        Self {
            policy: Arc::new(ArcSwap::from_pointee(policy.into())),
        }
    }

    /// Replaces the policy, for calls that begin from now on. Returns the old one.
    pub fn replace(&self, policy: impl Into<DynPolicy<E>>) -> Arc<DynPolicy<E>> {
        self.policy.swap(Arc::new(policy.into()))
    }

    /// Returns the current policy: for one call, or to describe it.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Classified, LivePolicy, Policy, transient};
    ///
    /// let live: LivePolicy<Classified<&str>> = LivePolicy::new(Policy::new().max_attempts(1));
    /// assert!(live.load().run_blocking(|| Err::<(), _>(transient("busy"))).is_err());
    /// assert_eq!(
    ///     live.load().describe().to_string(),
    ///     "1 attempt; no budget",
    /// );
    /// ```
    pub fn load(&self) -> Arc<DynPolicy<E>> {
        self.policy.load_full()
    }

    /// Starts a call whose loop the caller writes, under the current policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Classified, LivePolicy, Policy, transient};
    ///
    /// let live: LivePolicy<Classified<&str>> = LivePolicy::new(Policy::new());
    /// let mut retry = live.start();
    /// live.replace(Policy::new().max_attempts(1));
    /// assert!(retry.again(transient("busy")).is_ok()); // it keeps the policy that it began with
    /// ```
    pub fn start(&self) -> Retry<'static, Arc<DynPolicy<E>>, DefaultTimer> {
        self.start_with(DefaultTimer)
    }

    /// Like [`start`](Self::start), with the caller's clock.
    pub fn start_with<C: Clock>(&self, clock: C) -> Retry<'static, Arc<DynPolicy<E>>, C> {
        Retry::new(self.load(), clock)
    }
}

impl<E> Clone for LivePolicy<E> {
    fn clone(&self) -> Self {
        Self {
            policy: Arc::clone(&self.policy),
        }
    }
}

/// Shows the current policy.
impl<E> fmt::Debug for LivePolicy<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LivePolicy").field(&self.load()).finish()
    }
}

/// A call keeps the policy that it began with.
impl<E> AsPolicy for LivePolicy<E> {
    type Backoff = <DynPolicy<E> as AsPolicy>::Backoff;
    type On = <DynPolicy<E> as AsPolicy>::On;
    type Limit = <DynPolicy<E> as AsPolicy>::Limit;
    type RetryBudget = <DynPolicy<E> as AsPolicy>::RetryBudget;
    type Pinned = Arc<DynPolicy<E>>;

    fn pin(&self) -> Self::Pinned {
        self.load()
    }

    fn as_policy<'p>(&'p self, pinned: &'p Self::Pinned) -> &'p DynPolicy<E> {
        pinned
    }
}

/// The view shares the parts of the current policy, so that a call with it keeps them.
impl<E> AnyPolicy<E> for LivePolicy<E> {
    fn view(&self) -> PolicyView<'_, E> {
        let policy = self.policy.load();
        Policy {
            settings: policy.settings,
            backoff: Erased(Part::Shared(Arc::clone(&policy.backoff.0))),
            on: Erased(Part::Shared(Arc::clone(&policy.on.0))),
            limit: policy.limit,
            budget: Erased(Part::Shared(Arc::clone(&policy.budget.0))),
        }
    }
}
