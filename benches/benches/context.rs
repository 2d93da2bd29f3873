//! The cost per poll of the context of an attempt: polling `retry.attempt(future)`, compared with polling the future
//! itself.
//!
//!     cargo bench -p retryable-benches --bench context

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use retry_core::{NoDelay, Policy};
use retryable_benches::turns::{Candidate, Effort, measure, table};

/// Polls in one call: so many that its beginning and its end do not count.
const POLLS: u32 = 1000;
const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay);

/// A future that is ready at the last of this many polls.
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

fn main() -> std::io::Result<()> {
    let effort = Effort::from_arguments().divided_by(POLLS);
    let candidates = [
        Candidate::new("the future itself", || finish(work())),
        Candidate::new("in an attempt", || finish(POLICY.start().attempt(work()))),
        Candidate::new("in an attempt in an attempt", || {
            finish(POLICY.start().attempt(POLICY.start().attempt(work())));
        }),
    ];
    let mut taken = measure(effort, 1, &candidates);
    for one in &mut taken {
        one.nanos = one.nanos.divided_by(f64::from(POLLS));
    }
    let adds = taken[1].nanos.median - taken[0].nanos.median;
    let mut table = table("context", "The context of an attempt, a poll", &taken);
    table.remark(format!("A layer of attempts adds {adds:.2} ns a poll."));
    table.chart(1, "nanoseconds a poll");
    table.publish()
}
