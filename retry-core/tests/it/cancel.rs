//! Dropping a call's future stops everything, in an attempt and in a wait.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use retry_core::{Fixed, Jitter, Policy, transient};
use tokio::time::{Instant, sleep, timeout};

use crate::common::{ms, secs};

const POLICY: Policy<Fixed> = Policy::with_backoff(Fixed::new(secs(10)).jitter(Jitter::None));

/// Is dropped with the attempt that owns it.
struct Alive(Rc<Cell<u32>>);

impl Alive {
    fn new(count: &Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Self(count.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_in_an_attempt_drops_the_attempt() {
    let (alive, calls) = (Rc::new(Cell::new(0)), Cell::new(0));
    let call = POLICY.run(|| {
        calls.set(calls.get() + 1);
        let alive = Alive::new(&alive);
        async move {
            sleep(secs(60)).await;
            drop(alive);
            Err::<(), _>(transient("slow"))
        }
    });
    assert!(timeout(secs(1), call).await.is_err());
    assert_eq!((alive.get(), calls.get()), (0, 1));
    sleep(secs(600)).await;
    assert_eq!(calls.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_in_a_wait_makes_no_further_attempt() {
    let (alive, calls) = (Rc::new(Cell::new(0)), Cell::new(0));
    let noted = Cell::new(0);
    let call = POLICY
        .run(|| {
            calls.set(calls.get() + 1);
            let alive = Alive::new(&alive);
            async move {
                let _alive = alive;
                Err::<(), _>(transient("down"))
            }
        })
        .on_give_up(|_| noted.set(noted.get() + 1));
    assert!(timeout(secs(15), call).await.is_err());
    assert_eq!((alive.get(), calls.get(), noted.get()), (0, 2, 0));
    sleep(secs(600)).await;
    assert_eq!(calls.get(), 2);
}

/// The attempt is over before the wait begins: what it held is free by then.
#[tokio::test(start_paused = true)]
async fn an_attempt_is_dropped_before_the_wait() {
    let alive = Rc::new(Cell::new(0));
    let mut call = pin!(POLICY.run(|| {
        let alive = Alive::new(&alive);
        async move {
            let _alive = alive;
            Err::<(), _>(transient("down"))
        }
    }));
    let pending = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
    assert!(pending);
    assert_eq!(alive.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_awaited_makes_no_attempt() {
    let calls = Cell::new(0);
    let call = POLICY.run(|| {
        calls.set(calls.get() + 1);
        async { Err::<(), _>(transient("down")) }
    });
    sleep(secs(60)).await;
    drop(call);
    assert_eq!(calls.get(), 0);
}

/// A timeout drops the attempt that it ends: before the wait, and before the call itself is dropped.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_times_out_is_dropped() {
    let alive = Rc::new(Cell::new(0));
    let policy = POLICY.max_attempts(2).attempt_timeout(secs(1));
    let mut call = pin!(policy.run(|| {
        let alive = Alive::new(&alive);
        async move {
            let _alive = alive;
            std::future::pending::<Result<(), retry_core::TimedOut>>().await
        }
    }));
    let begun = Instant::now();
    let mut alive_at = async |time: Duration| {
        let left = time.saturating_sub(begun.elapsed());
        assert!(timeout(left, call.as_mut()).await.is_err());
        alive.get()
    };
    assert_eq!(alive_at(ms(500)).await, 1, "in the first attempt");
    assert_eq!(alive_at(secs(5)).await, 0, "in the wait");
    assert_eq!(alive_at(ms(11_500)).await, 1, "in the second attempt");
    assert!(call.await.is_err());
    assert_eq!((begun.elapsed(), alive.get()), (secs(12), 0));
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "polled after it had ended")]
async fn a_call_that_has_ended_does_not_begin_again() {
    let mut call = pin!(POLICY.run(async || Ok::<u8, retry_core::TimedOut>(1)));
    assert_eq!(call.as_mut().await, Ok(1));
    let _ = call.await;
}

/// An explicit loop is dropped with the future that it runs in.
#[tokio::test(start_paused = true)]
async fn dropping_a_delay_stops_waiting() {
    let mut retry = POLICY.start();
    let delay = retry.again(transient("down")).unwrap();
    let begun = Instant::now();
    assert!(timeout(secs(1), delay.into_future()).await.is_err());
    assert_eq!(begun.elapsed(), secs(1));
    // The decision stands: the wait was counted when it was decided on.
    assert_eq!((retry.number(), retry.slept()), (2, secs(10)));
}
