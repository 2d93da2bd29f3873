//! A server with a queue, that is down for a while.

use std::ops::Range;
use std::time::Duration;

use retryable::Class;

/// In milliseconds.
pub(crate) const DOWN: Range<u32> = 10_000..20_000;

/// Who would wait longer than this is turned away.
const QUEUE: f64 = 500.0;
/// Turning away is work too: this part of what an answer costs.
const REFUSAL: f64 = 0.2;
/// Beyond this nobody even looks at the request, and its client hears nothing.
const BACKLOG: f64 = 1000.0;
/// How long a client waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(1);
const ROUND_TRIP: Duration = Duration::from_millis(10);

/// Answers requests one after the other.
pub(crate) struct Server {
    /// What one answer takes, in milliseconds.
    work: f64,
    /// When all that was taken in is done.
    free: f64,
}

impl Server {
    pub(crate) fn new(capacity: f64) -> Self {
        Self {
            work: 1000.0 / capacity,
            free: 0.0,
        }
    }

    /// How a request ends that arrives now, and how long that takes.
    pub(crate) fn request(&mut self, now: u32) -> (Result<(), Class>, Duration) {
        if DOWN.contains(&now) {
            // What was in the queue is lost.
            self.free = 0.0;
            return (Err(Class::Refused), ROUND_TRIP);
        }
        let now = f64::from(now);
        self.free = self.free.max(now);
        let wait = self.free - now;
        if wait > BACKLOG {
            return (Err(Class::Transient), TIMEOUT);
        }
        let (answer, cost) = if wait > QUEUE {
            (Err(Class::Throttled { retry_after: None }), REFUSAL)
        } else {
            (Ok(()), 1.0)
        };
        self.free += cost * self.work;
        let took = Duration::from_secs_f64(wait / 1000.0) + ROUND_TRIP;
        if took > TIMEOUT {
            return (Err(Class::Transient), TIMEOUT);
        }
        (answer, took)
    }
}
