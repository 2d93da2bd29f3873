//! A wait that works under any executor: a thread that sleeps.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Instant;

/// A thread that sleeps and then wakes the task. One pointer, so that the future of a call is as large as
/// with tokio's timer alone.
pub(super) struct ThreadSleep(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    over: bool,
    waker: Option<Waker>,
    thread: Option<Thread>,
}

impl ThreadSleep {
    pub(super) fn new(duration: Duration) -> Self {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let sleeper = Arc::clone(&shared);
        // `None`: no clock reaches that time, so the thread sleeps until the wait is dropped.
        let until = Instant::now().checked_add(duration);
        let spawned = thread::Builder::new()
            .name("retry timer".to_owned())
            .spawn(move || sleep_until(until, &sleeper));
        match spawned {
            Ok(handle) => lock(&shared).thread = Some(handle.thread().clone()),
            Err(_) => {
                // No thread can be started. Waiting here blocks the executor; without a wait, a process that is out
                // of resources would make attempts without a pause.
                thread::sleep(duration);
                lock(&shared).over = true;
            }
        }
        Self(shared)
    }
}

impl Future for ThreadSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut shared = lock(&self.0);
        if shared.over {
            return Poll::Ready(());
        }
        shared.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// The thread ends when the wait is dropped.
impl Drop for ThreadSleep {
    fn drop(&mut self) {
        let mut shared = lock(&self.0);
        shared.over = true;
        shared.waker = None;
        if let Some(thread) = &shared.thread {
            thread.unpark();
        }
    }
}

/// Sleeps on the helper thread, then wakes the task.
fn sleep_until(until: Option<Instant>, shared: &Mutex<Shared>) {
    while !lock(shared).over {
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => break,
            Some(left) => thread::park_timeout(left),
            None => thread::park(),
        }
    }
    let waker = {
        let mut shared = lock(shared);
        shared.over = true;
        shared.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Locks the state. A poisoned lock is used as it is, because no code panics while it holds the lock.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, feature = "smol"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_wakes_the_task_after_the_time() {
        let begun = Instant::now();
        async_io::block_on(ThreadSleep::new(Duration::from_millis(20)));
        assert!(begun.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn dropping_the_wait_ends_its_thread() {
        let mut sleep = ThreadSleep::new(Duration::MAX);
        let shared = Arc::downgrade(&sleep.0);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut sleep).poll(&mut cx).is_pending());
        drop(sleep);
        while shared.upgrade().is_some() {
            thread::yield_now();
        }
    }
}
