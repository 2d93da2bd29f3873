//! The queue of events: a list for every millisecond, because a heap of a million events would be slow.

/// For each millisecond, the clients that have an event.
pub(crate) struct Agenda {
    days: Vec<Vec<u32>>,
    /// How many events a list has room for when it gets its first one: so many that most never grow.
    room: usize,
}

impl Agenda {
    pub(crate) fn new(end: u32, room: usize) -> Self {
        Self {
            days: (0..end).map(|_| Vec::new()).collect(),
            room,
        }
    }

    /// Adds an event. An event after the end is ignored.
    pub(crate) fn add(&mut self, at: u32, client: u32) {
        if let Some(day) = self.days.get_mut(at as usize) {
            if day.capacity() == 0 {
                day.reserve_exact(self.room);
            }
            day.push(client);
        }
    }

    /// Returns all events that are due at `now`, to be processed from the last one on. No further one may be added for
    /// this time.
    pub(crate) fn take(&mut self, now: u32) -> Vec<u32> {
        std::mem::take(&mut self.days[now as usize])
    }
}
