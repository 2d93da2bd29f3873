//! Clocks and waiting: the traits, the default timer, and a virtual one for tests.

#[cfg(feature = "tokio")]
mod default_sleep;
mod default_timer;
mod moment;
mod timer;
#[cfg(feature = "test-util")]
mod virtual_timer;

#[cfg(feature = "tokio")]
pub use default_sleep::DefaultSleep;
pub use default_timer::DefaultTimer;
pub use moment::Moment;
pub(crate) use timer::DEFAULT_EPOCH;
pub use timer::{BlockingTimer, Clock, Timer};
#[cfg(feature = "test-util")]
pub use virtual_timer::{VirtualSleep, VirtualTimer};
