//! What other systems publish as the right answer. The page `docs/published-values.md` lists every value by its id, such as
//! B1; the tests name the same ids, and the source of each value.

mod backoff;
mod budgets;
mod gating;
mod hints;
mod observing;
mod page;
mod presets;
mod resume;

use std::time::Duration;

use retryable::{Backoff, Class, Step};

const DOWN: Class = Class::Transient;
const BUSY: Class = Class::Throttled { retry_after: None };

const fn hint(after: Duration) -> Class {
    Class::Throttled {
        retry_after: Some(after),
    }
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn step(retry: u32, class: Class, seed: u64) -> Step {
    Step::new(retry, None, class, seed)
}

/// The shortest and the longest of many draws.
fn range(shape: &impl Backoff, retry: u32, class: Class) -> (Duration, Duration) {
    let delays = (0..2000).filter_map(|seed| shape.delay(&step(retry, class, seed)));
    delays.fold((Duration::MAX, Duration::ZERO), |(least, most), delay| {
        (least.min(delay), most.max(delay))
    })
}

/// Whether the draws fill the window from `least` to `most`, and do not leave it.
#[track_caller]
fn assert_fills((least, most): (Duration, Duration), (from, to): (Duration, Duration)) {
    let near = to.abs_diff(from) / 50;
    assert!(
        least >= from && least <= from + near,
        "{least:?} in {from:?}..{to:?}"
    );
    assert!(
        most <= to && most + near >= to,
        "{most:?} in {from:?}..{to:?}"
    );
}
