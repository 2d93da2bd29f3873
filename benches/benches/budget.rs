//! The cost of a budget: deposits compared with a bare atomic add, withdrawals compared with a bare loop of
//! compare-exchange, and both compared with tower's `TpsBudget`.
//!
//!     cargo bench -p retryable-benches --bench budget

use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use retry_core::Budget;
use retryable_benches::report::versioned;
use retryable_benches::turns::{Candidate, Effort, Taken, measure, table};
use tower::retry::budget::{Budget as _, TpsBudget};

fn main() -> std::io::Result<()> {
    let effort = Effort::from_arguments();
    for (threads, [deposit, withdraw]) in [(1, ONE_THREAD), (2, TWO_THREADS)] {
        let deposited = deposits(effort, threads);
        table(deposit.0, deposit.1, &deposited).publish()?;
        let withdrawn = withdrawals(effort, threads);
        table(withdraw.0, withdraw.1, &withdrawn).publish()?;
    }
    Ok(())
}

/// The tables of deposits and of withdrawals: id and title.
type Tables = [(&'static str, &'static str); 2];

const ONE_THREAD: Tables = [
    ("budget-deposit-1", "A deposit, one thread"),
    ("budget-withdraw-1", "A withdrawal, one thread"),
];

const TWO_THREADS: Tables = [
    ("budget-deposit-2", "A deposit, two threads on one budget"),
    (
        "budget-withdraw-2",
        "A withdrawal, two threads on one budget",
    ),
];

/// Makes a budget with room for this many deposits of a tenth, because a full budget is faster.
fn with_room(budget: Budget, deposits: u64) -> Budget {
    let budget = budget.burst(u32::MAX);
    for _ in 0..=deposits / 10 {
        assert!(budget.withdraw());
    }
    budget
}

fn tower() -> TpsBudget {
    TpsBudget::new(Duration::from_secs(10), 10, 0.1)
}

fn deposits(effort: Effort, threads: usize) -> Vec<Taken> {
    let word = AtomicI64::new(0);
    let deposits = effort.in_all(threads);
    let budget = with_room(Budget::new(0.1), deposits);
    let with_time = with_room(Budget::new(0.1).min_per_second(10), deposits);
    let (full, tower) = (Budget::new(0.1), tower());
    let candidates = [
        Candidate::new("atomic add", || {
            word.fetch_add(black_box(100_000_000), Relaxed);
        }),
        Candidate::new("Budget", || budget.deposit()),
        Candidate::new("Budget, full", || full.deposit()),
        Candidate::new("Budget, with min_per_second", || with_time.deposit()),
        Candidate::new(format!("{}, TpsBudget", versioned("tower")), || {
            tower.deposit();
        }),
    ];
    measure(effort, threads, &candidates)
}

fn withdrawals(effort: Effort, threads: usize) -> Vec<Taken> {
    let word = AtomicI64::new(i64::from(u32::MAX));
    let budget = Budget::new(0.1).burst(u32::MAX);
    let (empty, tower) = (Budget::new(0.0).burst(0), tower());
    let with_time = Budget::new(0.1).burst(u32::MAX).min_per_second(10);
    let candidates = [
        Candidate::new("loop of compare-exchange", || {
            let spend = |tokens: i64| (tokens >= 1).then(|| tokens - 1);
            let _ = black_box(word.fetch_update(Relaxed, Relaxed, spend));
        }),
        Candidate::new("Budget", || {
            black_box(budget.withdraw());
        }),
        Candidate::new("Budget, empty", || {
            black_box(empty.withdraw());
        }),
        Candidate::new("Budget, with min_per_second", || {
            black_box(with_time.withdraw());
        }),
        Candidate::new(format!("{}, TpsBudget", versioned("tower")), || {
            black_box(tower.withdraw());
        }),
    ];
    measure(effort, threads, &candidates)
}
