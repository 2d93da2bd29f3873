//! Attempts across processes: that of the caller whose request a server answers, and what the answers
//! of other servers say of their own retries.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::{CallScope, Frame, PackedAttempt, enter, mark_enclosing, now};
#[cfg(feature = "test-util")]
use crate::testing::{self, InAttempt};

/// The attempt of a caller in another process, in which a server answers a request.
///
/// While code is in it, [`attempt()`](crate::attempt()) gives its number, if that is known, and the
/// deadlines of calls never pass the caller's. Afterwards [`gave_up`](Self::gave_up) tells whether a
/// call in it gave up: a server whose answer fails then should tell the caller not to retry, or retries
/// multiply from service to service. For HTTP, `retry-reqwest` does all this with a layer of tower.
///
/// In an attempt of the same process, it is the current one while code is in it. That a call in it gave
/// up is not told to the one around: that is up to the answer.
///
/// # Examples
///
/// ```
/// use retryable::{NoDelay, Policy, Upstream, attempt, transient};
/// use std::time::Duration;
///
/// // What a request said.
/// let mut upstream = Upstream::new().number(2).remaining(Duration::from_millis(500));
/// let answer = upstream.serve_blocking(|| {
///     let attempt = attempt().expect("inside the caller's attempt");
///     assert_eq!(attempt.number(), 2);
///     assert!(attempt.remaining() <= Some(Duration::from_millis(500)));
///     Policy::with_backoff(NoDelay).run_blocking(|| Err::<(), _>(transient("down")))
/// });
/// assert!(answer.is_err() && upstream.gave_up());
/// ```
#[derive(Debug)]
#[must_use = "nothing knows of the caller's attempt outside of `serve`"]
pub struct Upstream {
    frame: Frame,
    /// How much time calls in it have skipped.
    #[cfg(feature = "test-util")]
    skipped: Duration,
}

impl Upstream {
    /// An attempt of which nothing is known, so that [`attempt()`](crate::attempt()) gives `None`.
    pub const fn new() -> Self {
        let packed = PackedAttempt::new(0, PackedAttempt::UNLIMITED);
        let scope = CallScope::CLEAR;
        Self {
            frame: Frame { packed, scope },
            #[cfg(feature = "test-util")]
            skipped: Duration::ZERO,
        }
    }

    /// Which attempt it is, from 1; with 0, that stays unknown.
    pub const fn number(mut self, number: u32) -> Self {
        let number = match number {
            u32::MAX => u32::MAX - 1,
            number => number,
        };
        self.frame.packed = PackedAttempt::new(number, PackedAttempt::UNLIMITED);
        self
    }

    /// How long the caller waits, from now on. Measured by the clock of [`DefaultTimer`](crate::DefaultTimer).
    pub fn remaining(mut self, remaining: Duration) -> Self {
        self.frame.scope.deadline = now().after(remaining);
        self
    }

    /// Awaits `future` in this attempt: it is the current one while `future` is polled.
    ///
    /// # Cancel safety
    ///
    /// To drop the future drops `future`; between polls, nothing is left behind.
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

    /// Runs `code` in this attempt; for futures written by hand, each poll. What was current before is so
    /// again afterwards, after a panic too.
    pub fn serve_blocking<T>(&mut self, code: impl FnOnce() -> T) -> T {
        #[cfg(feature = "test-util")]
        let in_attempt = InAttempt::enter(self.skipped.max(testing::ahead()));
        let (output, effects) = enter(self.frame, code);
        #[cfg(feature = "test-util")]
        {
            self.skipped = in_attempt.leave();
            testing::advance(self.skipped);
        }
        if let Some(effects) = effects {
            self.frame.packed = self.frame.packed.marked(effects.marked);
            self.frame.scope.call_number = effects.call_number;
        }
        output
    }

    /// Whether a call in this attempt gave up, in so far as it has been served.
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

/// Tells the attempt that this code runs in, if any, that a call inside of it gave up: one that nobody
/// here made, as when a server answers that its own retries were in vain.
///
/// It counts as any nested retry that gave up. If the attempt fails, there is no other one, except with
/// [`Nested::Multiply`](crate::Nested::Multiply), and the attempts around it are told too.
/// `retry-reqwest` calls this for an answer with `x-should-retry: false`.
///
/// # Examples
///
/// ```
/// use retryable::{GiveUp, NoDelay, Policy, note_give_up, transient};
///
/// let (outcome, report) = Policy::with_backoff(NoDelay)
///     .blocking(|| {
///         note_give_up(); // the answer said so
///         Err::<(), _>(transient("down"))
///     })
///     .report();
/// assert!(outcome.is_err());
/// assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Nested)));
/// ```
pub fn note_give_up() {
    mark_enclosing();
}
