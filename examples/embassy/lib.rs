//! Retries on a microcontroller: without `std`, without an allocator, and with the timer of embassy.
//!
//! `.ci/no-std` compiles this for a Cortex-M4, and the tests run it on a host, where embassy-time has a driver too.
#![no_std]

use core::time::Duration;

use embassy_time::{Instant, Timer as EmbassyWait};
use retry_core::{Class, Classify, Clock, Moment, Policy, Timer};
use retry_macros::retryable;

/// The timer of embassy.
#[derive(Clone, Copy, Debug)]
pub struct EmbassyTimer;

impl Clock for EmbassyTimer {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(Duration::from_micros(Instant::now().as_micros()))
    }
}

impl Timer for EmbassyTimer {
    type Sleep = EmbassyWait;

    fn sleep(&self, duration: Duration) -> EmbassyWait {
        let until = duration
            .try_into()
            .ok()
            .and_then(|duration| Instant::now().checked_add(duration));
        EmbassyWait::at(until.unwrap_or(Instant::MAX))
    }
}

/// A radio that sends one reading, or says why it did not.
pub trait Radio {
    /// Sends a reading.
    ///
    /// # Errors
    ///
    /// If the reading was not sent.
    fn send(&self, reading: u16) -> Result<(), RadioError>;
}

/// Why a reading was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RadioError {
    /// Another device sends at this moment: nothing was sent.
    ChannelBusy,
    /// The radio does not respond.
    Broken,
}

impl Classify for RadioError {
    fn classify(&self) -> Class {
        match self {
            Self::ChannelBusy => Class::Refused,
            Self::Broken => Class::Permanent,
        }
    }
}

/// A device that sends readings.
#[derive(Debug)]
pub struct Sensor<R> {
    radio: R,
    policy: Policy,
}

impl<R: Radio> Sensor<R> {
    /// Makes a sensor. There is no entropy here: without a seed of its own, each device would draw the same jitter, and
    /// all would send at the same moment again. The processor's unique id is such a seed.
    pub fn new(radio: R, unique_id: u64) -> Self {
        let policy = Policy::exponential(Duration::from_millis(2))
            .max_attempts(5)
            .seed(unique_id);
        Self { radio, policy }
    }

    /// Sends a reading, again and again while the channel is busy.
    ///
    /// # Errors
    ///
    /// If the radio is broken, or if the channel is busy each time.
    #[retryable(crate = ::retry_core, policy = self.policy, timer = EmbassyTimer)]
    pub async fn send(&self, reading: u16) -> Result<(), RadioError> {
        self.radio.send(reading)
    }
}
