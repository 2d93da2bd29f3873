//! Clocks and waiting: the traits, the default timer, and a virtual one for tests.

mod default;
#[cfg(feature = "tokio")]
mod default_sleep;
mod moment;
mod traits;
#[cfg(feature = "test-util")]
mod virtual_time;

pub use default::DefaultTimer;
#[cfg(feature = "tokio")]
pub use default_sleep::DefaultSleep;
pub use moment::Moment;
pub use traits::{BlockingTimer, Clock, Timer};
#[cfg(feature = "test-util")]
pub use virtual_time::{VirtualSleep, VirtualTimer};
