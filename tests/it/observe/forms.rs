//! Every form of a call reports the same facts: one golden of each event.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use retryable::tower::RetryLayer;
use retryable::{Budget, Class, Classify, NoDelay, Policy, retryable};
use tower::{Layer, ServiceExt};

use super::support::{Lines, observed};

const HINT: Duration = Duration::from_millis(5);

/// Its text is a secret.
#[derive(Debug, Classify)]
enum ApiError {
    #[classify(transient)]
    Busy,
    #[classify(with = throttled)]
    Slow(Secret),
    #[allow(dead_code)]
    NotFound,
}

#[derive(Debug)]
struct Secret;

fn throttled(_: &Secret) -> Class {
    Class::Throttled {
        retry_after: Some(HINT),
    }
}

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3).name("call");

/// How the attempts end.
#[derive(Clone, Copy, Debug)]
enum Script {
    Recovers,
    Exhausts,
    NotFound,
    NotFoundLater,
    RejectedValue,
}

struct Attempts {
    script: Script,
    made: Cell<u32>,
}

impl Attempts {
    fn new(script: Script) -> Self {
        Self {
            script,
            made: Cell::new(0),
        }
    }

    fn next(&self) -> Result<u32, ApiError> {
        self.made.set(self.made.get() + 1);
        match (self.script, self.made.get()) {
            (Script::Recovers | Script::Exhausts, 2) => Err(ApiError::Slow(Secret)),
            (Script::Recovers | Script::NotFoundLater, 1) | (Script::Exhausts, _) => {
                Err(ApiError::Busy)
            }
            (Script::NotFound | Script::NotFoundLater, _) => Err(ApiError::NotFound),
            (Script::RejectedValue, number) => Ok(number - 1),
            (Script::Recovers, _) => Ok(7),
        }
    }
}

#[retryable(backoff = "none", name = "call")]
async fn annotated(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

#[retryable(backoff = "none", name = "call")]
fn annotated_blocking(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

#[retryable(policy = POLICY, name = "call")]
async fn by_policy(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

struct Client;

#[retryable(backoff = "none")]
impl Client {
    #[retryable(name = "call")]
    async fn method(&self, attempts: &Attempts) -> Result<u32, ApiError> {
        attempts.next()
    }
}

macro_rules! explicit_loop {
    ($retry:expr, $attempts:expr) => {{
        let mut retry = $retry;
        loop {
            match $attempts.next() {
                Ok(value) => {
                    retry.succeeded();
                    break Ok(value);
                }
                Err(error) => match retry.again(error) {
                    Ok(delay) => delay.block(),
                    Err(error) => break Err(error),
                },
            }
        }
    }};
}

type Form = (&'static str, fn(&Attempts) -> Result<u32, ApiError>);

const FORMS: &[Form] = &[
    ("attribute, async", |attempts| block_on(annotated(attempts))),
    ("attribute, blocking", annotated_blocking),
    ("attribute, policy", |attempts| {
        block_on(by_policy(attempts))
    }),
    ("run", |attempts| {
        block_on(POLICY.run(|| async { attempts.next() }).into_future())
    }),
    ("run_async", |attempts| {
        block_on(POLICY.run_async(async || attempts.next()).into_future())
    }),
    ("run_blocking", |attempts| {
        POLICY.run_blocking(|| attempts.next())
    }),
    ("blocking", |attempts| {
        POLICY.blocking(|| attempts.next()).call()
    }),
    ("erased", |attempts| {
        POLICY
            .erase::<ApiError, ()>()
            .run_blocking(|| attempts.next())
    }),
    ("start", |attempts| explicit_loop!(POLICY.start(), attempts)),
    ("start_owned", |attempts| {
        explicit_loop!(POLICY.start_owned(), attempts)
    }),
    ("attribute, method of a block", |attempts| {
        block_on(Client.method(attempts))
    }),
    ("tower layer", |attempts| {
        let service = tower::service_fn(|()| async { attempts.next() });
        block_on(RetryLayer::new(POLICY).layer(service).oneshot(()))
    }),
];

#[track_caller]
fn assert_observed(script: Script, expected: &[&str]) {
    for (form, call) in FORMS {
        let (_, seen) = observed(|| call(&Attempts::new(script)));
        // The hint has up to a tenth more, at random.
        let seen: Vec<_> = seen.iter().map(|line| without_spread(line)).collect();
        assert_eq!(seen, expected, "{form}, {script:?}");
    }
}

fn without_spread(line: &str) -> String {
    match line.find("Some(5.") {
        Some(start) => {
            let end = start + line[start..].find(')').expect("Some(..)");
            format!("{}Some(5ms+{}", &line[..start], &line[end..])
        }
        None => line.to_owned(),
    }
}

#[test]
fn a_recovery() {
    assert_observed(
        Script::Recovers,
        &[
            "retrying call 1/3 transient ApiError::Busy None Some(0ns) None None",
            "retrying call 2/3 throttled ApiError::Slow Some(5ms) Some(5ms+) None None",
            "recovered call 3/3 None None",
        ],
    );
}

#[test]
fn attempts_that_are_used_up() {
    assert_observed(
        Script::Exhausts,
        &[
            "retrying call 1/3 transient ApiError::Busy None Some(0ns) None None",
            "retrying call 2/3 throttled ApiError::Slow Some(5ms) Some(5ms+) None None",
            "gave up call 3/3 transient ApiError::Busy None None None None: exhausted",
        ],
    );
}

#[test]
fn an_error_that_is_not_retried() {
    assert_observed(
        Script::NotFound,
        &["gave up call 1/3 permanent ApiError::NotFound None None None None: not_retryable"],
    );
}

#[track_caller]
fn assert_traced(script: Script, expected: &[&str]) {
    for (form, call) in FORMS {
        let (_, lines) = Lines::of(|| call(&Attempts::new(script)));
        let lines: Vec<_> = lines.iter().map(|line| without_delay(line)).collect();
        assert_eq!(lines, expected, "{form}, {script:?}");
    }
}

fn without_delay(line: &str) -> String {
    let Some(start) = line.find("retry.delay_ms=5.") else {
        return line.to_owned();
    };
    let end = line[start..]
        .find(' ')
        .map_or(line.len(), |end| start + end);
    format!("{}retry.delay_ms=5+{}", &line[..start], &line[end..])
}

#[test]
fn the_events_of_a_recovery() {
    assert_traced(
        Script::Recovers,
        &[
            "DEBUG retryable::retry retry.name=\"call\" retry.attempt=1 retry.max=3 retry.class=\"transient\" \
             error.type=\"ApiError::Busy\" retry.delay_ms=0.0",
            "DEBUG retryable::retry retry.name=\"call\" retry.attempt=2 retry.max=3 retry.class=\"throttled\" \
             error.type=\"ApiError::Slow\" retry.delay_ms=5+ retry.hint_ms=5.0",
            "INFO retryable::recovered retry.name=\"call\" retry.attempts=3",
        ],
    );
}

#[test]
fn a_404_at_the_first_attempt_does_not_warn() {
    assert_traced(
        Script::NotFound,
        &[
            "DEBUG retryable::give_up retry.name=\"call\" retry.attempt=1 retry.max=3 retry.class=\"permanent\" \
           error.type=\"ApiError::NotFound\" retry.attempts=1 retry.reason=\"not_retryable\"",
        ],
    );
}

#[test]
fn a_404_at_a_later_attempt_warns() {
    assert_traced(
        Script::NotFoundLater,
        &[
            "DEBUG retryable::retry retry.name=\"call\" retry.attempt=1 retry.max=3 retry.class=\"transient\" \
             error.type=\"ApiError::Busy\" retry.delay_ms=0.0",
            "WARN retryable::give_up retry.name=\"call\" retry.attempt=2 retry.max=3 retry.class=\"permanent\" \
             error.type=\"ApiError::NotFound\" retry.attempts=2 retry.reason=\"not_retryable\"",
        ],
    );
}

static EMPTY: Budget = Budget::new(0.0).burst(0);

#[retryable(backoff = "none", name = "call", budget = &EMPTY)]
async fn over_budget(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

#[test]
fn an_empty_budget_is_a_reason_of_its_own() {
    let forms: &[Form] = &[
        ("attribute", |attempts| block_on(over_budget(attempts))),
        ("run", |attempts| {
            let policy = POLICY.budget(&EMPTY);
            block_on(policy.run(|| async { attempts.next() }).into_future())
        }),
        ("run_blocking", |attempts| {
            POLICY.budget(&EMPTY).run_blocking(|| attempts.next())
        }),
        ("erased", |attempts| {
            let policy = POLICY.erase::<ApiError, ()>().budget(&EMPTY);
            policy.run_blocking(|| attempts.next())
        }),
        ("start", |attempts| {
            explicit_loop!(POLICY.budget(&EMPTY).start_owned(), attempts)
        }),
        ("tower layer", |attempts| {
            let service = tower::service_fn(|()| async { attempts.next() });
            let layer = RetryLayer::new(POLICY.budget(&EMPTY));
            block_on(layer.layer(service).oneshot(()))
        }),
    ];
    for (form, call) in forms {
        let (_, seen) = observed(|| call(&Attempts::new(Script::Exhausts)));
        let expected = "gave up call 1/3 transient ApiError::Busy None None None None: budget";
        assert_eq!(seen, [expected], "{form}");
        let (_, lines) = Lines::of(|| call(&Attempts::new(Script::Exhausts)));
        let expected = "WARN retryable::give_up retry.name=\"call\" retry.attempt=1 retry.max=3 \
             retry.class=\"transient\" error.type=\"ApiError::Busy\" retry.attempts=1 retry.reason=\"budget\"";
        assert_eq!(lines, [expected], "{form}");
    }
}

#[retryable(backoff = "none", name = "call", until = |value| *value > 0)]
fn annotated_until(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

#[retryable(policy = POLICY, name = "call", until = |value| *value > 0)]
fn by_policy_until(attempts: &Attempts) -> Result<u32, ApiError> {
    attempts.next()
}

#[test]
fn a_rejected_value_has_the_type_value() {
    let forms: &[Form] = &[
        ("attribute", annotated_until),
        ("policy", by_policy_until),
        ("blocking", |attempts| {
            POLICY
                .blocking(|| attempts.next())
                .until(|value| *value > 0)
                .call()
        }),
    ];
    for (form, call) in forms {
        let (_, seen) = observed(|| call(&Attempts::new(Script::RejectedValue)));
        let expected = [
            "retrying call 1/3 transient value None Some(0ns) None None",
            "recovered call 2/3 None None",
        ];
        assert_eq!(seen, expected, "{form}");
    }
}

#[test]
fn a_measured_call_has_its_times() {
    let policy = POLICY.max_elapsed(Duration::from_secs(60));
    let timer = retryable::VirtualTimer::new();
    let attempts = Attempts::new(Script::Exhausts);
    let (_, seen) = observed(|| {
        policy
            .blocking_with(timer.clone(), || {
                timer.advance(Duration::from_secs(1));
                attempts.next()
            })
            .call()
    });
    assert_eq!(
        seen[0],
        "retrying call 1/3 transient ApiError::Busy None Some(0ns) Some(1s) Some(0ns)"
    );
}

#[test]
fn a_decision_about_a_class_has_no_error() {
    let ((), seen) = observed(|| {
        let mut retry = POLICY.start();
        let _ = retry.decide(Class::Permanent);
    });
    assert_eq!(
        seen,
        ["gave up call 1/3 permanent _OTHER None None None None: not_retryable"]
    );
}
