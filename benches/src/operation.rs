//! The operations that the benches retry, and how they are polled.

use std::cell::Cell;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::peers::{Busy, Outcome};

/// An attempt that succeeds at once, and that the compiler can inline.
#[inline]
pub fn succeeds() -> Ready<Outcome> {
    ready(Ok(black_box(7)))
}

/// An attempt that succeeds at once behind `dyn`, so that the compiler cannot inline it.
pub fn hidden() -> &'static dyn Fn() -> Ready<Outcome> {
    black_box(&succeeds)
}

/// An attempt that fails this many times before it succeeds.
pub fn fails(times: u32) -> impl Fn() -> Ready<Outcome> {
    let left = Cell::new(times);
    move || {
        let now = left.get();
        if now == 0 {
            return ready(Ok(black_box(7)));
        }
        left.set(now - 1);
        ready(Err(Busy(black_box(503))))
    }
}

/// Polls a future that is ready at once, without a runtime. The compiler cannot inline the poll, as it cannot in a
/// runtime.
///
/// # Panics
///
/// If it is not ready.
#[inline]
pub fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match black_box(future.as_mut()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

/// Always fails.
pub fn down() -> Ready<Outcome> {
    ready(Err(Busy(503)))
}

/// An attempt that holds this many bytes while it waits.
pub async fn body<const BYTES: usize>() -> Outcome {
    let held = black_box([0_u8; BYTES]);
    tokio::task::yield_now().await;
    Ok(u64::from(held[0]))
}
