//! Clocks and waiting: the traits, the default timer, and a virtual one for tests.

#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
mod default_sleep;
mod default_timer;
mod moment;
#[cfg(all(feature = "smol", not(target_family = "wasm")))]
mod smol_timer;
// A wait of `DefaultTimer` where no other is.
#[cfg(any(
    all(test, feature = "smol"),
    all(
        any(feature = "tokio", feature = "wasm"),
        not(all(feature = "smol", not(target_family = "wasm"))),
        not(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))
    )
))]
mod thread_sleep;
mod timer;
#[cfg(feature = "test-util")]
mod virtual_timer;

#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
pub use default_sleep::DefaultSleep;
pub use default_timer::DefaultTimer;
pub(crate) use default_timer::now;
pub use moment::Moment;
#[cfg(all(feature = "smol", not(target_family = "wasm")))]
pub use smol_timer::{SmolSleep, SmolTimer};
pub(crate) use timer::DEFAULT_EPOCH;
pub use timer::{BlockingTimer, Clock, Timer};
#[cfg(feature = "test-util")]
pub use virtual_timer::{VirtualSleep, VirtualTimer};
