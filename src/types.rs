//! What calls return and what setters require: types and traits that code rarely names.
//!
//! Every name that an application writes is at the root of the crate.

// Calls that have not begun, and waits.
#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
pub use retry_core::DefaultSleep;
#[cfg(all(feature = "smol", not(target_family = "wasm")))]
pub use retry_core::SmolSleep;
#[cfg(feature = "test-util")]
pub use retry_core::VirtualSleep;
pub use retry_core::{Blocking, Reported, Run, RunAsync, Schedule};

// Parts of a policy.
pub use retry_core::{Causes, Description, PolicyView};

// Bounds.
pub use retry_core::{AsPolicy, BlockingLimit, Rule};

// Public because signatures show them. A user who has to can name them, and the documentation leaves them out.
#[doc(hidden)]
pub use retry_core::{
    AttemptLimit, Awaited, CauseList, Erased, ErasedLimit, FromTimedOut, Hooks, Limited, NoHook,
    OnGiveUp, OnRetry, Opaque, Pause, RunningAsync, StaticLimit, Summary, Timed, Until,
};
