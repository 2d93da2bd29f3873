//! The ladder of classes, and classifiers in its place.

use std::io;

use retry_core::{Class, Classify, GiveUp, NoBudget, NoDelay, On, Policy, Rule};

use crate::common::{NO_HINT, Recorder, hint, secs};

const CLASSES: [Class; 6] = [
    Class::Refused,
    NO_HINT,
    hint(secs(1)),
    Class::Transient,
    Class::Ambiguous,
    Class::Permanent,
];

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay);

/// Calls made, and why they ended, if every attempt fails with `error`.
fn calls<E, K, O: Rule<E, K>>(
    policy: &Policy<NoDelay, O>,
    error: impl Fn() -> E,
) -> (u32, Option<GiveUp>) {
    let call = policy.blocking_with(Recorder::default(), || Err::<(), E>(error()));
    let (_, report) = call.report();
    (report.attempts, report.gave_up)
}

const RETRIED: (u32, Option<GiveUp>) = (3, Some(GiveUp::Exhausted));
const STOPPED: (u32, Option<GiveUp>) = (1, Some(GiveUp::NotRetryable));

#[test]
fn each_rung_retries_what_the_table_says() {
    let table = [
        (On::Refused, [true, true, true, false, false, false]),
        (On::Transient, [true, true, true, true, false, false]),
        (On::Ambiguous, [true, true, true, true, true, false]),
        (On::Any, [true; 6]),
    ];
    for (rung, row) in table {
        assert_eq!(CLASSES.map(|class| rung.retries(class)), row, "{rung:?}");
        let made =
            CLASSES.map(|class| calls(&POLICY.on(rung), || retry_core::Classified::new((), class)));
        assert_eq!(
            made,
            row.map(|retried| if retried { RETRIED } else { STOPPED }),
            "{rung:?}"
        );
    }
}

#[test]
fn transient_is_the_default_rung() {
    assert_eq!(On::default(), On::Transient);
    let named = CLASSES.map(|class| {
        calls(&POLICY.on(On::Transient), || {
            retry_core::Classified::new((), class)
        })
    });
    let unnamed = CLASSES.map(|class| calls(&POLICY, || retry_core::Classified::new((), class)));
    assert_eq!(named, unnamed);
}

#[test]
fn a_higher_rung_is_greater() {
    assert!(
        On::Refused < On::Transient && On::Transient < On::Ambiguous && On::Ambiguous < On::Any
    );
}

#[test]
fn a_classifier_that_returns_a_bool_decides() {
    assert_eq!(Class::from(true), Class::Transient);
    assert_eq!(Class::from(false), Class::Permanent);
    let policy = POLICY.on_error(|error: &u16| *error >= 500);
    assert_eq!(calls(&policy, || 503), RETRIED);
    assert_eq!(calls(&policy, || 404), STOPPED);
}

#[test]
fn a_classifier_that_returns_a_class_decides() {
    let policy = POLICY.on_error(|class: &Class| *class);
    let made = CLASSES.map(|class| calls(&policy, || class));
    assert_eq!(made, [RETRIED, RETRIED, RETRIED, RETRIED, STOPPED, STOPPED]);
}

#[test]
fn a_classifier_may_be_a_function_and_may_overrule_the_error() {
    fn missing_is_temporary(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::NotFound
    }
    const PATIENT: Policy<NoDelay, fn(&io::Error) -> bool> =
        Policy::from_parts(NoDelay, missing_is_temporary, NoBudget);
    assert_eq!(calls(&PATIENT, || io::ErrorKind::NotFound.into()), RETRIED);
    assert_eq!(calls(&PATIENT, || io::ErrorKind::TimedOut.into()), STOPPED);
}

#[test]
fn a_classifier_returns_hints() {
    let policy = POLICY
        .max_retry_after(secs(1))
        .on_error(|after: &u64| Class::Throttled {
            retry_after: Some(secs(*after)),
        });
    assert_eq!(calls(&policy, || 1), RETRIED);
    assert_eq!(calls(&policy, || 2), (1, Some(GiveUp::HintTooLong)));
}

#[test]
fn an_error_type_of_the_callers_needs_one_impl() {
    #[derive(Debug)]
    enum StoreError {
        Busy,
        Gone,
    }
    impl Classify for StoreError {
        fn classify(&self) -> Class {
            match self {
                Self::Busy => NO_HINT,
                Self::Gone => Class::Permanent,
            }
        }
    }
    assert_eq!(calls(&POLICY, || StoreError::Busy), RETRIED);
    assert_eq!(calls(&POLICY, || StoreError::Gone), STOPPED);
}

#[test]
fn classes_are_named_in_words() {
    let names = CLASSES.map(|class| class.to_string());
    assert_eq!(
        names,
        [
            "refused",
            "throttled",
            "throttled for 1s",
            "transient",
            "ambiguous",
            "permanent"
        ]
    );
}
