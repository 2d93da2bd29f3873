//! Every form of call is in the mode of its test.

use std::time::{Duration, Instant};

use retry_core::testing::{self, Mode};
use retry_core::{
    AnyPolicy, Attempt, DynPolicy, Exponential, GiveUp, NoDelay, Policy, Report, VirtualTimer,
    attempt,
};

use super::{Error, block_on, fails};
use crate::common::secs;

const POLICY: Policy = Policy::exponential(secs(10)).max_attempts(4);

type Form = fn(&Policy) -> Report;

const FORMS: [(&str, Form); 8] = [
    ("run", |policy| {
        block_on(policy.run(|| async { fails() }).report()).1
    }),
    ("run_async", |policy| {
        block_on(policy.run_async(async || fails()).report()).1
    }),
    ("blocking", |policy| policy.blocking(fails).report().1),
    ("start, awaited", |policy| {
        let mut retry = policy.start().timed();
        block_on(async {
            while let Ok(delay) = retry.again(fails().unwrap_err()) {
                delay.await;
            }
        });
        retry.report()
    }),
    ("start, blocking", |policy| {
        let mut retry = policy.start_owned().timed();
        while let Some(delay) = retry.wait_after(&fails().unwrap_err(), None) {
            delay.block();
            assert!(retry.can_begin());
        }
        retry.report()
    }),
    ("start, with attempts", |policy| {
        let mut retry = policy.start().timed();
        while let Err(error) = retry.attempt_blocking(fails) {
            match retry.again(error) {
                Ok(delay) => delay.block(),
                Err(_) => break,
            }
        }
        retry.report()
    }),
    ("erased", |policy| {
        let policy: DynPolicy<Error> = policy.erase();
        policy.blocking(fails).report().1
    }),
    ("a view", |policy| {
        let policy = policy.view();
        block_on(policy.run(|| async { fails() }).report()).1
    }),
];

/// Prints how long each form takes, and fails if one of them waited.
fn quickly(test: impl Fn(&str, Form)) {
    for (name, form) in FORMS {
        let begun = Instant::now();
        test(name, form);
        let took = begun.elapsed();
        println!("{name}: {took:?}");
        assert!(took < secs(2), "{name} took {took:?}");
    }
}

#[test]
fn no_delay_skips_every_wait_and_reports_it() {
    let _quick = testing::no_delay();
    quickly(|name, form| {
        let report = form(&POLICY.seed(3));
        assert_eq!(report.attempts, 4, "{name}");
        assert_eq!(report.gave_up, Some(GiveUp::Exhausted), "{name}");
        assert_eq!(report.slept, POLICY.schedule(3).sum(), "{name}");
        assert!(report.elapsed >= report.slept, "{name}: {report}");
        assert!(report.elapsed < report.slept + secs(2), "{name}: {report}");
    });
}

#[test]
fn no_retries_makes_one_attempt() {
    let _once = testing::no_retries();
    quickly(|name, form| {
        let report = form(&POLICY);
        assert_eq!(report.attempts, 1, "{name}");
        assert_eq!(report.gave_up, Some(GiveUp::Exhausted), "{name}");
    });
}

#[test]
fn max_attempts_is_the_smaller_one() {
    let _quick = testing::no_delay();
    for (max, attempts) in [(2, 2), (4, 4), (9, 4)] {
        let _few = testing::max_attempts(max);
        quickly(|name, form| assert_eq!(form(&POLICY).attempts, attempts, "{name}"));
    }
}

#[test]
fn a_seed_is_that_of_calls_without_their_own() {
    let (_quick, _same) = (testing::no_delay(), testing::seed(7));
    let slept = |seed| POLICY.schedule(seed).sum::<Duration>();
    assert_ne!(slept(7), slept(8));
    quickly(|name, form| {
        assert_eq!(form(&POLICY).slept, slept(7), "{name}");
        assert_eq!(form(&POLICY.seed(8)).slept, slept(8), "{name}");
    });
}

#[test]
fn events_and_attempts_know_the_maximum_of_the_mode() {
    let _few = testing::max_attempts(2);
    let policy = POLICY.backoff(NoDelay);
    let outcome = policy
        .blocking(|| {
            assert_eq!(attempt().map(Attempt::max), Some(2));
            fails()
        })
        .on_retry(|event| assert_eq!(event.max_attempts, 2))
        .on_give_up(|event| assert_eq!((event.attempts, event.max_attempts), (2, 2)));
    assert!(outcome.call().is_err());

    let mut retry = policy
        .start()
        .on_give_up(|event| assert_eq!(event.max_attempts, 2));
    retry.stop(&fails().unwrap_err());
}

#[test]
fn a_future_carries_its_mode() {
    let mode = Mode::new().no_delay().max_attempts(3).seed(7);
    let call = POLICY.run(|| async { fails() }).report();
    let (_, report) = block_on(testing::with(mode, call));
    let slept = POLICY.max_attempts(3).schedule(7).sum();
    assert_eq!((report.attempts, report.slept), (3, slept));
}

#[test]
fn a_timer_that_a_test_passes_keeps_its_waits() {
    let _quick = testing::no_delay();
    let timer = VirtualTimer::new();
    let (_, report) = POLICY.blocking_with(&timer, fails).report();
    assert_eq!((report.slept, report.elapsed), (timer.time(), timer.time()));
    assert!(timer.time() > Duration::ZERO);
}

#[test]
fn a_preview_is_that_of_the_policy() {
    let (_once, _same) = (testing::no_retries(), testing::seed(7));
    let delays = |policy: &Policy<Exponential>| policy.schedule(3).collect::<Vec<_>>();
    assert_eq!(delays(&POLICY).len(), 3);
}

#[test]
#[should_panic(expected = "must be at least 1")]
fn a_maximum_of_zero_is_refused() {
    let _none = testing::max_attempts(0);
}
