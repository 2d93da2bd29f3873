//! The sensor on a host.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use embassy::{EmbassyTimer, Radio, RadioError, Sensor};
use retry_core::{Clock, Timer};

/// Says when it was asked to send. The channel is busy for the first attempts.
struct Channel {
    busy: Cell<u32>,
    asked: RefCell<Vec<Instant>>,
}

impl Channel {
    fn busy_for(attempts: u32) -> Self {
        Self {
            busy: Cell::new(attempts),
            asked: RefCell::default(),
        }
    }
}

impl Radio for &Channel {
    fn send(&self, _: u16) -> Result<(), RadioError> {
        self.asked.borrow_mut().push(Instant::now());
        match self.busy.get() {
            0 => Ok(()),
            busy => {
                self.busy.set(busy - 1);
                Err(RadioError::ChannelBusy)
            }
        }
    }
}

/// Without a timer of its own.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn a_reading_is_sent_once_the_channel_is_free() {
    let channel = Channel::busy_for(3);
    assert_eq!(block_on(Sensor::new(&channel, 7).send(20)), Ok(()));
    assert_eq!(channel.asked.borrow().len(), 4);

    let channel = Channel::busy_for(9);
    let sent = block_on(Sensor::new(&channel, 7).send(20));
    assert_eq!(sent, Err(RadioError::ChannelBusy));
    assert_eq!(channel.asked.borrow().len(), 5);
}

#[test]
fn a_wait_takes_its_time_by_the_clock_of_embassy() {
    let (begun, now) = (Instant::now(), EmbassyTimer.now());
    block_on(EmbassyTimer.sleep(Duration::from_millis(20)));
    assert!(begun.elapsed() >= Duration::from_millis(19));
    assert!(EmbassyTimer.now().since(now) >= Duration::from_millis(20));
    // A wait without an end overflows no tick counter.
    drop(EmbassyTimer.sleep(Duration::MAX));
}
