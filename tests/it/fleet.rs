//! Budgets of many processes add up: the share of the calls by itself, `burst` and `min_per_second` for each process.

use retryable::{Budget, NoDelay, Policy, transient};

const PROCESSES: u64 = 100;
const CALLS: u64 = 1000;

/// Returns the retries of a fleet in which every call fails, and every process has its own budget.
fn retries(budget: fn() -> Budget) -> u64 {
    (0..PROCESSES)
        .map(|_| {
            let policy = Policy::with_backoff(NoDelay)
                .max_attempts(4)
                .budget(budget());
            let attempts = |_| {
                let fail = || Err::<(), _>(transient("down"));
                u64::from(policy.blocking(fail).report().1.attempts)
            };
            (0..CALLS).map(attempts).sum::<u64>() - CALLS
        })
        .sum()
}

#[test]
fn a_tenth_in_each_process_is_a_tenth_of_all_and_one_retry_each() {
    let retries = retries(|| Budget::new(0.1).burst(1));
    let tenth = PROCESSES * CALLS / 10;
    assert!(
        tenth * 9 / 10 <= retries && retries <= tenth + PROCESSES,
        "{retries}"
    );
}

#[test]
fn a_burst_counts_once_for_each_process() {
    let retries = retries(|| Budget::new(0.1)); // a burst of 10
    let tenth = PROCESSES * CALLS / 10;
    assert!(
        tenth < retries && retries <= tenth + PROCESSES * 10,
        "{retries}"
    );
}
