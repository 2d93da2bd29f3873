//! The drivers: thin loops around the machine. They run attempts and wait.

mod awaited;
mod begun;
mod blocking;
mod call_env;
mod call_state;
mod delay;
mod hooks;
#[cfg(not(any(feature = "smol", feature = "tokio", feature = "wasm")))]
mod no_default_timer;
#[cfg_attr(feature = "observe", path = "observed.rs")]
#[cfg_attr(not(feature = "observe"), path = "unobserved.rs")]
mod observed;
mod pause;
mod phase;
mod retry;
mod run;
mod run_async;
mod scoped_attempt;
mod settle;
#[cfg(not(feature = "overrides"))]
mod unpinned;

#[cfg(feature = "overrides")]
use crate::config::Pinned;
#[cfg(not(feature = "overrides"))]
use unpinned::Pinned;

pub use awaited::Awaited;
#[cfg(feature = "overrides")]
pub(crate) use begun::Begun;
pub use blocking::Blocking;
pub use call_state::CallState;
pub(crate) use call_state::Judged;
pub use delay::Delay;
pub use hooks::{Hooks, NoHook, OnGiveUp, OnRetry, Until};
pub(crate) use observed::Kept;
pub(crate) use pause::OwningPause;
pub use pause::Pause;
pub(crate) use pause::block;
#[cfg(feature = "tower")]
pub(crate) use phase::Phase;
pub use retry::Retry;
pub use run::{Reported, Run};
pub use run_async::{RunAsync, RunningAsync};
pub(crate) use scoped_attempt::{OwningAttempt, ScopedAttempt, enter_attempt, run_scoped};
