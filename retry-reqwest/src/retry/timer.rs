//! The timer that `Policy::run` is given, so that attempts keep to their limit themselves.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use retry_core::{Attempt, Clock, DefaultTimer, Moment, Timer, attempt};
use tokio::time::{Sleep, sleep};

/// tokio's timer, except that it does not end attempts: it notes how long they may take.
///
/// An attempt that ends itself knows what a timeout means for its method. `run` asks for the limit of an
/// attempt after it has made it and before it polls it, and for anything else when none is being made.
#[derive(Clone, Debug, Default)]
pub(super) struct AttemptTimer(Arc<Mutex<Note>>);

#[derive(Debug, Default)]
struct Note {
    beginning: bool,
    limit: Option<Duration>,
}

impl AttemptTimer {
    /// An attempt is made, and will be polled next.
    pub(super) fn begin(&self) {
        let limit = attempt().and_then(Attempt::remaining);
        let beginning = true;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Note { beginning, limit };
    }

    /// The attempt is polled. How long it may take: as its policy says, and no longer than any
    /// deadline leaves, those of calls around it included.
    pub(super) fn limit(&self) -> Option<Duration> {
        let mut note = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        note.beginning = false;
        note.limit
    }
}

impl Clock for AttemptTimer {
    fn now(&self) -> Moment {
        DefaultTimer.now()
    }
}

impl Timer for AttemptTimer {
    type Sleep = Wait;

    fn sleep(&self, duration: Duration) -> Wait {
        let mut note = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if note.beginning {
            note.limit = Some(note.limit.map_or(duration, |limit| limit.min(duration)));
            return Wait(None);
        }
        Wait(Some(Box::pin(sleep(duration))))
    }
}

/// A wait between attempts; in the place of an attempt's limit, one that does not end.
#[derive(Debug)]
pub(super) struct Wait(Option<Pin<Box<Sleep>>>);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(sleep) => sleep.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}
