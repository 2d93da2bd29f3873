//! A policy, calls that look where they are, and the smallest executor there is.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use retry_core::{Attempt, Classified, NoDelay, Policy, attempt, transient};

pub(crate) type Outcome<T> = Result<T, Classified<&'static str>>;

pub(crate) const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

pub(crate) fn here() -> Attempt {
    attempt().expect("inside an attempt")
}

pub(crate) fn number() -> Option<u32> {
    attempt().map(Attempt::number)
}

/// Is polled twice, and lets others run in between.
pub(crate) async fn pause() {
    let mut polled = false;
    poll_fn(|cx| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Fails twice; each attempt looks where it is before and after it lets others run.
pub(crate) async fn thrice() -> Outcome<[u32; 3]> {
    let seen = Cell::new([0; 3]);
    POLICY
        .run(|| async {
            let before = here();
            pause().await;
            assert_eq!(here().number(), before.number());
            assert_eq!(here().call_id(), before.call_id());
            let mut numbers = seen.get();
            numbers[before.number() as usize - 1] = before.number();
            seen.set(numbers);
            if before.is_last() {
                Ok(seen.get())
            } else {
                Err(transient("down"))
            }
        })
        .await
}

/// Parks the thread until it is woken.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    #[derive(Default)]
    struct Parker(Mutex<bool>, Condvar);
    impl Wake for Parker {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() = true;
            self.1.notify_one();
        }
    }
    let (mut future, parker) = (pin!(future), Arc::new(Parker::default()));
    let waker = Waker::from(Arc::clone(&parker));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut woken = parker.0.lock().unwrap();
        while !std::mem::take(&mut *woken) {
            woken = parker.1.wait(woken).unwrap();
        }
    }
}
