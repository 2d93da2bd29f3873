//! The time to draw a delay: exponential from 100 ms to 20 s, with full jitter or the closest form that a peer has.
//!
//!     cargo bench -p retryable-benches --bench delays

use std::hint::black_box;
use std::time::SystemTime;

use ::backoff::backoff::Backoff as _;
use ::backon::BackoffBuilder as _;
use ::mulligan::{Backoff as _, Jitter as _};
use ::retry_policies::policies::ExponentialBackoff;
use ::retry_policies::{Jitter, RetryPolicy as _};
use ::retryable::{Backoff as _, Class, Exponential, Step};
use ::tower::retry::backoff::{Backoff as _, MakeBackoff as _};

use retryable_benches::peers::{
    BASE, CAP, backoff, backon, by_hand, tokio_retry, tokio_retry2, tower,
};
use retryable_benches::report::versioned;
use retryable_benches::turns::{Candidate, Effort, measure, table};

const SHAPE: Exponential = Exponential::new(BASE).cap(CAP);

/// The number of a retry, up to the one that reaches the cap.
fn next(retry: &mut u32) -> u32 {
    *retry = *retry % 9 + 1;
    *retry
}

fn main() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let policy = ExponentialBackoff::builder()
        .retry_bounds(BASE, CAP)
        .jitter(Jitter::Full)
        .build_with_max_retries(u32::MAX);
    // Peers that store the last delay reach the cap and stay there; the others draw one of nine delays.
    let candidates = [
        Candidate::on(
            "by hand",
            || BASE,
            |next| {
                black_box(by_hand::delay(next));
            },
        ),
        Candidate::on(
            "retryable",
            || 0,
            |retry| {
                let step = Step::new(next(retry), None, Class::Transient, 7);
                black_box(SHAPE.delay(&step));
            },
        ),
        Candidate::on(
            format!("{}: up to as much again on top", versioned("backon")),
            || backon::BUILDER.without_max_times().build(),
            |delays| {
                black_box(delays.next());
            },
        ),
        Candidate::on(versioned("tokio-retry"), tokio_retry::delays, |delays| {
            black_box(delays.next());
        }),
        Candidate::on(versioned("tokio-retry2"), tokio_retry2::delays, |delays| {
            black_box(delays.next());
        }),
        Candidate::on(
            format!(
                "{}: half more or less, reads the clock",
                versioned("backoff")
            ),
            backoff::strategy,
            |delays| {
                black_box(delays.next_backoff());
            },
        ),
        Candidate::on(
            versioned("mulligan"),
            || 0,
            |retry| {
                let delay = mulligan::Exponential::base(BASE).delay(next(retry));
                black_box(mulligan::Full.jitter(delay, Some(CAP)));
            },
        ),
        Candidate::on(
            format!("{}: makes a timer as well", versioned("tower")),
            || (runtime.enter(), tower::maker().make_backoff()),
            |(_runtime, delays)| {
                drop(black_box(delays.next_backoff()));
            },
        ),
        Candidate::on(
            format!("{}: reads the clock", versioned("retry-policies")),
            || 0,
            |retry| {
                black_box(policy.should_retry(SystemTime::UNIX_EPOCH, next(retry)));
            },
        ),
    ];
    let taken = measure(Effort::from_arguments(), 1, &candidates);
    let mut table = table("delays", "A delay with full jitter", &taken);
    table.chart(1, "nanoseconds a delay");
    table.publish()
}
