//! What the machine decides: each rule, and which of two comes first.

use std::cell::Cell;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Backoff, Class, Classified, Decision, Fixed, GiveUp, Jitter, On, Policy, Step, backoff,
    throttled, transient,
};

use crate::common::{self, NO_HINT, Recorder, hint, ms, secs};

const EXACT: Fixed = Fixed::new(secs(1)).jitter(Jitter::None);
const POLICY: Policy<Fixed> = Policy::with_backoff(EXACT);
const SECOND: Decision = Decision::Wait(secs(1));

/// What a call decides about its attempts' failures, one after the other.
fn decide<const N: usize, B: Backoff, L>(
    policy: &Policy<B, On, L>,
    classes: [Class; N],
) -> [Decision; N] {
    let mut retry = policy.start_with(Recorder::default());
    classes.map(|class| retry.decide(class))
}

#[test]
fn a_class_off_the_ladder_stops() {
    let stop = Decision::Stop(GiveUp::NotRetryable);
    assert_eq!(decide(&POLICY, [Class::Permanent]), [stop]);
    assert_eq!(
        decide(&POLICY, [Class::Transient, Class::Ambiguous]),
        [SECOND, stop]
    );
    assert_eq!(
        decide(&POLICY.on(On::Refused), [Class::Refused, Class::Transient]),
        [SECOND, stop]
    );
    assert_eq!(decide(&POLICY.on(On::Any), [Class::Permanent]), [SECOND]);
}

#[test]
fn attempts_are_calls_in_all() {
    let exhausted = Decision::Stop(GiveUp::Exhausted);
    let down = Class::Transient;
    assert_eq!(decide(&POLICY.max_attempts(1), [down]), [exhausted]);
    assert_eq!(
        decide(&POLICY.max_retries(1), [down; 2]),
        [SECOND, exhausted]
    );
    assert_eq!(decide(&POLICY, [down; 3]), [SECOND, SECOND, exhausted]);
}

#[test]
fn a_backoff_that_has_no_further_delay_exhausts_the_call() {
    let policy = Policy::with_backoff([ms(10), ms(20)]).max_attempts(9);
    assert_eq!(
        decide(&policy, [Class::Transient; 3]),
        [
            Decision::Wait(ms(10)),
            Decision::Wait(ms(20)),
            Decision::Stop(GiveUp::Exhausted)
        ]
    );
}

#[test]
fn a_hint_that_is_too_long_stops_and_is_not_shortened() {
    let longest = secs(120);
    assert_eq!(decide(&POLICY, [hint(longest)]), [Decision::Wait(longest)]);
    let too_long = longest + Duration::from_nanos(1);
    let stop = Decision::Stop(GiveUp::HintTooLong);
    assert_eq!(decide(&POLICY, [hint(too_long)]), [stop]);
    let policy = POLICY.max_retry_after(ms(500));
    assert_eq!(
        decide(&policy, [hint(ms(500)), hint(ms(501))]),
        [SECOND, stop]
    );
    assert_eq!(
        decide(&POLICY.max_retry_after(Duration::ZERO), [NO_HINT]),
        [SECOND]
    );
}

#[test]
fn not_retryable_comes_before_exhausted() {
    let policy = POLICY.max_attempts(1).on(On::Transient);
    assert_eq!(
        decide(&policy, [Class::Permanent]),
        [Decision::Stop(GiveUp::NotRetryable)]
    );
}

#[test]
fn exhausted_comes_before_hint_too_long() {
    let exhausted = [Decision::Stop(GiveUp::Exhausted)];
    assert_eq!(
        decide(&POLICY.max_attempts(1), [hint(Duration::MAX)]),
        exhausted
    );
    assert_eq!(
        decide(&Policy::with_backoff([]), [hint(Duration::MAX)]),
        exhausted
    );
}

#[test]
fn hint_too_long_comes_before_deadline() {
    let policy = POLICY.deadline(Duration::ZERO);
    assert_eq!(
        decide(&policy, [hint(Duration::MAX)]),
        [Decision::Stop(GiveUp::HintTooLong)]
    );
    assert_eq!(
        decide(&policy, [hint(secs(2))]),
        [Decision::Stop(GiveUp::Deadline)]
    );
}

/// A hint is part of the wait that must not reach the deadline.
#[test]
fn a_hint_counts_towards_the_deadline() {
    let policy = POLICY.deadline(secs(3));
    assert_eq!(decide(&policy, [hint(secs(2))]), [Decision::Wait(secs(2))]);
    assert_eq!(
        decide(&policy, [hint(secs(3))]),
        [Decision::Stop(GiveUp::Deadline)]
    );
}

#[test]
fn a_backoff_is_asked_only_for_a_retry_there_may_be() {
    let asked = Cell::new(0);
    let shape = |_: &Step| {
        asked.set(asked.get() + 1);
        Some(secs(1))
    };
    let policy = Policy::with_backoff(backoff::from_fn(shape)).max_attempts(2);
    let mut retry = policy.start_with(Recorder::default());
    let _ = retry.decide(Class::Transient);
    assert_eq!(asked.get(), 1);
    let _ = retry.decide(Class::Transient);
    let _ = policy
        .start_with(Recorder::default())
        .decide(Class::Permanent);
    assert_eq!(asked.get(), 1);
}

#[test]
fn a_backoff_receives_the_retry_the_previous_delay_and_the_class() {
    let steps = std::cell::RefCell::new(Vec::new());
    let shape = |step: &Step| {
        steps
            .borrow_mut()
            .push((step.retry, step.previous, step.class));
        Some(secs(u64::from(step.retry)))
    };
    let policy = Policy::with_backoff(backoff::from_fn(shape)).max_attempts(4);
    // The second wait is the server's, which is no delay of this shape.
    let _ = decide(&policy, [Class::Refused, hint(secs(50)), Class::Transient]);
    assert_eq!(
        steps.into_inner(),
        [
            (1, None, Class::Refused),
            (2, Some(secs(1)), hint(secs(50))),
            (3, Some(secs(2)), Class::Transient),
        ]
    );
}

#[test]
fn after_it_has_stopped_it_stays_stopped() {
    let mut retry = POLICY.start_with(Recorder::default());
    assert_eq!(retry.gave_up(), None);
    let stop = Decision::Stop(GiveUp::NotRetryable);
    assert_eq!(retry.decide(Class::Permanent), stop);
    assert_eq!(retry.decide(Class::Transient), stop);
    assert_eq!(
        retry.again(transient("down")).err(),
        Some(transient("down"))
    );
    assert_eq!(
        (retry.gave_up(), retry.number()),
        (Some(GiveUp::NotRetryable), 1)
    );
    assert_eq!(retry.slept(), Duration::ZERO);
}

#[test]
fn the_error_comes_back_unchanged() {
    let policy = POLICY.max_attempts(1);
    let mut retry = policy.start_with(Recorder::default());
    let words = "the very same".to_owned();
    let address = words.as_ptr();
    let error = retry
        .again(throttled(words, secs(1)))
        .expect_err("there is one attempt");
    assert_eq!(error.class(), hint(secs(1)));
    assert_eq!(error.get_ref().as_ptr(), address);
    assert_eq!(error.into_inner(), "the very same");
}

#[test]
fn a_call_counts_its_attempts_and_its_waits() {
    let timer = Recorder::default();
    let policy = POLICY.max_attempts(5);
    let mut retry = policy.start_with(timer.clone());
    assert_eq!((retry.number(), retry.slept()), (1, Duration::ZERO));
    for made in 1..4_u32 {
        timer.advance(ms(10));
        let delay = retry.again(transient(())).unwrap();
        assert_eq!((retry.number(), delay.duration()), (made + 1, secs(1)));
        delay.block();
        assert_eq!(retry.slept(), secs(u64::from(made)));
    }
    assert_eq!(timer.time(), ms(3030));
    assert_eq!(retry.elapsed(), None, "nothing measures this call");

    let mut retry = policy.start_with(timer.clone()).timed();
    timer.advance(ms(10));
    retry.again(transient(())).unwrap().block();
    assert_eq!(retry.elapsed(), Some(ms(1010)));
}

#[test]
fn every_reason_says_something_else() {
    let reasons = [
        GiveUp::NotRetryable,
        GiveUp::Exhausted,
        GiveUp::Nested,
        GiveUp::HintTooLong,
        GiveUp::Deadline,
        GiveUp::Budget,
    ];
    let words: std::collections::BTreeSet<_> = reasons.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), reasons.len());
}

proptest! {
    #[test]
    fn a_hint_is_obeyed_and_lengthened_by_at_most_a_tenth(
        built in common::everyday_shape(),
        after in common::any_duration(),
        seed in any::<u64>(),
    ) {
        let policy = Policy::with_backoff(built.shape).max_retry_after(Duration::MAX).seed(seed);
        let alone = policy.schedule(seed).next().expect("a first retry");
        let [Decision::Wait(delay)] = decide(&policy, [hint(after)]) else {
            panic!("a hint of any length is allowed")
        };
        prop_assert!(delay >= after && delay >= alone);
        prop_assert!(delay <= after.saturating_add(after / 10).max(alone));
        if !built.shape.spreads_hints() {
            prop_assert_eq!(delay, after.max(alone));
        }
    }

    #[test]
    fn a_hint_is_exact_without_jitter_and_only_then(seed in any::<u64>()) {
        let delay = |jitter| {
            let shape = Fixed::new(secs(1)).jitter(jitter);
            decide(&Policy::with_backoff(shape).seed(seed), [hint(secs(60))])
        };
        prop_assert_eq!(delay(Jitter::None), [Decision::Wait(secs(60))]);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Proportional(0.1)] {
            let [Decision::Wait(spread)] = delay(jitter) else { panic!("there are attempts left") };
            prop_assert!(spread > secs(60) && spread <= secs(66));
        }
    }

    #[test]
    fn an_error_without_a_hint_waits_as_the_backoff_says(seed in any::<u64>()) {
        let policy = Policy::new().seed(seed);
        let alone = policy.schedule(seed).next().map(Decision::Wait);
        for class in [Class::Transient, Class::Refused, NO_HINT] {
            prop_assert_eq!(Some(decide(&policy, [class])[0]), alone);
        }
    }
}

/// An error of every class, through the ladder of the policy, as the drivers put it.
#[test]
fn again_asks_the_error_for_its_class() {
    let again = |error: Classified<u8>| {
        let mut retry = POLICY.start_with(Recorder::default());
        retry.again(error).map(|delay| delay.duration())
    };
    assert_eq!(again(transient(1)), Ok(secs(1)));
    assert_eq!(again(throttled(2, secs(7))), Ok(secs(7)));
    assert_eq!(
        again(retry_core::permanent(3)),
        Err(retry_core::permanent(3))
    );
}
