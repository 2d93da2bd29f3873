//! What becomes of retries inside retries.

/// What a call does when a retry that was nested in its attempt gave up, and the attempt then fails.
///
/// Stacked retries multiply: three layers of 5 make 125 calls. A call that gives up therefore marks
/// the attempt that it was made in; if that attempt fails too, there is no other one, and three layers
/// of 5 make 5. An attempt that succeeds after all, because the failure was handled, counts as any
/// other success. See the [Google SRE book](https://sre.google/sre-book/handling-overload/) on why
/// only one layer should retry.
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
    /// Goes on as if nothing had been nested.
    Multiply,
}
