//! A server with a queue, that is down for a while.

use std::ops::Range;
use std::time::Duration;

use retryable::Class;

/// A request that would wait longer than this is rejected.
const QUEUE: f64 = 500.0;
/// Rejecting is work too: this part of the cost of a response.
const REFUSAL: f64 = 0.2;
/// Beyond this, a request is lost, and its client receives no response.
const BACKLOG: f64 = 1000.0;
/// How long a client waits for a response, unless its policy has an `attempt_timeout`.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(1);
const ROUND_TRIP: Duration = Duration::from_millis(10);

/// Processes requests one after the other.
pub(crate) struct Server {
    /// In milliseconds.
    down: Range<u32>,
    /// The cost of one response, in milliseconds.
    work: f64,
    /// When all accepted requests will be done.
    free: f64,
}

impl Server {
    pub(crate) fn new(capacity: f64, down: Range<u32>) -> Self {
        Self {
            down,
            work: 1000.0 / capacity,
            free: 0.0,
        }
    }

    /// Returns how a request that arrives now ends, and how long that takes. Its client waits for `limit`.
    pub(crate) fn request(&mut self, now: u32, limit: Duration) -> (Result<(), Class>, Duration) {
        if self.down.contains(&now) {
            // The requests in the queue are lost.
            self.free = 0.0;
            return (Err(Class::Refused), ROUND_TRIP.min(limit));
        }
        let now = f64::from(now);
        self.free = self.free.max(now);
        let wait = self.free - now;
        if wait > BACKLOG {
            return (Err(Class::Transient), limit);
        }
        let (response, cost) = if wait > QUEUE {
            (Err(Class::Throttled { retry_after: None }), REFUSAL)
        } else {
            (Ok(()), 1.0)
        };
        self.free += cost * self.work;
        let took = Duration::from_secs_f64(wait / 1000.0) + ROUND_TRIP;
        if took > limit {
            return (Err(Class::Transient), limit);
        }
        (response, took)
    }
}
