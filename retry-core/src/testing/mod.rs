//! Tests of code that retries: without waiting, without retries, with outcomes from a script, with a record of attempts.
//!
//! For dev-dependencies only: `retryable = { version = "…", features = ["test-util"] }` in `[dev-dependencies]`. Cargo
//! then builds the feature into tests and not into the program.
//!
//! | function | effect |
//! |---|---|
//! | [`no_delay()`] | waits take no time |
//! | [`no_retries()`] | one attempt |
//! | [`max_attempts()`] | at most so many attempts |
//! | [`seed()`] | the same jitter in each run |
//!
//! Each is active on its thread until the value that it returns is dropped. If scopes are nested, the innermost one
//! counts, setting by setting. [`with`] is for futures, [`everywhere`] and the environment variable `RETRYABLE_TEST` are for
//! the whole process. They act on every form of retry, and on calls that have begun before.
//!
//! [`record`] and [`record_async`] return what each call did: its attempts, classes, delays, and why it gave up.
//!
//! # Examples
//!
//! ```
//! use retryable::testing::{self, Script};
//! use retryable::{Classified, retryable, transient};
//!
//! #[retryable(max = 5, base = "10s")]
//! fn fetch(script: &Script<Result<u32, Classified<&'static str>>>) -> Result<u32, Classified<&'static str>> {
//!     script.next()
//! }
//!
//! let _quick = testing::no_delay();
//! let script = Script::new([Err(transient("busy")), Err(transient("busy")), Ok(7)]);
//! assert_eq!(fetch(&script), Ok(7)); // at once
//! script.finish();
//! ```

mod mode;
mod record;
mod scope;
mod script;
mod skipped;

pub use mode::Mode;
pub use record::{Record, record, record_async};
pub use scope::{Scope, everywhere, with};
pub use script::Script;

pub(crate) use record::{began, failed, is_recording, succeeded};
pub(crate) use skipped::{InAttempt, Skipped, advance, ahead, skips_waits};

use crate::policy::Settings;
use scope::Effect;

/// The settings of a policy in the mode that is active.
pub(crate) fn apply(settings: &Settings) -> Settings {
    scope::current().apply(settings)
}

/// Makes waits between attempts take no time.
///
/// It never changes a decision: delays are decided, compared with the deadline, reported to hooks and counted by
/// [`Report::slept`](crate::Report::slept) as if they had been waited out. Time limits of attempts stay. An awaited call
/// still lets other tasks run between two attempts.
///
/// It acts on waits with the [`DefaultTimer`](crate::DefaultTimer), and not on a timer that a test passes.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, testing, transient};
/// use std::time::Duration;
///
/// let _quick = testing::no_delay();
/// let policy = Policy::fixed(Duration::from_secs(10)).max_attempts(4);
/// let (_, report) = policy.blocking(|| Err::<(), _>(transient("down"))).report();
/// assert_eq!(report.slept, Duration::from_secs(30));
/// ```
pub fn no_delay() -> Scope {
    Scope::enter(Effect::Mode(Mode::new().no_delay()))
}

/// Allows one attempt for each call.
///
/// # Examples
///
/// ```
/// use retryable::{GiveUp, Policy, testing, transient};
///
/// let _once = testing::no_retries();
/// let (_, report) = Policy::new().blocking(|| Err::<(), _>(transient("down"))).report();
/// assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Exhausted)));
/// ```
pub fn no_retries() -> Scope {
    Scope::enter(Effect::Mode(Mode::new().no_retries()))
}

/// Allows at most `max` attempts for each call, and no more than its policy does.
///
/// # Panics
///
/// If `max` is 0.
#[track_caller]
pub fn max_attempts(max: u32) -> Scope {
    Scope::enter(Effect::Mode(Mode::new().max_attempts(max)))
}

/// Draws the same jitter in all calls, except those whose policy has a [`seed`](crate::Policy::seed).
///
/// # Examples
///
/// ```
/// use retryable::{Policy, testing, transient};
///
/// let (_quick, _same) = (testing::no_delay(), testing::seed(7));
/// let (_, report) = Policy::new().blocking(|| Err::<(), _>(transient("down"))).report();
/// assert_eq!(report.slept, Policy::new().schedule(7).sum());
/// ```
pub fn seed(seed: u64) -> Scope {
    Scope::enter(Effect::Mode(Mode::new().seed(seed)))
}
