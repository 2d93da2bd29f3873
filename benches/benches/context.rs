//! What it costs a poll that the attempt knows where it is: a loop over `retry.attempt(future)`, beside
//! the same loop over the future itself.
//!
//!     cargo bench -p retryable-benches --bench context

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use retry_core::{NoDelay, Policy};
use retryable_benches::{Candidate, Effort, measure, print};

/// Polls in one call, so that what begins and ends it does not count.
const POLLS: u32 = 1000;
const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay);

/// Ready at the last of so many polls.
fn work() -> impl Future<Output = ()> {
    let left = Cell::new(POLLS);
    poll_fn(move |_| {
        left.set(black_box(left.get()) - 1);
        if left.get() == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

fn finish(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    while black_box(future.as_mut()).poll(&mut cx).is_pending() {}
}

fn main() {
    let effort = Effort::from_arguments().divided_by(POLLS);
    let candidates = [
        Candidate::new("the future itself", || finish(work())),
        Candidate::new("in an attempt", || finish(POLICY.start().attempt(work()))),
        Candidate::new("in an attempt in an attempt", || {
            finish(POLICY.start().attempt(POLICY.start().attempt(work())));
        }),
    ];
    let nanos: Vec<_> = measure(effort, 1, &candidates)
        .iter()
        .map(|nanos| nanos / f64::from(POLLS))
        .collect();
    print("poll", 1, &candidates, &nanos);
    println!(
        "  a layer of attempts adds {:.2} ns a poll",
        nanos[1] - nanos[0]
    );
}
