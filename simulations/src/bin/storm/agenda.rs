//! The queue of events: a list for every millisecond, because a heap of a million events would be slow.

use std::cell::Cell;
use std::time::Duration;

use retryable::{Clock, Moment};

/// The clock of the simulation, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct SimClock<'a>(pub(crate) &'a Cell<u32>);

impl Clock for SimClock<'_> {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(Duration::from_millis(self.0.get().into()))
    }
}

/// For each millisecond, the clients that have an event.
pub(crate) struct Agenda {
    days: Vec<Vec<u32>>,
}

impl Agenda {
    pub(crate) fn new(end: u32) -> Self {
        Self {
            days: (0..end).map(|_| Vec::new()).collect(),
        }
    }

    /// Adds an event. An event after the end is ignored.
    pub(crate) fn add(&mut self, at: u32, client: u32) {
        if let Some(day) = self.days.get_mut(at as usize) {
            day.push(client);
        }
    }

    /// Removes one of the events that are due at `now`.
    pub(crate) fn next(&mut self, now: u32) -> Option<u32> {
        let day = &mut self.days[now as usize];
        let client = day.pop();
        if client.is_none() {
            // No event is added in the past, so the list is not needed again.
            *day = Vec::new();
        }
        client
    }
}

/// Converts to milliseconds, rounded up: a wait is never shortened.
pub(crate) fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u32::MAX)
}
