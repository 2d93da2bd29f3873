//! What the code that `#[retryable]` generates calls. Not public API: it changes with the macro.

use core::convert::Infallible;
use core::future::Future;

pub use core::time::Duration;

mod by_policy;
mod checks;
mod rules;

pub use crate::backoff::from_fn;
pub use crate::driver::{Call, Hooks, NoHook, Untimed};
pub use crate::policy::{SoftLimit, TimeLimit, Unlimited};
pub use crate::{
    Budget, Class, Classify, Decorrelated, DefaultTimer, Exponential, Fibonacci, Fixed, Jitter,
    Linear, Nested, NoBudget, NoDelay, On, Policy, TimedOut,
};
pub use by_policy::*;
pub use checks::*;
pub use rules::*;

use crate::driver::{InAttempt, Measure, OnGiveUp, OnRetry, Pause, Stopwatch, Until, within};
use crate::policy::{AttemptLimit, Limited};
use crate::{Backoff, BlockingTimer, Clock, GiveUpEvent, RetryBudget, RetryEvent, Rule, Timer};

/// The base of every shape, where the attribute names none: as in `Policy::new`.
pub const DEFAULT_BASE: Duration = Duration::from_millis(100);

/// What an annotated function returns.
#[diagnostic::on_unimplemented(
    message = "a `#[retryable]` function must return a `Result`",
    label = "this is not a `Result`",
    note = "to retry by the value alone, say which values end the call: `until = |value| …`"
)]
pub trait Outcome {
    /// What it returns when it succeeds.
    type Value: ?Sized;
    /// What it returns when it fails.
    type Error;

    /// The outcome, borrowed.
    fn as_result(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    fn as_result(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}

/// The outcome of a function that returns no `Result`, and is retried by `until` alone.
#[derive(Debug)]
pub struct Plain<'a, T>(&'a T);

#[diagnostic::do_not_recommend]
impl<T> Outcome for Plain<'_, T> {
    type Value = T;
    type Error = Infallible;

    fn as_result(&self) -> Result<&T, &Infallible> {
        Ok(self.0)
    }
}

/// Tells a `Result` from any other value, whatever alias its type is written by: the method of a
/// `Result` is inherent, and found before that of the trait [`PlainOutcome`].
#[derive(Debug)]
pub struct Probe<'a, T>(pub &'a T);

impl<'a, T, E> Probe<'a, Result<T, E>> {
    /// The result.
    pub fn outcome(&self) -> &'a Result<T, E> {
        self.0
    }
}

/// See [`Probe`].
pub trait PlainOutcome<'a, T> {
    /// The value, as an outcome that cannot be an error.
    fn outcome(&self) -> Plain<'a, T>;
}

impl<'a, T> PlainOutcome<'a, T> for Probe<'a, T> {
    fn outcome(&self) -> Plain<'a, T> {
        Plain(self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome> Outcome for &O {
    type Value = O::Value;
    type Error = O::Error;

    fn as_result(&self) -> Result<&O::Value, &O::Error> {
        (**self).as_result()
    }
}

/// `max = …`, for a value that the macro cannot check: the message uses the attribute's word.
///
/// # Panics
///
/// When `max` is 0: in a `const`, as in generated code, that is a compile error.
#[track_caller]
pub const fn max<B, O, L, T>(policy: Policy<B, O, L, T>, max: u32) -> Policy<B, O, L, T> {
    assert!(
        max > 0,
        "`max` counts the first call too, so it must be at least 1"
    );
    policy.max_attempts(max)
}

/// The call begins. `timed`: a hook will ask how long it has taken.
///
/// A budget comes beside the policy, as a `const` policy cannot refer to a `static` that changes.
pub fn start<B, O, L, P, M: Measure>(
    policy: &Policy<B, O, L, P>,
    budget: &impl RetryBudget,
    measure: M,
    timed: bool,
) -> Call<M> {
    let mut call = Call::new(measure);
    call.begin(&policy.settings, budget, timed);
    call
}

/// The call begins, with nothing but a policy: less for the compiler to check than [`start`].
pub fn start_common<B, L>(policy: &Policy<B, On, L>) -> Call<Untimed> {
    start(policy, &NoBudget, Untimed, false)
}

/// A clock that measures the call.
pub fn stopwatch<C: Clock>(clock: C) -> Stopwatch<C> {
    Stopwatch::new(clock)
}

/// An attempt of an `async fn`.
pub fn attempt<M: Measure, F: Future>(call: &mut Call<M>, attempt: F) -> InAttempt<'_, M, F> {
    InAttempt::new(call, attempt)
}

/// The time limit of the attempt that begins now.
#[derive(Clone, Copy, Debug)]
pub struct Limit<L> {
    limit: L,
    left: Option<Duration>,
}

/// What a policy says about the time of the next attempt.
///
/// A copy, because the policy may be a field of `self`, and the attempt may borrow all of `self` mutably.
/// It is not `Copy` itself: a future overlaps the room of a moved value with that of the attempt.
#[derive(Debug)]
pub struct PolicyLimit<L> {
    limit: L,
    attempt_timeout: Option<Duration>,
    max_elapsed: Option<Duration>,
}

/// Copies the limit of a policy.
pub fn policy_limit<B, O, L: Copy, T>(policy: &Policy<B, O, L, T>) -> PolicyLimit<L> {
    PolicyLimit {
        limit: policy.limit,
        attempt_timeout: policy.settings.attempt_timeout,
        max_elapsed: policy.settings.max_elapsed,
    }
}

/// Combines the limit of the policy with what the deadlines leave now. If a deadline has passed, the call
/// gives up and the attempt has no time, so that it ends before it begins.
pub fn limit<L, M>(
    call: &mut Call<M>,
    PolicyLimit {
        limit,
        attempt_timeout,
        max_elapsed,
    }: PolicyLimit<L>,
) -> Limit<L>
where
    L: AttemptLimit,
    M: Measure,
{
    let left = if !limit.cuts_off() {
        None
    } else if call.check_time(max_elapsed).is_some() {
        Some(Duration::ZERO)
    } else {
        call.attempt_limit(attempt_timeout)
    };
    Limit { limit, left }
}

/// An attempt under `policy = …`, which may limit it.
pub fn limited<L, C, F>(limit: Limit<L>, timer: &C, attempt: F) -> L::Attempt<F>
where
    L: Limited<F::Output, C>,
    C: Timer,
    F: Future,
{
    let Limit { limit, left } = limit;
    limit.limited(attempt, timer, || left)
}

/// An attempt that the attribute says how to turn a [`TimedOut`] of into the function's error: by
/// `timed_out = …`, or with settings of the attribute by `From`.
pub fn limited_to<L, C, F>(limit: Limit<L>, timer: &C, attempt: F) -> L::Attempt<Whole<F>>
where
    L: Limited<Result<F::Output, TimedOut>, C>,
    C: Timer,
    F: Future,
{
    limited(limit, timer, Whole::new(attempt))
}

/// What `timed_out = …` takes. The closure may be written without types: `_` says what the function
/// returns.
pub fn timed_out<T, E>(
    _: Option<Result<T, E>>,
    timed_out: TimedOut,
    to_error: impl FnOnce(TimedOut) -> E,
) -> Result<T, E> {
    Err(to_error(timed_out))
}

/// An attempt of a blocking function.
pub fn attempt_blocking<M: Measure, T>(call: &mut Call<M>, attempt: impl FnOnce() -> T) -> T {
    within(call, attempt)
}

/// The attempt has ended, and its error says for itself what it is. `Some`: wait, and make another
/// one.
///
/// The compiler shows the comment at the bound in its error about an ambiguous `Via`.
///
/// Functions with a limit of time keep the outcome during the wait, and come here a second time when they
/// have `waited`: `Some` if another attempt may still begin.
pub fn settle<B, L, P, M, R, Via, U, N, G>(
    call: &mut Call<M>,
    waited: bool,
    policy: &Policy<B, On, L, P>,
    budget: &impl RetryBudget,
    outcome: &R,
    name: &'static str,
    hooks: &Hooks<U, N, G>,
) -> Option<Duration>
where
    B: Backoff,
    M: Measure,
    R: Outcome,
    R::Error: Classify<Via>, // if several impls fit, write `via = Marker` in the attribute
    Via: ?Sized,
    U: Until<R::Value>,
    N: OnRetry<R::Error>,
    G: OnGiveUp<R::Error>,
{
    settle_by(
        call, waited, policy, budget, &policy.on, outcome, name, hooks,
    )
}

/// The attempt has ended, with nothing but a policy: less for the compiler to check than [`settle`].
pub fn settle_common<B, L, R, Via>(
    call: &mut Call<Untimed>,
    policy: &Policy<B, On, L>,
    outcome: &R,
) -> Option<Duration>
where
    B: Backoff,
    R: Outcome,
    R::Error: Classify<Via>, // if several impls fit, write `via = Marker` in the attribute
    Via: ?Sized,
{
    let (budget, hooks) = (&NoBudget, &Hooks::NONE);
    settle(call, false, policy, budget, outcome, "", hooks)
}

/// The attempt has ended, and `rule` says what its error is. As [`settle`].
#[expect(
    clippy::too_many_arguments,
    reason = "generated code passes what it has, and nothing is worth a type"
)]
pub fn settle_by<B, O, L, P, M, R, Via: ?Sized, U, N, G>(
    call: &mut Call<M>,
    waited: bool,
    policy: &Policy<B, O, L, P>,
    budget: &impl RetryBudget,
    rule: &impl Rule<R::Error, Via>,
    outcome: &R,
    name: &'static str,
    hooks: &Hooks<U, N, G>,
) -> Option<Duration>
where
    B: Backoff,
    M: Measure,
    R: Outcome,
    U: Until<R::Value>,
    N: OnRetry<R::Error>,
    G: OnGiveUp<R::Error>,
{
    let outcome = outcome.as_result();
    if waited {
        let ends = call.ends_late(policy, rule, name, outcome, hooks);
        return (!ends).then_some(Duration::ZERO);
    }
    call.settle(policy, budget, rule, name, outcome, hooks)
}

/// What `on = …` takes. The closure may be written without types.
pub fn classifier<R, F, C>(_: &R, classifier: F) -> Checked<F, R::Error, Class>
where
    R: Outcome,
    F: Fn(&R::Error) -> C,
    C: IntoClass,
{
    Checked::new(classifier, |classifier, error| classifier(error).into())
}

/// What `until = …` takes. The closure may be written without types.
pub fn until<R, F>(_: &R, until: F) -> Checked<F, R::Value, bool>
where
    R: Outcome,
    F: Fn(&R::Value) -> bool,
{
    Checked::new(until, |until, value| until(value))
}

/// What `on_retry = …` takes. The closure may be written without types.
pub fn on_retry<R, F>(_: &R, on_retry: F) -> CheckedOnRetry<F, R::Error>
where
    R: Outcome,
    F: Fn(&RetryEvent<'_, R::Error>),
{
    CheckedOnRetry::new(on_retry, |on_retry, event| on_retry(event))
}

/// What `on_give_up = …` takes. The closure may be written without types.
pub fn on_give_up<R, F>(_: &R, on_give_up: F) -> CheckedOnGiveUp<F, R::Error>
where
    R: Outcome,
    F: Fn(&GiveUpEvent<'_, R::Error>),
{
    CheckedOnGiveUp::new(on_give_up, |on_give_up, event| on_give_up(event))
}

/// The hooks that an attribute names.
pub fn hooks<U, N, G>(until: U, on_retry: N, on_give_up: G) -> Hooks<U, N, G> {
    Hooks {
        until,
        on_retry,
        on_give_up,
    }
}

/// The wait of an `async fn`.
pub fn sleep<T: Timer>(timer: T, delay: Duration) -> Pause<T::Sleep> {
    Pause::new(&timer, delay)
}

/// The wait of a blocking function.
pub fn block<T: BlockingTimer>(timer: T, delay: Duration) {
    crate::driver::block(&timer, delay);
}

/// The field of `#[classify(inner)]`.
///
/// Class and hint are asked in two methods. Both go through this one function, so that a type which does
/// not implement `Classify` gets the same message twice, which the compiler shows once.
#[derive(Debug)]
pub struct Inner<'e, E: ?Sized> {
    error: &'e E,
    class: fn(&E) -> Class,
    retry_after: fn(&E) -> Option<Duration>,
}

/// For `#[classify(inner)]`: the field says for itself what it is.
pub fn inner<E, V>(error: &E) -> Inner<'_, E>
where
    E: Classify<V> + ?Sized,
    V: ?Sized,
{
    Inner {
        error,
        class: E::classify,
        retry_after: E::retry_after,
    }
}

impl<E: ?Sized> Inner<'_, E> {
    /// Its class.
    pub fn class(&self) -> Class {
        (self.class)(self.error)
    }

    /// Its hint.
    pub fn retry_after(&self) -> Option<Duration> {
        (self.retry_after)(self.error)
    }
}

/// For `#[classify(with = path)]`.
pub fn classify_with<E: ?Sized, C: IntoClass>(error: &E, classifier: impl Fn(&E) -> C) -> Class {
    classifier(error).into()
}

/// For `#[classify(throttled, retry_after = field)]`.
pub fn throttled(retry_after: &impl RetryAfter) -> Class {
    Class::Throttled {
        retry_after: retry_after.duration(),
    }
}
