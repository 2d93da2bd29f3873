//! Attempts across processes: the attempt of a caller whose request a server handles, and responses which say that
//! the retries of another server gave up.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::{CallScope, Frame, PackedAttempt, enter, mark_enclosing, now};
#[cfg(feature = "test-util")]
use crate::testing::{self, InAttempt};

/// The attempt of a caller in another process, whose request a server handles.
///
/// While code runs in it, [`attempt()`](crate::attempt()) returns its number, if that is known, and no deadline of
/// a call passes the caller's. Afterwards, [`gave_up`](Self::gave_up) returns whether a call in it gave up. If the
/// response is then a failure, the server should ask the caller not to retry; otherwise retries multiply from
/// service to service. For HTTP, a tower layer does all this: `retryable::server`, with the feature `server`.
///
/// In an attempt of the same process, it is the current one while code runs in it. The enclosing attempt is not
/// marked if a call in it gave up: only a failed response matters to the caller.
///
/// # Examples
///
/// ```
/// use retryable::{NoDelay, Policy, Upstream, attempt, transient};
/// use std::time::Duration;
///
/// // What a request said.
/// let mut upstream = Upstream::new().number(2).remaining(Duration::from_millis(500));
/// let response = upstream.serve_blocking(|| {
///     let attempt = attempt().expect("inside the caller's attempt");
///     assert_eq!(attempt.number(), 2);
///     assert!(attempt.remaining() <= Some(Duration::from_millis(500)));
///     Policy::with_backoff(NoDelay).run_blocking(|| Err::<(), _>(transient("down")))
/// });
/// assert!(response.is_err() && upstream.gave_up());
/// ```
#[derive(Debug)]
#[must_use = "the caller's attempt is visible only to code that runs in `serve`"]
pub struct Upstream {
    frame: Frame,
    /// How much time calls in it have skipped.
    #[cfg(feature = "test-util")]
    skipped: Duration,
}

impl Upstream {
    /// Makes an attempt of which nothing is known: [`attempt()`](crate::attempt()) returns `None` in it.
    pub const fn new() -> Self {
        let packed = PackedAttempt::new(0, PackedAttempt::UNLIMITED);
        let scope = CallScope::CLEAR;
        Self {
            frame: Frame { packed, scope },
            #[cfg(feature = "test-util")]
            skipped: Duration::ZERO,
        }
    }

    /// Sets the number of the attempt, from 1. With 0, it stays unknown.
    pub const fn number(mut self, number: u32) -> Self {
        let number = match number {
            u32::MAX => u32::MAX - 1,
            number => number,
        };
        self.frame.packed = self.frame.packed.numbered(number);
        self
    }

    /// How long the caller waits, from now on. Measured by the clock of [`DefaultTimer`](crate::DefaultTimer).
    pub fn remaining(mut self, remaining: Duration) -> Self {
        self.frame.scope.deadline = now().after(remaining);
        self.frame.packed = self.frame.packed.with_scope();
        self
    }

    /// Awaits `future` in this attempt: it is the current one while `future` is polled.
    ///
    /// # Cancel safety
    ///
    /// Dropping the returned future drops `future`. Between polls, no attempt is current.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use retryable::{Upstream, attempt};
    ///
    /// let mut upstream = Upstream::new().number(3);
    /// let number = upstream.serve(async { attempt().map(|attempt| attempt.number()) }).await;
    /// assert_eq!((number, upstream.gave_up()), (Some(3), false));
    /// # })
    /// ```
    pub fn serve<F: Future>(&mut self, future: F) -> impl Future<Output = F::Output> {
        let upstream = self;
        InUpstream { upstream, future }
    }

    /// Runs `code` in this attempt. In a future written by hand, `code` is each poll. Afterwards, the previous attempt
    /// is current again, after a panic too.
    pub fn serve_blocking<T>(&mut self, code: impl FnOnce() -> T) -> T {
        #[cfg(feature = "test-util")]
        let in_attempt = InAttempt::enter(self.skipped.max(testing::ahead()));
        let Frame { packed, scope } = self.frame;
        let (output, effects) = enter(packed, || scope, code);
        #[cfg(feature = "test-util")]
        {
            self.skipped = in_attempt.leave();
            testing::advance(self.skipped);
        }
        if let Some(effects) = effects {
            self.frame.packed = self.frame.packed.after(effects);
            self.frame.scope.call_number = effects.call_number;
        }
        output
    }

    /// Returns whether a call in this attempt gave up, as far as the attempt has been served.
    pub const fn gave_up(&self) -> bool {
        self.frame.packed.is_marked()
    }
}

impl Default for Upstream {
    fn default() -> Self {
        Self::new()
    }
}

pin_project! {
    #[must_use = "futures do nothing unless they are awaited"]
    struct InUpstream<'u, F> {
        upstream: &'u mut Upstream,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for InUpstream<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let future = this.future;
        this.upstream.serve_blocking(|| future.poll(cx))
    }
}

/// Marks the current attempt, if any, as one in which a nested call gave up.
///
/// For calls that this process did not make: a response may say that the server's own retries gave up. If the
/// attempt then fails, the call gives up, except with [`Nested::Multiply`](crate::Nested::Multiply), and the
/// enclosing attempts are marked too. `retry-reqwest` calls this for a response with `x-should-retry: false`.
///
/// # Examples
///
/// ```
/// use retryable::{GiveUp, NoDelay, Policy, note_give_up, transient};
///
/// let (outcome, report) = Policy::with_backoff(NoDelay)
///     .blocking(|| {
///         note_give_up(); // the response said so
///         Err::<(), _>(transient("down"))
///     })
///     .report();
/// assert!(outcome.is_err());
/// assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Nested)));
/// ```
pub fn note_give_up() {
    mark_enclosing();
}
