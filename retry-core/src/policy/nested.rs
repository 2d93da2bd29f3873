//! What happens when a retry runs inside another retry.

/// What a call does if a retry nested in its attempt gave up, and the attempt then fails.
///
/// Stacked retries multiply: three layers of 5 attempts make 125 calls. So a call that gives up marks the enclosing
/// attempt. If that attempt fails too, its call gives up, and three layers of 5 make 5 calls. An attempt that
/// succeeds, because the failure was handled, counts as any other success. See the
/// [Google SRE book](https://sre.google/sre-book/handling-overload/) on why only one layer should retry.
///
/// # Examples
///
/// ```
/// use retryable::{Nested, NoDelay, Policy, transient};
///
/// let inner = Policy::with_backoff(NoDelay).max_attempts(5);
/// let calls = std::cell::Cell::new(0);
/// let fetch = || {
///     inner.run_blocking(|| {
///         calls.set(calls.get() + 1);
///         Err::<(), _>(transient("down"))
///     })
/// };
///
/// let outer = Policy::with_backoff(NoDelay).max_attempts(5);
/// assert!(outer.run_blocking(fetch).is_err());
/// assert_eq!(calls.take(), 5);
///
/// assert!(outer.nested(Nested::Multiply).run_blocking(fetch).is_err());
/// assert_eq!(calls.take(), 25);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nested {
    /// Gives up too, with [`GiveUp::Nested`](crate::GiveUp::Nested). The default.
    #[default]
    Stop,
    /// Ignores that a nested retry gave up.
    Multiply,
}
