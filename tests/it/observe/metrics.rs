//! The feature `metrics`: what a recorder receives of a call.

use std::fmt::Write as _;
use std::time::Duration;

use metrics::{Label, with_local_recorder};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use retryable::observe::{Called, Observer};
use retryable::{
    Budget, Class, Classified, GiveUp, NoDelay, Policy, permanent, retryable, throttled, transient,
};

type Outcome = Result<u32, Classified<&'static str>>;

/// Returns one sorted line for each series that `call` recorded.
pub(super) fn recorded(call: impl FnOnce()) -> Vec<String> {
    let recorder = DebuggingRecorder::new();
    with_local_recorder(&recorder, call);
    let series = recorder.snapshotter().snapshot().into_vec();
    let mut lines: Vec<_> = series
        .into_iter()
        .map(|(key, _, _, value)| {
            let (kind, key) = key.into_parts();
            let mut line = key.name().to_owned();
            for label in key.labels() {
                let _ = write!(line, " {}={}", Label::key(label), label.value());
            }
            match value {
                DebugValue::Counter(value) => assert_eq!(kind, MetricKind::Counter, "{value}"),
                _ => assert_eq!(kind, MetricKind::Histogram),
            }
            match value {
                DebugValue::Counter(value) => format!("{line}: {value}"),
                DebugValue::Gauge(value) => format!("{line}: {value}"),
                DebugValue::Histogram(values) => format!("{line}: {values:?}"),
            }
        })
        .collect();
    lines.sort();
    lines
}

#[retryable(backoff = "none", name = "annotated")]
fn annotated(outcomes: &mut Vec<Outcome>) -> Outcome {
    outcomes.pop().expect("an outcome")
}

fn recovers() -> Vec<Outcome> {
    vec![Ok(7), Err(transient("busy")), Err(transient("busy"))]
}

#[test]
fn a_call_that_succeeds_on_its_third_attempt_counts_once() {
    let lines = recorded(|| assert_eq!(annotated(&mut recovers()), Ok(7)));
    assert_eq!(
        lines,
        [
            "retryable_attempts name=annotated: [3.0]",
            "retryable_calls_total name=annotated kind=succeeded_after_retry: 1",
            "retryable_retries_total name=annotated class=transient: 2",
            "retryable_wait_seconds name=annotated: [0.0]",
        ]
    );
}

#[test]
fn a_call_that_succeeds_at_once_has_one_counter() {
    let lines = recorded(|| {
        for _ in 0..3 {
            assert_eq!(annotated(&mut vec![Ok(7)]), Ok(7));
        }
    });
    assert_eq!(
        lines,
        ["retryable_calls_total name=annotated kind=succeeded: 3"]
    );
}

#[test]
fn a_call_that_gives_up_counts_with_its_reason() {
    let lines = recorded(|| {
        let missing = annotated(&mut vec![Err(permanent("404"))]);
        assert!(missing.is_err());
        let policy = Policy::with_backoff(NoDelay).name("down").max_attempts(2);
        assert!(
            policy
                .run_blocking(|| Err::<(), _>(transient("down")))
                .is_err()
        );
    });
    assert_eq!(
        lines,
        [
            "retryable_attempts name=down: [2.0]",
            "retryable_calls_total name=annotated kind=failed: 1",
            "retryable_calls_total name=down kind=failed_after_retry: 1",
            "retryable_give_ups_total name=annotated reason=not_retryable: 1",
            "retryable_give_ups_total name=down reason=exhausted: 1",
            "retryable_retries_total name=down class=transient: 1",
            "retryable_wait_seconds name=down: [0.0]",
        ]
    );
}

/// A call that gives up for a reason.
fn give_up(reason: GiveUp) {
    static EMPTY: Budget = Budget::new(0.0).burst(0);
    let policy = Policy::with_backoff([Duration::from_secs(60)]).name("call");
    let fails = || -> Outcome { Err(transient("down")) };
    let outcome = match reason {
        GiveUp::NotRetryable => policy.run_blocking(|| -> Outcome { Err(permanent("404")) }),
        GiveUp::Exhausted => policy.max_attempts(1).run_blocking(fails),
        GiveUp::Nested => policy.run_blocking(|| {
            Policy::with_backoff(NoDelay)
                .max_attempts(1)
                .name("inner")
                .run_blocking(fails)
        }),
        GiveUp::HintTooLong => policy
            .max_retry_after(Duration::from_secs(1))
            .run_blocking(|| -> Outcome { Err(throttled("429", Some(Duration::from_secs(9)))) }),
        GiveUp::Deadline => {
            let mut retry = policy.start();
            let mut caller = retryable::Upstream::new().remaining(Duration::from_secs(1));
            caller.serve_blocking(|| retry.again(transient("down")).map(|_| 0))
        }
        GiveUp::MaxElapsed => policy
            .max_elapsed(Duration::from_secs(1))
            .run_blocking(fails),
        GiveUp::Budget => policy.budget(&EMPTY).run_blocking(fails),
        other => panic!("a reason without a test: {other}"),
    };
    assert!(outcome.is_err(), "{reason}");
}

#[test]
fn each_reason_has_its_word() {
    for reason in [
        GiveUp::NotRetryable,
        GiveUp::Exhausted,
        GiveUp::Nested,
        GiveUp::HintTooLong,
        GiveUp::Deadline,
        GiveUp::MaxElapsed,
        GiveUp::Budget,
    ] {
        let mut lines = recorded(|| give_up(reason));
        lines.retain(|line| line.contains("give_ups") && !line.contains("name=inner"));
        let word = reason.name();
        let expected = format!("retryable_give_ups_total name=call reason={word}: 1");
        assert_eq!(lines, [expected], "{reason}");
    }
}

#[test]
fn each_class_has_its_word_without_the_hint() {
    let classes = [
        Class::Ambiguous,
        Class::Transient,
        Class::Throttled {
            retry_after: Some(Duration::from_millis(1)),
        },
        Class::Refused,
    ];
    for class in classes {
        let mut lines = recorded(|| {
            let policy = Policy::with_backoff(NoDelay).on(retryable::On::Ambiguous);
            let _ = policy.start().decide(class);
        });
        let word = class.name();
        let expected = format!("retryable_retries_total name=unnamed class={word}: 1");
        assert_eq!(lines.pop(), Some(expected));
        assert!(lines.is_empty(), "the call has not ended: {lines:?}");
    }
}

#[test]
fn the_waits_of_a_call_that_nothing_measures_are_known() {
    let mut lines = recorded(|| {
        let policy = Policy::fixed(Duration::from_millis(2)).name("waits");
        let mut outcomes = recovers();
        let outcome = policy.run_blocking(|| outcomes.pop().expect("an outcome"));
        assert_eq!(outcome, Ok(7));
        assert_eq!(annotated_with_wait(&mut recovers()), Ok(7));
    });
    lines.retain(|line| line.contains("wait"));
    lines.retain(|line| line.contains("seconds"));
    assert_eq!(
        lines,
        [
            "retryable_wait_seconds name=annotated with wait: [0.002]",
            "retryable_wait_seconds name=waits: [0.004]",
        ]
    );
}

#[retryable(backoff = "fixed", base = "1ms", name = "annotated with wait")]
fn annotated_with_wait(outcomes: &mut Vec<Outcome>) -> Outcome {
    outcomes.pop().expect("an outcome")
}

#[test]
fn each_metric_has_a_description_and_its_unit() {
    let recorder = DebuggingRecorder::new();
    with_local_recorder(&recorder, || {
        assert_eq!(annotated(&mut recovers()), Ok(7));
    });
    let series = recorder.snapshotter().snapshot().into_vec();
    assert_eq!(series.len(), 4);
    for (key, unit, description, _) in series {
        let name = key.key().name();
        assert!(description.is_some(), "{name}");
        let is_time = name.ends_with("_seconds");
        let expected = if is_time { "seconds" } else { "count" };
        assert_eq!(unit.map(|unit| unit.as_str()), Some(expected), "{name}");
    }
}

#[test]
fn a_call_without_a_recorder_is_like_any_other() {
    assert_eq!(annotated(&mut recovers()), Ok(7));
    give_up(GiveUp::Exhausted);
}

#[test]
fn a_recorder_that_is_installed_after_the_first_call_counts_the_next_ones() {
    let call = || assert_eq!(annotated(&mut vec![Ok(7)]), Ok(7));
    call();
    let counted = ["retryable_calls_total name=annotated kind=succeeded: 1"];
    assert_eq!(recorded(call), counted);
    call();
    assert_eq!(recorded(call), counted, "the second recorder, after none");
}

struct Ends;

thread_local! {
    static ENDS: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

impl Observer for Ends {
    fn called(&self, event: &Called<'_>) {
        let Called {
            name,
            attempts,
            max_attempts,
            gave_up,
            slept,
            ..
        } = event;
        let line = format!("{name} {attempts}/{max_attempts} {gave_up:?} {slept:?}");
        ENDS.with_borrow_mut(|ends| ends.push(line));
    }
}

#[test]
fn an_observer_of_a_policy_sees_the_end_of_each_call_without_a_recorder() {
    let policy = Policy::with_backoff(NoDelay).name("call").observer(&Ends);
    assert_eq!(policy.run_blocking(|| -> Outcome { Ok(7) }), Ok(7));
    let mut outcomes = recovers();
    assert_eq!(
        policy.run_blocking(|| outcomes.pop().expect("an outcome")),
        Ok(7)
    );
    assert!(
        policy
            .run_blocking(|| -> Outcome { Err(transient("down")) })
            .is_err()
    );
    assert_eq!(
        ENDS.take(),
        [
            "call 1/3 None 0ns",
            "call 3/3 None 0ns",
            "call 3/3 Some(Exhausted) 0ns",
        ]
    );
}
