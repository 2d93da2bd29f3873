//! `Script`: what a fake returns, call by call.

use core::fmt;
use std::sync::{Mutex, PoisonError};
use std::vec::Vec;

/// Outcomes that a fake returns one after the other, and a count of its calls. For tests: a mistake is a panic.
///
/// It is shared by reference, or in an `Arc`, with anything that calls [`next`](Self::next).
///
/// # Examples
///
/// ```
/// use retryable::testing::Script;
/// use retryable::{NoDelay, Policy, transient};
///
/// let script = Script::new([Err(transient("busy")), Ok(7)]);
/// let policy = Policy::with_backoff(NoDelay);
/// assert_eq!(policy.run_blocking(|| script.next()), Ok(7));
/// assert_eq!(script.calls(), 2);
/// script.finish();
/// ```
///
/// ```should_panic
/// # use retryable::testing::Script;
/// let script = Script::new(["first", "second", "third"]);
/// for _ in 0..4 {
///     script.next(); // panics: call 4, but the script has 3 outcomes
/// }
/// ```
pub struct Script<T> {
    state: Mutex<State<T>>,
    len: usize,
}

struct State<T> {
    /// The next one is the last, so that taking it moves no other.
    left: Vec<T>,
    calls: usize,
}

impl<T> Script<T> {
    /// Makes a script of these outcomes.
    pub fn new(outcomes: impl IntoIterator<Item = T>) -> Self {
        let mut left = Vec::from_iter(outcomes);
        left.reverse();
        let len = left.len();
        let state = Mutex::new(State { left, calls: 0 });
        Self { state, len }
    }

    /// Returns the next outcome.
    ///
    /// # Panics
    ///
    /// If there is none left.
    #[track_caller]
    pub fn next(&self) -> T {
        let (outcome, calls) = self.with(|state| {
            state.calls += 1;
            (state.left.pop(), state.calls)
        });
        match outcome {
            Some(outcome) => outcome,
            None => panic!("call {calls}, but the script has {}", outcomes(self.len)),
        }
    }

    /// Returns how often [`next`](Self::next) was called.
    pub fn calls(&self) -> usize {
        self.with(|state| state.calls)
    }

    /// Ends the script.
    ///
    /// # Panics
    ///
    /// If there are outcomes left.
    #[track_caller]
    pub fn finish(self) {
        let calls = self.calls();
        let plural = if calls == 1 { "" } else { "s" };
        assert!(
            calls >= self.len,
            "the script has {}, but only {calls} call{plural} came",
            outcomes(self.len),
        );
    }

    /// No code panics while it holds the lock.
    fn with<R>(&self, code: impl FnOnce(&mut State<T>) -> R) -> R {
        code(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn outcomes(len: usize) -> impl fmt::Display {
    struct Outcomes(usize);

    impl fmt::Display for Outcomes {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let plural = if self.0 == 1 { "" } else { "s" };
            write!(f, "{} outcome{plural}", self.0)
        }
    }

    Outcomes(len)
}

impl<T> fmt::Debug for Script<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("calls", &self.calls())
            .field("outcomes", &self.len)
            .finish_non_exhaustive()
    }
}
