//! Where a mode or a recording is active: on a thread, while a future is polled, in the process.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{PoisonError, RwLock};
use std::vec::Vec;

use pin_project_lite::pin_project;

use super::mode::{Mode, from_env};
use super::record::Recorder;

/// The mode of [`everywhere`].
static PROCESS: RwLock<Mode> = RwLock::new(Mode::new());

std::thread_local! {
    /// The scopes of this thread, the innermost last. Each has a number, so that scopes that are not dropped in order
    /// do not bring one another back.
    static SCOPES: RefCell<Vec<(u64, Effect)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// What is active in a scope.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    Mode(Mode),
    Record(Recorder),
}

/// A mode that is active on this thread until this value is dropped, on a panic too.
#[derive(Debug)]
#[must_use = "the mode ends when this value is dropped: `let _scope = …`"]
pub struct Scope {
    number: u64,
    /// The scope is of this thread.
    not_send: PhantomData<*const ()>,
}

impl Scope {
    pub(super) fn enter(effect: Effect) -> Self {
        let number = NEXT.get();
        NEXT.set(number + 1);
        SCOPES.with_borrow_mut(|scopes| scopes.push((number, effect)));
        Self {
            number,
            not_send: PhantomData,
        }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // An error says that the thread ends, and its scopes with it.
        let _ = SCOPES.try_with(|scopes| {
            let mut scopes = scopes.borrow_mut();
            scopes.retain(|(number, _)| *number != self.number);
        });
    }
}

/// The mode that is active for code on this thread.
pub(super) fn current() -> Mode {
    let inner = SCOPES.try_with(|scopes| {
        let scopes = scopes.borrow();
        let outward = scopes.iter().rev();
        outward.fold(Mode::new(), |inner, (_, outer)| match outer {
            Effect::Mode(outer) => inner.or(*outer),
            Effect::Record(_) => inner,
        })
    });
    let process = *PROCESS.read().unwrap_or_else(PoisonError::into_inner);
    inner.unwrap_or_default().or(process).or(from_env())
}

/// Calls `code` with each recording that is active on this thread. `code` makes no retried call.
pub(super) fn each_recorder(mut code: impl FnMut(&Recorder)) {
    // An error says that the thread ends, and its recordings with it.
    let _ = SCOPES.try_with(|scopes| {
        for (_, effect) in &*scopes.borrow() {
            if let Effect::Record(recorder) = effect {
                code(recorder);
            }
        }
    });
}

/// Sets the mode of the whole process, spawned tasks and threads included. Replaces the mode of an earlier call.
///
/// A test binary runs its tests at once, in one process: call it where it suits all of them. The environment variable
/// `RETRYABLE_TEST`, such as `RETRYABLE_TEST="no-delay,max=2,seed=7"`, does the same from outside. What a scope or this
/// function sets comes before it.
///
/// # Examples
///
/// ```standalone_crate
/// use retryable::testing::{self, Mode};
/// use retryable::{Policy, transient};
/// use std::time::Duration;
///
/// testing::everywhere(Mode::new().no_retries());
/// let thread = std::thread::spawn(|| {
///     let policy = Policy::fixed(Duration::from_secs(60));
///     policy.blocking(|| Err::<(), _>(transient("down"))).report().1
/// });
/// assert_eq!(thread.join().unwrap().attempts, 1);
/// ```
pub fn everywhere(mode: Mode) {
    *PROCESS.write().unwrap_or_else(PoisonError::into_inner) = mode;
}

/// Awaits `future` in this mode, which is active while `future` is polled, on any thread.
///
/// Tasks that `future` spawns are outside of it: each is polled on its own. Use [`everywhere`] for them.
pub fn with<F: Future>(mode: Mode, future: F) -> impl Future<Output = F::Output> {
    with_effect(Effect::Mode(mode), future)
}

pub(super) fn with_effect<F: Future>(effect: Effect, future: F) -> impl Future<Output = F::Output> {
    With { effect, future }
}

pin_project! {
    #[must_use = "futures do nothing unless they are awaited"]
    struct With<F> {
        effect: Effect,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for With<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _scope = Scope::enter(this.effect.clone());
        this.future.poll(cx)
    }
}
