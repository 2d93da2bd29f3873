//! What a server asks for, apart from what its failure means: hints of every class, in every driver.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Class, Classify, Decision, Fixed, GiveUp, Jitter, On, Policy, permanent, throttled, transient,
};

use crate::common::{self, Recorder, hint, ms, ready, secs};

const POLICY: Policy<Fixed> = Policy::with_backoff(Fixed::new(ms(1)).jitter(Jitter::None));

/// A failure with a class and a hint that do not depend on one another.
#[derive(Clone, Debug, PartialEq)]
struct Failure {
    class: Class,
    after: Option<Duration>,
}

impl Classify for Failure {
    fn classify(&self) -> Class {
        self.class
    }

    fn retry_after(&self) -> Option<Duration> {
        self.after
    }
}

const BAD_GATEWAY: Failure = Failure {
    class: Class::Transient,
    after: Some(secs(7)),
};

const CLASSES: [Class; 5] = [
    Class::Permanent,
    Class::Ambiguous,
    Class::Transient,
    Class::Throttled { retry_after: None },
    Class::Refused,
];

/// The first wait in every driver.
fn first_waits(policy: &Policy<Fixed>, failure: &Failure) -> [Vec<Duration>; 3] {
    let policy = policy.max_attempts(2);
    let fail = || Err::<(), _>(failure.clone());

    let blocking = Recorder::default();
    assert!(policy.blocking_with(blocking.clone(), fail).call().is_err());

    let awaited = Recorder::default();
    let call = policy.run_with(awaited.clone(), || async { fail() });
    assert!(ready(call).is_err());

    let explicit = Recorder::default();
    let mut retry = policy.start_with(explicit.clone());
    if let Ok(delay) = retry.again(failure.clone()) {
        delay.block();
    }
    [blocking.delays(), awaited.delays(), explicit.delays()]
}

#[test]
fn a_hint_is_obeyed_for_every_class_in_every_driver() {
    for class in CLASSES {
        let after = Some(secs(7));
        let failure = Failure { class, after };
        let waits = first_waits(&POLICY.on(On::Any), &failure);
        assert_eq!(waits, [[secs(7)], [secs(7)], [secs(7)]], "{class}");
    }
}

#[test]
fn a_hint_that_is_too_long_ends_the_call_for_every_class() {
    for class in CLASSES {
        let after = Some(secs(3600));
        let mut retry = POLICY.on(On::Any);
        retry = retry.max_attempts(9);
        let mut retry = retry.start_with(Recorder::default());
        assert!(retry.again(Failure { class, after }).is_err());
        assert_eq!(retry.gave_up(), Some(GiveUp::HintTooLong), "{class}");
    }
}

#[test]
fn a_hint_makes_no_failure_retryable() {
    let failure = Failure {
        class: Class::Permanent,
        after: Some(secs(1)),
    };
    let none: Vec<Duration> = Vec::new();
    assert_eq!(
        first_waits(&POLICY, &failure),
        [none.clone(), none.clone(), none]
    );
}

#[test]
fn pointers_forward_the_hint() {
    let after = Some(secs(7));
    assert_eq!((&&BAD_GATEWAY).retry_after(), after);
    assert_eq!(Box::new(BAD_GATEWAY).retry_after(), after);
    assert_eq!(Arc::new(Box::new(&BAD_GATEWAY)).retry_after(), after);
}

#[test]
fn the_hint_of_an_error_that_says_none_is_that_of_its_class() {
    assert_eq!(throttled("busy", secs(3)).retry_after(), Some(secs(3)));
    assert_eq!(transient("down").retry_after(), None);
    assert_eq!(permanent("gone").retry_after(), None);
}

#[test]
fn a_classifier_is_called_once_and_returns_the_hint_of_its_class() {
    let asked = std::cell::Cell::new(0);
    let classifier = |_: &Failure| {
        asked.set(asked.get() + 1);
        hint(secs(2))
    };
    let policy = POLICY.on_error(&classifier);
    let mut retry = policy.start_with(Recorder::default());
    let delay = retry.again(BAD_GATEWAY).expect("there are attempts left");
    assert_eq!((delay.duration(), asked.get()), (secs(2), 1));
}

#[test]
fn of_the_hint_of_the_loop_and_that_of_the_error_the_longer_one_counts() {
    let wait = |own: Option<Duration>, loops: Option<Duration>| {
        let failure = Failure {
            class: Class::Transient,
            after: own,
        };
        let mut retry = POLICY.start_with(Recorder::default());
        let delay = retry.again_after(failure, loops);
        delay.expect("there are attempts left").duration()
    };
    assert_eq!(wait(None, None), ms(1));
    assert_eq!(wait(None, Some(secs(3))), secs(3));
    assert_eq!(wait(Some(secs(3)), None), secs(3));
    assert_eq!(wait(Some(secs(3)), Some(secs(5))), secs(5));
    assert_eq!(wait(Some(secs(5)), Some(secs(3))), secs(5));

    let mut retry = POLICY.start_with(Recorder::default());
    assert!(retry.again_after(BAD_GATEWAY, Some(secs(121))).is_err());
    assert_eq!(retry.gave_up(), Some(GiveUp::HintTooLong));
}

#[test]
fn the_words_for_labels_are_fixed() {
    let names = CLASSES.map(Class::name);
    let words = [
        "permanent",
        "ambiguous",
        "transient",
        "throttled",
        "refused",
    ];
    assert_eq!(names, words);
    assert_eq!(hint(secs(1)).name(), "throttled");

    let reasons = [
        (GiveUp::NotRetryable, "not_retryable"),
        (GiveUp::Exhausted, "exhausted"),
        (GiveUp::Nested, "nested"),
        (GiveUp::HintTooLong, "hint_too_long"),
        (GiveUp::Deadline, "deadline"),
        (GiveUp::Budget, "budget"),
    ];
    for (reason, word) in reasons {
        assert_eq!(reason.name(), word);
    }
}

proptest! {
    #[test]
    fn no_wait_is_shorter_than_the_hint(
        built in common::everyday_shape(),
        class in common::any_class(),
        after in common::any_duration(),
        seed in any::<u64>(),
    ) {
        let policy = Policy::with_backoff(built.shape)
            .on(On::Any)
            .max_retry_after(Duration::MAX)
            .seed(seed);
        let mut retry = policy.start_with(Recorder::default());
        let Ok(delay) = retry.again_after(Failure { class, after: None }, Some(after)) else {
            panic!("a hint of any length is allowed")
        };
        prop_assert!(delay.duration() >= after);
        prop_assert!(matches!(policy.start_with(Recorder::default()).decide(class), Decision::Wait(_)));
    }

    /// The spread is cut, and not the wait: a hint that fits is never a reason to give up.
    #[test]
    fn a_hint_that_fits_before_the_deadline_is_always_waited_out(
        after in 1..100_000_000_000_u64,
        room in 1..20_000_000_000_u64,
        seed in any::<u64>(),
    ) {
        let (after, room) = (Duration::from_nanos(after), Duration::from_nanos(room));
        let policy = Policy::exponential(Duration::from_nanos(1))
            .deadline(after + room)
            .seed(seed);
        let failure = Failure { class: Class::Transient, after: Some(after) };
        let timer = Recorder::default();
        let mut retry = policy.start_with(timer.clone());
        let Ok(delay) = retry.again(failure) else {
            panic!("gave up: {:?}", retry.gave_up())
        };
        prop_assert!(delay.duration() >= after && delay.duration() < after + room);
        // At least half of what is left after the hint is left for the attempt.
        prop_assert!(delay.duration() <= after + (after / 10).min(room / 2));
    }
}

#[test]
fn clients_with_the_same_hint_stay_spread_before_the_deadline() {
    let waits: std::collections::BTreeSet<_> = (0..1000)
        .map(|seed| {
            let policy = Policy::exponential(ms(1)).deadline(secs(10)).seed(seed);
            let mut retry = policy.start_with(Recorder::default());
            let delay = retry.again(throttled("busy", ms(9500)));
            delay.expect("9.5 s fit into 10 s").duration()
        })
        .collect();
    assert_eq!(waits.len(), 1000);
}

#[test]
fn a_hint_that_reaches_the_deadline_ends_the_call_at_once() {
    let policy = Policy::exponential(ms(1)).deadline(secs(10));
    let mut retry = policy.start_with(Recorder::default());
    assert!(retry.again(throttled("busy", secs(10))).is_err());
    assert_eq!(retry.gave_up(), Some(GiveUp::Deadline));
}
