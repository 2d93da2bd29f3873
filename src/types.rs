//! What calls return and what setters require: types and traits that code rarely names.
//!
//! Every name that an application writes is at the root of the crate.

// Calls that have not begun, calls in progress, waits.
#[cfg(feature = "tokio")]
pub use retry_core::DefaultSleep;
#[cfg(feature = "test-util")]
pub use retry_core::VirtualSleep;
pub use retry_core::{Blocking, Pause, Reported, Run, RunAsync, RunningAsync, Schedule, Timed};

// Parts of a policy and of a call.
pub use retry_core::{Causes, Erased, ErasedLimit, Hooks, NoHook, PolicyView};

// Bounds.
pub use retry_core::{
    AsPolicy, AttemptLimit, BlockingLimit, CauseList, FromTimedOut, Limited, OnGiveUp, OnRetry,
    Opaque, Rule, Until,
};
