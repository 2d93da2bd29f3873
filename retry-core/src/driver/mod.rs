//! The drivers: thin loops around the machine that run attempts and wait.

pub mod attribute;
mod blocking;
mod by_policy;
mod call;
mod checks;
mod delay;
mod explicit;
mod hooks;
mod measure;
mod pause;
mod rules;
mod run;
mod run_async;

pub use blocking::Blocking;
pub(crate) use call::Call;
pub use delay::Delay;
pub use explicit::Retry;
pub use hooks::{Hooks, NoHook, OnGiveUp, OnRetry, Until};
pub(crate) use measure::Measure;
pub use pause::Pause;
use pause::block;
pub use run::{Reported, Run};
pub use run_async::{RunAsync, RunningAsync};
