//! Retries without a delay: no timer is asked, and other tasks are let run.

use std::cell::Cell;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use retry_core::{BlockingTimer, Clock, Moment, NoDelay, Policy, Timer, transient};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(1000);

/// Cannot wait.
#[derive(Clone, Copy)]
struct Broken;

impl Clock for Broken {
    fn now(&self) -> Moment {
        Moment::EPOCH
    }
}

impl Timer for Broken {
    type Sleep = std::future::Pending<()>;

    fn sleep(&self, _: Duration) -> Self::Sleep {
        unreachable!("there is no wait")
    }
}

impl BlockingTimer for Broken {
    fn block(&self, _: Duration) {
        unreachable!("there is no wait")
    }
}

fn fails(left: &Cell<u32>) -> Result<u32, retry_core::Classified<&'static str>> {
    match left.get() {
        0 => Ok(7),
        now => {
            left.set(now - 1);
            Err(transient("down"))
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_retry_without_a_delay_asks_no_timer() {
    let left = Cell::new(9);
    let value = POLICY.run_with(Broken, async || fails(&left)).await;
    assert_eq!(value, Ok(7));

    let left = Cell::new(9);
    assert_eq!(POLICY.blocking_with(Broken, || fails(&left)).call(), Ok(7));

    let mut retry = POLICY.start_with(Broken);
    retry
        .again(transient("down"))
        .expect("there is another")
        .await;
    retry
        .again(transient("down"))
        .expect("there is another")
        .block();
    assert_eq!(retry.number(), 3);
}

#[tokio::test(flavor = "current_thread")]
async fn other_tasks_run_after_at_most_128_attempts_that_fail_at_once() {
    // How many attempts were made in a row, and at most.
    let (row, longest) = (Cell::new(0_u32), Cell::new(0));
    let attempt = async || {
        row.set(row.get() + 1);
        longest.set(longest.get().max(row.get()));
        Err::<(), _>(transient("down"))
    };
    let call = POLICY.run_with(Broken, attempt);
    let mut call = pin!(call.into_future());
    let mut other = pin!(poll_fn(|cx| {
        row.set(0);
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    }));
    let outcome = poll_fn(|cx| {
        let _ = other.as_mut().poll(cx);
        call.as_mut().poll(cx)
    });
    assert!(outcome.await.is_err());
    assert!((1..=128).contains(&longest.get()), "{}", longest.get());
}
