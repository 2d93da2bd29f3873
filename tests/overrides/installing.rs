//! Overrides are replaced at once, and a call keeps those that it began with.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use retryable::config::Overrides;
use retryable::{NoDelay, Policy, VirtualTimer};

use crate::support::{Error, down, installed, nothing_installed};

#[test]
fn a_call_in_a_wait_keeps_what_it_began_with() {
    let policy = Policy::fixed(Duration::from_secs(1))
        .max_attempts(9)
        .name("pinned");
    let attempts = AtomicU32::new(0);
    let _installed = installed("pinned(max=3)");
    let call = policy.blocking_with(VirtualTimer::new(), || {
        let number = attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let attempt = retryable::attempt().unwrap();
        assert_eq!((attempt.number(), attempt.max()), (number, 3));
        match number {
            1 => Overrides::clear(),
            _ => Overrides::parse("pinned(max=100, base=9s)")
                .unwrap()
                .install(),
        }
        down::<()>()
    });
    let (_, report) = call.report();
    assert_eq!((report.attempts, report.slept), (3, Duration::from_secs(2)));
}

#[test]
fn a_call_that_began_without_overrides_has_none() {
    let _none = nothing_installed();
    let policy = Policy::with_backoff(NoDelay).name("late");
    let mut retry = policy.start();
    Overrides::parse("late(max=1)").unwrap().install();
    assert!(retry.again(down::<()>().unwrap_err()).is_ok());
    assert_eq!(policy.blocking(down::<()>).report().1.attempts, 1);
}

#[test]
fn a_document_with_any_fault_installs_nothing() {
    let _installed = installed("faults(max=2)");
    assert!(Overrides::parse("faults(max=1), faulty(max=0)").is_err());
    let policy = Policy::with_backoff(NoDelay).name("faults");
    assert_eq!(policy.blocking(down::<()>).report().1.attempts, 2);
}

/// Each document allows as many attempts as its delay has milliseconds: a call that mixed two would show it.
#[test]
fn each_of_many_concurrent_calls_sees_one_document() {
    const CALLS: u32 = 100_000;
    const POLICY: Policy<retryable::Fixed> = Policy::fixed(Duration::ZERO)
        .max_attempts(2)
        .name("concurrent");

    let _none = nothing_installed();
    let document =
        |max: u32| Overrides::parse(&format!("concurrent(max={max}, base={max}ms)")).unwrap();
    document(2).install();
    let (ended, made) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..CALLS / 4 {
                        let call = POLICY.blocking_with(VirtualTimer::new(), || {
                            let max = retryable::attempt().unwrap().max();
                            Err::<(), Error>(if max < 6 {
                                down::<()>().unwrap_err()
                            } else {
                                unreachable!()
                            })
                        });
                        let (_, report) = call.report();
                        let waits = u64::from(report.attempts - 1);
                        let expected = Duration::from_millis(u64::from(report.attempts) * waits);
                        assert!((2..=5).contains(&report.attempts));
                        assert_eq!(report.slept, expected);
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let mut documents = (2..=5).cycle();
            while !ended.load(Ordering::Relaxed) {
                document(documents.next().unwrap_or(2)).install();
            }
        });
        for caller in callers {
            caller.join().unwrap();
        }
        ended.store(true, Ordering::Relaxed);
    });
    assert_eq!(made.into_inner(), CALLS);
}

/// The same while futures wait, on tasks of one runtime.
#[test]
fn each_of_many_waiting_calls_sees_one_document() {
    const POLICY: Policy<retryable::Fixed> = Policy::fixed(Duration::ZERO)
        .max_attempts(2)
        .name("waiting");

    let _none = nothing_installed();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut calls = Vec::new();
        for index in 0..10_000 {
            let max = 2 + index % 4;
            Overrides::parse(&format!("waiting(max={max}, base={max}ms)"))
                .unwrap()
                .install();
            // The first poll begins the call.
            let mut call = Box::pin(POLICY.run(|| async { down::<()>() }).report());
            assert!(futures_poll(&mut call).is_none());
            calls.push((max, call));
        }
        Overrides::clear();
        for (max, call) in calls {
            let (_, report) = call.await;
            assert_eq!(report.attempts, max);
            assert_eq!(
                report.slept,
                Duration::from_millis(u64::from(max * (max - 1)))
            );
        }
    });
}

/// Polls once.
fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
