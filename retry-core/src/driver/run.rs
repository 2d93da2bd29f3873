//! Calls that are awaited: `policy.run(op).await`.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::awaited::Awaited;
use super::call_state::CallState;
use super::enter_attempt;
use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use super::phase::Phase;
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

impl<B, O, L, P: RetryBudget> Policy<B, O, L, P> {
    /// Awaits `op` until it succeeds or the call gives up, and waits in between with the
    /// [`DefaultTimer`](crate::DefaultTimer).
    ///
    /// The result is a future. Set hooks on it before it is awaited.
    ///
    /// The closure is called once for each attempt, so its futures cannot borrow mutably what it captures, and cannot
    /// move it. If the compiler says one of these, write:
    ///
    /// | message | write |
    /// |---|---|
    /// | "captured variable cannot escape `FnMut` closure body", "async closure does not implement `FnMut`" | [`run_async(async \|\| ..)`](Policy::run_async), or the [explicit loop](Policy::start) |
    /// | "cannot move out of a captured variable" | a clone in the closure: `\|\| { let value = value.clone(); async move { .. } }` |
    /// | "is not a future" | [`run_blocking`](Policy::run_blocking), for functions that are not async |
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
    /// Dropping the future cancels everything, in an attempt or in a wait; no tasks are spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Policy, transient};
    /// use std::time::Duration;
    ///
    /// const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let mut left = 3;
    /// let (outcome, report) = POLICY
    ///     .run(|| {
    ///         left -= 1;
    ///         async move { if left == 0 { Ok("up") } else { Err(transient("down")) } }
    ///     })
    ///     .report()
    ///     .await;
    /// assert_eq!(outcome, Ok("up"));
    /// assert_eq!(report.attempts, 3);
    /// # })
    /// ```
    #[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
    pub fn run<F, Fut, T, E, Via: ?Sized, Kind>(
        &self,
        op: F,
    ) -> Run<'_, B, O, L, P, F, Fut, Via, L::Measure<DefaultTimer>, Hooks>
    where
        B: Backoff,
        O: Rule<E, Via>,
        L: Limited<Result<T, E>, DefaultTimer>,
        F: FnMut() -> Fut, // if the future borrows mutably, write `run_async`
        Fut: Awaited<Kind> + Future<Output = Result<T, E>>,
    {
        self.run_with(DefaultTimer, op)
    }

    /// Like [`run`](Self::run), with the caller's timer: for other runtimes, and for tests.
    pub fn run_with<C, F, Fut, T, E, Via: ?Sized, Kind>(
        &self,
        timer: C,
        op: F,
    ) -> Run<'_, B, O, L, P, F, Fut, Via, L::Measure<C>, Hooks>
    where
        B: Backoff,
        O: Rule<E, Via>,
        L: Limited<Result<T, E>, C>,
        F: FnMut() -> Fut, // if the future borrows mutably, write `run_async`
        Fut: Awaited<Kind> + Future<Output = Result<T, E>>,
        C: Timer,
    {
        Run {
            policy: self,
            call: CallState::new(L::measure(timer)),
            op,
            hooks: Hooks::NONE,
            via: PhantomData,
            phase: Phase::idle(),
        }
    }
}

pin_project! {
    /// A call under a policy, as a future. Made by [`Policy::run`] and [`Policy::run_with`].
    // `M` measures the call: nothing under a policy without a limit, and without hooks, so that the future is smaller.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Run<'p, B, O, L, P, F, Fut, Via: ?Sized, M, H>
    where
        Fut: Future,
        M: Measure<Clock: Timer>,
        L: Limited<Fut::Output, M::Clock>,
    {
        policy: &'p Policy<B, O, L, P>,
        call: CallState<M>,
        op: F,
        hooks: H,
        // The `Via` of the error's `Classify`. A function pointer in its place costs 32 instructions for each call that
        // succeeds, and 8 bytes; the type cannot be named anyway, because it contains the type of a closure.
        via: PhantomData<fn(&Via)>,
        #[pin]
        phase: Phase<L::Attempt<Fut>, <M::Clock as Timer>::Sleep, L::Kept>,
    }
}

impl<'p, B, O, L, P, F, Fut, Via: ?Sized, M, C, U, R, G, T, E>
    Run<'p, B, O, L, P, F, Fut, Via, M, Hooks<U, R, G>>
where
    Fut: Future<Output = Result<T, E>>,
    M: Measure<Clock = C>,
    C: Timer,
    L: Limited<Result<T, E>, C>,
{
    /// Sets which `Ok` values end the call, for polling. Any other is a failure of class
    /// [`Transient`](crate::Class::Transient). When attempts run out, the last value is returned.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use retryable::{Policy, TimedOut};
    ///
    /// let mut state = 0;
    /// let ready = Policy::new()
    ///     .run(|| {
    ///         state += 1;
    ///         async move { Ok::<u32, TimedOut>(state) }
    ///     })
    ///     .until(|state| *state == 2)
    ///     .await;
    /// assert_eq!(ready, Ok(2));
    /// # })
    /// ```
    pub fn until<N>(self, until: N) -> Run<'p, B, O, L, P, F, Fut, Via, M, Hooks<N, R, G>>
    where
        N: Fn(&T) -> bool,
    {
        Run {
            policy: self.policy,
            call: self.call,
            op: self.op,
            hooks: self.hooks.until(until),
            via: PhantomData,
            phase: Phase::idle(),
        }
    }

    /// Sets a callback that runs before each wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use retryable::{Policy, transient};
    /// use std::cell::RefCell;
    ///
    /// let log = RefCell::new(Vec::new());
    /// let outcome = Policy::new()
    ///     .run(|| async { Err::<(), _>(transient("down")) })
    ///     .on_retry(|event| log.borrow_mut().push(event.attempt))
    ///     .on_give_up(|event| log.borrow_mut().push(event.attempts))
    ///     .await;
    /// assert!(outcome.is_err());
    /// assert_eq!(log.into_inner(), [1, 2, 3]);
    /// # })
    /// ```
    pub fn on_retry<N>(
        self,
        on_retry: N,
    ) -> Run<'p, B, O, L, P, F, Fut, Via, Stopwatch<C>, Hooks<U, N, G>>
    where
        N: Fn(&RetryEvent<'_, E>),
    {
        self.timed(|hooks| hooks.on_retry(on_retry))
    }

    /// Sets a callback that runs when the call gives up.
    pub fn on_give_up<N>(
        self,
        on_give_up: N,
    ) -> Run<'p, B, O, L, P, F, Fut, Via, Stopwatch<C>, Hooks<U, R, N>>
    where
        N: Fn(&GiveUpEvent<'_, E>),
    {
        self.timed(|hooks| hooks.on_give_up(on_give_up))
    }

    /// Returns a call whose output has a [`Report`] in addition to the outcome, on success too.
    pub fn report(
        self,
    ) -> Reported<Run<'p, B, O, L, P, F, Fut, Via, Stopwatch<C>, Hooks<U, R, G>>> {
        Reported {
            run: self.timed(|hooks| hooks),
        }
    }

    /// Changes the hooks of a call that has not begun, and what measures it: events and reports contain times.
    fn timed<H>(
        self,
        change: impl FnOnce(Hooks<U, R, G>) -> H,
    ) -> Run<'p, B, O, L, P, F, Fut, Via, Stopwatch<C>, H> {
        Run {
            policy: self.policy,
            call: CallState::new(Stopwatch::new(self.call.measure.into_clock())),
            op: self.op,
            hooks: change(self.hooks),
            via: PhantomData,
            phase: Phase::idle(),
        }
    }
}

impl<B, O, L, P, F, Fut, Via: ?Sized, M, C, U, R, G, T, E> Future
    for Run<'_, B, O, L, P, F, Fut, Via, M, Hooks<U, R, G>>
where
    B: Backoff,
    O: Rule<E, Via>,
    L: Limited<Result<T, E>, C>,
    P: RetryBudget,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
    M: Measure<Clock = C>,
    C: Timer,
    U: Until<T>,
    R: OnRetry<E>,
    G: OnGiveUp<E>,
{
    type Output = Result<T, E>;

    // Inlined into the future that awaits it, as the future of an `async fn` is. What follows a failure is not.
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let policy = *this.policy;
        loop {
            let mut too_late = None;
            let begins = !this.phase.is_attempt();
            if begins && !this.call.has_begun() {
                let call = &mut *this.call;
                let timed = Hooks::<U, R, G>::listen();
                call.begin(&policy.settings, &policy.budget, timed);
                let check = || call.give_up_if_past_deadline();
                too_late = policy.limit.too_late(check);
            } else if begins {
                let phase = this.phase.as_mut();
                if let Some(outcome) = ready!(phase.poll_wait(cx, this.call, policy, this.hooks)) {
                    return Poll::Ready(outcome);
                }
            }
            let outcome = match too_late {
                Some(outcome) => outcome,
                None => {
                    #[cfg(feature = "test-util")]
                    let in_attempt = this.call.enter();
                    let call = &*this.call;
                    // The closure may do work itself, so it runs in the attempt too.
                    let (polled, effects) = enter_attempt(call, || {
                        if begins {
                            let remaining = || call.attempt_limit(policy.settings.attempt_timeout);
                            let attempt = (this.op)();
                            let clock = call.measure.clock();
                            let attempt = policy.limit.limited(attempt, clock, remaining);
                            this.phase.as_mut().begin_attempt(attempt);
                        }
                        match this.phase.as_mut().attempt() {
                            Some(attempt) => attempt.poll(cx),
                            // It has begun above, or `begins` is false.
                            None => unreachable!("the attempt has begun"),
                        }
                    });
                    #[cfg(feature = "test-util")]
                    this.call.leave(in_attempt);
                    if let Some(effects) = effects {
                        this.call.absorb(effects);
                    }
                    ready!(polled)
                }
            };
            // An attempt that was cut off is dropped here, before the hooks run: they can use what it held.
            this.phase.as_mut().end_attempt();
            let (call, hooks, phase) = (&mut *this.call, &*this.hooks, this.phase.as_mut());
            let (settings, budget) = (&policy.settings, &policy.budget);
            let (name, last) = (&settings.name, outcome.as_ref());
            if call.settle_success(settings, name, budget, last, &hooks.until) {
                return Poll::Ready(outcome);
            }
            if let Some(outcome) = phase.fail(call, policy, hooks, outcome) {
                return Poll::Ready(outcome);
            }
        }
    }
}

impl<B, O, L, P, F, Fut, Via, M, H> fmt::Debug for Run<'_, B, O, L, P, F, Fut, Via, M, H>
where
    Fut: Future,
    M: Measure<Clock: Timer>,
    L: Limited<Fut::Output, M::Clock>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("attempts", &self.call.report().attempts)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A call whose output is `(Result<T, E>, Report)`. Made by [`Run::report`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Reported<F> {
        #[pin]
        run: F,
    }
}

impl<'p, B, O, L, P, F, Fut, Via: ?Sized, M, H, T, E> Future
    for Reported<Run<'p, B, O, L, P, F, Fut, Via, M, H>>
where
    Run<'p, B, O, L, P, F, Fut, Via, M, H>: Future<Output = Result<T, E>>,
    Fut: Future,
    M: Measure<Clock: Timer>,
    L: Limited<Fut::Output, M::Clock>,
{
    type Output = (Result<T, E>, Report);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut run = self.project().run;
        let this = run.as_mut().project();
        if !this.call.has_begun() {
            this.call.measure_from_now();
        }
        let outcome = ready!(run.as_mut().poll(cx));
        Poll::Ready((outcome, run.as_ref().get_ref().call.report()))
    }
}
