//! `Budget` under loom: every interleaving of concurrent threads. A separate binary, since `--cfg retryable_loom`
//! makes every budget one that works in a model only.
//!
//! Run with `RUSTFLAGS="--cfg retryable_loom" cargo test -p retry-core --release --test loom_budget`.
#![cfg(retryable_loom)]

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;
use retry_core::{Budget, Clock, Moment};

/// A clock that stands at this second.
struct At(f64);

impl Clock for At {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(Duration::from_secs_f64(self.0))
    }
}

/// Looked at before there are other threads, as loom's atomics are made then. It is full, so that a
/// deposit changes nothing.
fn shared(budget: Budget) -> Arc<Budget> {
    let burst = budget.available();
    budget.deposit();
    assert_eq!(budget.available(), burst);
    Arc::new(budget)
}

fn drain(budget: &Budget, clock: &At) -> u32 {
    let mut drained = 0;
    while budget.withdraw_by(clock) {
        drained += 1;
    }
    drained
}

#[test]
fn one_token_is_withdrawn_by_one_thread() {
    loom::model(|| {
        let budget = shared(Budget::new(0.0).burst(1));
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.withdraw_by(&At(0.0)))
        };
        let here = budget.withdraw_by(&At(0.0));
        assert!(here ^ other.join().unwrap());
        assert_eq!(budget.available(), 0);
    });
}

#[test]
fn deposits_during_withdrawals_are_neither_lost_nor_doubled() {
    loom::model(|| {
        let budget = shared(Budget::new(0.5).burst(2));
        assert_eq!(drain(&budget, &At(0.0)), 2);
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || {
                budget.deposit();
                budget.withdraw_by(&At(0.0))
            })
        };
        budget.deposit();
        let here = budget.withdraw_by(&At(0.0));
        let withdrawn = u64::from(here) + u64::from(other.join().unwrap());
        assert!(withdrawn <= 1);
        assert_eq!(withdrawn + budget.available(), 1);
    });
}

#[test]
fn a_full_bucket_that_is_refilled_while_others_withdraw_grants_no_more_than_its_burst() {
    loom::model(|| {
        let budget = shared(Budget::new(1.0).burst(1).min_per_second(1));
        assert_eq!(drain(&budget, &At(0.0)), 1);
        budget.deposit();
        // From here on nothing is deposited and no time passes.
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.withdraw_by(&At(10.0)))
        };
        let here = [budget.withdraw_by(&At(10.0)), budget.withdraw_by(&At(10.0))];
        let withdrawn = here.into_iter().chain([other.join().unwrap()]);
        assert_eq!(withdrawn.filter(|&withdrawn| withdrawn).count(), 1);
    });
}

#[test]
fn time_is_paid_once_for_every_order_of_threads_and_clocks() {
    loom::model(|| {
        let budget = shared(Budget::new(0.0).burst(3).min_per_second(1));
        assert_eq!(drain(&budget, &At(0.0)), 3);
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.withdraw_by(&At(1.0)))
        };
        let here = budget.withdraw_by(&At(2.0));
        let other = other.join().unwrap();
        assert!(here && other, "two seconds pay for two retries");
        assert_eq!(drain(&budget, &At(2.0)), 0);
        assert_eq!(drain(&budget, &At(5.0)), 3);
    });
}

#[test]
fn deposits_during_a_refill_count() {
    loom::model(|| {
        let budget = shared(Budget::new(1.0).burst(3).min_per_second(1));
        assert_eq!(drain(&budget, &At(0.0)), 3);
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.deposit())
        };
        let here = budget.withdraw_by(&At(1.0));
        other.join().unwrap();
        assert!(here);
        assert_eq!(drain(&budget, &At(1.0)), 1);
    });
}

/// There is room for the deposit, whenever it comes.
#[test]
fn a_deposit_during_two_retries_that_time_adds_counts() {
    loom::model(|| {
        let budget = shared(Budget::new(0.5).burst(2).min_per_second(1));
        assert!(budget.withdraw_by(&At(0.0)));
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.deposit())
        };
        assert!(budget.withdraw_by(&At(0.5)));
        assert!(budget.withdraw_by(&At(1.0)));
        other.join().unwrap();
        assert_eq!(drain(&budget, &At(1.5)), 1);
    });
}

/// So long a quiet that nanoseconds times tokens a second leave an `i64`.
#[test]
fn after_a_very_long_quiet_the_bucket_is_full_once() {
    loom::model(|| {
        let budget = shared(Budget::new(1.0).burst(2).min_per_second(1_000_000));
        assert_eq!(drain(&budget, &At(0.0)), 2);
        let late = 1e9;
        let other = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || {
                budget.deposit();
                budget.withdraw_by(&At(late))
            })
        };
        let here = budget.withdraw_by(&At(late));
        assert!(here && other.join().unwrap());
        let left = drain(&budget, &At(late));
        assert!(
            left <= 1,
            "two were there, and one was deposited: {left} left"
        );
    });
}
