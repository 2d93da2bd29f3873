//! Calls of async closures: `policy.run_async(async || ..).await`.

use core::fmt;
use core::future::{Future, IntoFuture};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::call_state::CallState;
use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use super::{Pause, ScopedAttempt};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::classify::Rule;
use crate::event::{GiveUpEvent, RetryEvent};
use crate::give_up::Report;
use crate::measure::{Measure, Stopwatch};
use crate::policy::{Limited, Policy};
#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
use crate::timer::DefaultTimer;
use crate::timer::Timer;

impl<B, O, L, P> Policy<B, O, L, P>
where
    B: Backoff,
    P: RetryBudget,
{
    /// Like [`run`](Self::run), for an async closure: each attempt may borrow mutably what the closure
    /// captures.
    ///
    /// The attempts begin when the returned value is awaited. Set hooks on it before.
    ///
    /// In a task that moves between threads, write `async move ||`, so that the closure owns what its attempts
    /// borrow. The compiler cannot prove yet that the future of a closure which borrows is `Send`
    /// (rust-lang/rust#110338). There, [`start`](Self::start) and a loop do the same.
    ///
    /// # Errors
    ///
    /// The error of the last attempt, unchanged.
    ///
    /// # Panics
    ///
    /// In a tokio runtime that was built without its timer, at the first wait:
    /// [`DefaultTimer`](crate::DefaultTimer#panics) says what to write there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels everything; no tasks are spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Classified, Policy, transient};
    ///
    /// /// A connection that fails on its first query.
    /// struct Connection {
    ///     queries: u32,
    /// }
    ///
    /// impl Connection {
    ///     async fn query(&mut self) -> Result<u32, Classified<&'static str>> {
    ///         self.queries += 1;
    ///         if self.queries == 1 { Err(transient("busy")) } else { Ok(self.queries) }
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let mut connection = Connection { queries: 0 };
    /// let rows = Policy::new()
    ///     .run_async(async || connection.query().await)
    ///     .on_retry(|event| eprintln!("attempt {} failed", event.attempt))
    ///     .await;
    /// assert_eq!(rows, Ok(2));
    /// # })
    /// ```
    #[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
    pub fn run_async<F, T, E, Via>(
        &self,
        op: F,
    ) -> RunAsync<
        '_,
        Self,
        F,
        DefaultTimer,
        Hooks,
        impl Future<Output = (Result<T, E>, Report)> + use<'_, B, O, L, P, F, T, E, Via>,
    >
    where
        F: AsyncFnMut() -> Result<T, E>, // for a function that is not async, write `run_blocking`
        O: Rule<E, Via>,
        L: Limited<Result<T, E>, DefaultTimer>,
        Via: ?Sized,
    {
        self.run_async_with(DefaultTimer, op)
    }

    /// Like [`run_async`](Self::run_async), with the caller's timer: for other runtimes, and for tests.
    pub fn run_async_with<C, F, T, E, Via>(
        &self,
        timer: C,
        op: F,
    ) -> RunAsync<
        '_,
        Self,
        F,
        C,
        Hooks,
        impl Future<Output = (Result<T, E>, Report)> + use<'_, B, O, L, P, C, F, T, E, Via>,
    >
    where
        C: Timer,
        F: AsyncFnMut() -> Result<T, E>,
        O: Rule<E, Via>,
        L: Limited<Result<T, E>, C>,
        Via: ?Sized,
    {
        RunAsync {
            policy: self,
            op,
            timer,
            hooks: Hooks::NONE,
            drive,
        }
    }
}

/// A call of an async closure that has not begun: `.await` it. Made by [`Policy::run_async`] and
/// [`Policy::run_async_with`].
///
/// It is not a future itself but becomes one, because only the compiler can name the future of an async closure.
#[must_use = "nothing is called before `.await`"]
pub struct RunAsync<'p, P, F, C, H, Fut> {
    policy: &'p P,
    op: F,
    timer: C,
    hooks: H,
    drive: fn(&'p P, F, C, H, bool) -> Fut,
}

/// Writes a setter. A hook changes the type of the future, so each of them names the loop again.
macro_rules! setter {
    ($(#[$doc:meta])* $hook:ident: $function:path, $hooks:ty) => {
        $(#[$doc])*
        pub fn $hook<N, Via>(
            self,
            $hook: N,
        ) -> RunAsync<
            'p,
            Policy<B, O, L, P>,
            F,
            C,
            $hooks,
            impl Future<Output = (Result<T, E>, Report)>
            + use<'p, B, O, L, P, F, C, U, R, G, Fut, T, E, N, Via>,
        >
        where
            N: $function,
            O: Rule<E, Via>,
            Via: ?Sized,
        {
            RunAsync {
                policy: self.policy,
                op: self.op,
                timer: self.timer,
                hooks: self.hooks.$hook($hook),
                drive,
            }
        }
    };
}

impl<'p, B, O, L, P, F, C, U, R, G, Fut, T, E>
    RunAsync<'p, Policy<B, O, L, P>, F, C, Hooks<U, R, G>, Fut>
where
    B: Backoff,
    L: Limited<Result<T, E>, C>,
    P: RetryBudget,
    F: AsyncFnMut() -> Result<T, E>,
    C: Timer,
    U: Until<T>,
    R: OnRetry<E>,
    G: OnGiveUp<E>,
    Fut: Future<Output = (Result<T, E>, Report)>,
{
    setter! {
        /// Sets which `Ok` values end the call, for polling. Any other is a failure of class
        /// [`Transient`](crate::Class::Transient). When attempts run out, the last value is returned.
        until: Fn(&T) -> bool, Hooks<N, R, G>
    }

    setter! {
        /// Sets a callback that runs before each wait.
        on_retry: Fn(&RetryEvent<'_, E>), Hooks<U, N, G>
    }

    setter! {
        /// Sets a callback that runs when the call gives up.
        on_give_up: Fn(&GiveUpEvent<'_, E>), Hooks<U, R, N>
    }

    /// Returns the call as a future of the outcome and a [`Report`] of what the call took, on success too.
    pub fn report(self) -> Fut {
        (self.drive)(self.policy, self.op, self.timer, self.hooks, true)
    }
}

impl<P, F, C, H, Fut, T, E> IntoFuture for RunAsync<'_, P, F, C, H, Fut>
where
    Fut: Future<Output = (Result<T, E>, Report)>,
{
    type Output = Result<T, E>;
    type IntoFuture = RunningAsync<Fut>;

    fn into_future(self) -> RunningAsync<Fut> {
        RunningAsync {
            call: (self.drive)(self.policy, self.op, self.timer, self.hooks, false),
        }
    }
}

pin_project! {
    /// A call of an async closure, as a future. Made by awaiting a [`RunAsync`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct RunningAsync<Fut> {
        #[pin]
        call: Fut,
    }
}

impl<Fut, T, E> Future for RunningAsync<Fut>
where
    Fut: Future<Output = (Result<T, E>, Report)>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (outcome, _) = ready!(self.project().call.poll(cx));
        Poll::Ready(outcome)
    }
}

/// The loop. `reported`: the caller asks for a report, so the call is measured.
async fn drive<B, O, L, P, F, C, U, R, G, T, E, Via>(
    policy: &Policy<B, O, L, P>,
    mut op: F,
    timer: C,
    hooks: Hooks<U, R, G>,
    reported: bool,
) -> (Result<T, E>, Report)
where
    B: Backoff,
    O: Rule<E, Via>,
    L: Limited<Result<T, E>, C>,
    P: RetryBudget,
    F: AsyncFnMut() -> Result<T, E>,
    C: Timer,
    U: Until<T>,
    R: OnRetry<E>,
    G: OnGiveUp<E>,
    Via: ?Sized,
{
    let Policy {
        settings,
        on: rule,
        limit,
        budget,
        ..
    } = policy;
    let mut call = CallState::new(Stopwatch::new(timer));
    call.begin(settings, budget, reported || Hooks::<U, R, G>::listen());
    let mut too_late = limit.too_late(|| call.give_up_if_past_deadline());
    loop {
        let outcome = match too_late.take() {
            Some(outcome) => outcome,
            None => {
                let remaining = || call.attempt_limit(settings.attempt_timeout);
                let attempt = limit.limited(op(), call.measure.clock(), remaining);
                ScopedAttempt::new(&mut call, attempt).await
            }
        };
        // The attempt was dropped: hooks find free what it held.
        let Some(delay) = call.settle(policy, budget, rule, outcome.as_ref(), &hooks) else {
            return (outcome, call.report());
        };
        let kept = limit.keep(outcome);
        Pause::new(call.measure.clock(), delay).await;
        if let Some(outcome) = L::kept(kept) {
            if call.settle_wait(policy, rule, outcome.as_ref(), &hooks) {
                return (outcome, call.report());
            }
        }
    }
}

impl<P, F, C, H, Fut> fmt::Debug for RunAsync<'_, P, F, C, H, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAsync").finish_non_exhaustive()
    }
}

impl<Fut> fmt::Debug for RunningAsync<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningAsync").finish_non_exhaustive()
    }
}
