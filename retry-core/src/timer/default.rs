//! The timer that is used where none is named.

/// tokio's clock and timer with the feature `tokio`; the clock of `std` without it, and in any case
/// its blocking sleep. Without `std`, it can do nothing: give a timer of your own.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTimer;

#[cfg(feature = "tokio")]
mod with_tokio {
    use core::time::Duration;

    use tokio::time::{Instant, Sleep};

    use super::DefaultTimer;
    use crate::{Clock, Timer};

    impl Clock for DefaultTimer {
        type Instant = Instant;

        fn now(&self) -> Instant {
            Instant::now()
        }

        fn elapsed(&self, earlier: Instant) -> Duration {
            earlier.elapsed()
        }
    }

    impl Timer for DefaultTimer {
        type Sleep = Sleep;

        fn sleep(&self, duration: Duration) -> Sleep {
            tokio::time::sleep(duration)
        }
    }
}

#[cfg(all(feature = "std", not(feature = "tokio")))]
mod with_std {
    use std::time::{Duration, Instant};

    use super::DefaultTimer;
    use crate::Clock;

    impl Clock for DefaultTimer {
        type Instant = Instant;

        fn now(&self) -> Instant {
            Instant::now()
        }

        fn elapsed(&self, earlier: Instant) -> Duration {
            earlier.elapsed()
        }
    }
}

#[cfg(feature = "std")]
impl crate::BlockingTimer for DefaultTimer {
    fn block(&self, duration: core::time::Duration) {
        std::thread::sleep(duration);
    }
}
