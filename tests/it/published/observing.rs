//! Retries in tests, and what an operator and a server see of each attempt.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Instant;

use http::{HeaderName, HeaderValue};
use metrics::with_local_recorder;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use retryable::http::testing::{Server, reply};
use retryable::http::{RequestBuilderExt, RetryRequest};
use retryable::{
    Backoff, Classified, Exponential, GiveUp, Jitter, NoDelay, Policy, VirtualTimer, attempt,
    backoff, permanent, resend_count, testing, transient,
};

use super::{DOWN, hint, ms, secs, step};

type Outcome = Result<(), Classified<&'static str>>;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn fails() -> Outcome {
    Err(transient("down"))
}

/// O1. stamina, `set_testing`: one attempt that does not wait, a number of attempts, `cap=True`, nested scopes, and a block that
/// is retried no more. Without `cap`, stamina also raises the number of attempts.
#[test]
fn a_scope_of_a_test_lowers_attempts_and_never_raises_them() {
    let attempts = |max| {
        let policy = Policy::fixed(secs(60)).max_attempts(max);
        policy.blocking(fails).report().1.attempts
    };
    let began = Instant::now();
    let _quick = testing::no_delay();
    assert_eq!(attempts(3), 3);
    {
        let _once = testing::no_retries();
        assert_eq!(attempts(3), 1);
        assert_eq!(POLICY.run_blocking(|| Ok::<_, Classified<()>>(7)), Ok(7));
        {
            let _twice = testing::max_attempts(2);
            assert_eq!((attempts(3), attempts(1)), (2, 1));
        }
        assert_eq!(attempts(3), 1);
    }
    assert_eq!(attempts(3), 3);
    assert!(began.elapsed() < secs(60), "no call waited");
}

/// O2. stamina: a hook that returns a delay. A hint lengthens a delay and never shortens it; a function of the step
/// sets it.
#[test]
fn a_hint_lengthens_a_delay_but_a_function_sets_it() {
    let slept = |policy: &Policy<_>, class| {
        let timer = VirtualTimer::new();
        let call = policy.blocking_with(&timer, || Err::<(), _>(Classified::new((), class)));
        call.report().1.slept
    };
    let policy = Policy::fixed(ms(200)).max_attempts(2);
    assert_eq!(slept(&policy, hint(ms(500))), ms(500));
    assert_eq!(slept(&policy, hint(ms(50))), ms(200));

    let set = backoff::from_fn(|_| Some(ms(50)));
    assert_eq!(set.delay(&step(1, DOWN, 7)), Some(ms(50)));
}

/// O2. stamina: `Attempt.next_wait`, an iterator that is used again, and more than 1024 attempts.
#[test]
fn the_next_wait_is_known_and_never_overflows() {
    let policy = Policy::exponential(ms(100)).max_attempts(3).seed(7);
    let waits: Vec<_> = policy.schedule(7).collect();
    for _ in 0..2 {
        let seen = RefCell::new(Vec::new());
        let timer = VirtualTimer::new();
        let call = policy.blocking_with(&timer, fails);
        let call = call.on_retry(|event| seen.borrow_mut().push(event.delay));
        assert!(call.call().is_err());
        assert_eq!(seen.into_inner(), waits);
    }
    let shape = Exponential::new(ms(100)).jitter(Jitter::None).cap(secs(5));
    for retry in [1_024, 1_025, 100_000, u32::MAX] {
        assert_eq!(shape.delay(&step(retry, DOWN, 7)), Some(secs(5)));
    }
}

/// O3. Resilience4j: four kinds of calls. A call that succeeds on its third attempt counts once.
#[test]
fn every_call_counts_as_one_of_four_kinds() {
    let recorder = DebuggingRecorder::new();
    with_local_recorder(&recorder, || {
        let calls: [&[Outcome]; 4] = [
            &[Ok(())],
            &[Ok(()), fails(), fails()],
            &[Err(permanent("404"))],
            &[fails(), fails(), fails()],
        ];
        for outcomes in calls {
            let mut outcomes = outcomes.to_vec();
            let _ = POLICY.run_blocking(|| outcomes.pop().expect("at most three attempts"));
        }
    });
    let mut kinds = BTreeMap::new();
    for (key, _, _, value) in recorder.snapshotter().snapshot().into_vec() {
        let mut labels = key.key().labels();
        let kind = labels.find(|label| label.key() == "kind");
        if let (Some(kind), DebugValue::Counter(count)) = (kind, value) {
            kinds.insert(kind.value().to_owned(), count);
        }
    }
    let expected = [
        "failed",
        "failed_after_retry",
        "succeeded",
        "succeeded_after_retry",
    ];
    assert_eq!(kinds, expected.map(|kind| (kind.to_owned(), 1)).into());
}

/// O4. Polly: `attempt.number` is 0 for the first attempt, and `attempt.handled` says whether it is retried.
#[test]
fn attempts_are_numbered_from_one_and_an_event_says_what_follows() {
    let (retried, gave_up) = (RefCell::new(Vec::new()), Cell::new(None));
    let call = POLICY.blocking(fails);
    let call = call.on_retry(|event| retried.borrow_mut().push(event.attempt));
    let call = call.on_give_up(|event| gave_up.set(Some((event.attempts, event.reason))));
    assert!(call.call().is_err());
    assert_eq!(retried.into_inner(), [1, 2]);
    assert_eq!(gave_up.get(), Some((3, GiveUp::Exhausted)));
}

/// O5. OpenTelemetry, `http.request.resend_count`: absent, 1, 2.
#[test]
fn the_first_attempt_has_no_resend_count() {
    let mut counts = Vec::new();
    let outcome = POLICY.run_blocking(|| {
        counts.push(resend_count());
        fails()
    });
    assert!(outcome.is_err());
    assert_eq!(counts, [None, Some(1), Some(2)]);
}

/// The values of a header in each of three attempts of a `POST`.
async fn sent<'a>(
    name: &str,
    change: impl FnOnce(RetryRequest<'a>) -> RetryRequest<'a>,
) -> Vec<String> {
    let server = Server::script([reply(503), reply(503), reply(200)]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(server.url()).retry(&POLICY).idempotency_key();
    change(request).send().await.unwrap();
    let requests = server.finish();
    let values = requests.iter().filter_map(|request| request.header(name));
    values.map(str::to_owned).collect()
}

/// O6. Stripe and svix: the same `Idempotency-Key` in all attempts. Stainless, `x-stainless-retry-count`: 0, 1, 2.
#[tokio::test]
async fn attempts_share_a_key_but_count_from_one_unless_the_caller_says_otherwise() {
    static COUNT: HeaderName = HeaderName::from_static("x-stainless-retry-count");

    let keys = sent("idempotency-key", |request| request).await;
    assert_eq!(keys, vec![keys[0].clone(); 3]);

    let from_one = sent(COUNT.as_str(), |request| {
        request.attempt_header(COUNT.clone())
    });
    assert_eq!(from_one.await, ["1", "2", "3"]);
    let from_zero = sent(COUNT.as_str(), |request| {
        request.before_attempt(async |mut request| {
            let count = resend_count().unwrap_or(0);
            request.headers_mut().insert(&COUNT, count.into());
            Ok(request)
        })
    });
    assert_eq!(from_zero.await, ["0", "1", "2"]);
}

/// O7. botocore: `amz-sdk-invocation-id` is the same in all attempts, and `amz-sdk-request` begins with `attempt=1; max=3`. Its
/// `ttl` is a time of day; `remaining_header` sends a duration, which needs no common clock.
#[tokio::test]
async fn every_attempt_can_send_the_id_of_its_call_and_its_number() {
    static ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
    static REQUEST: HeaderName = HeaderName::from_static("amz-sdk-request");
    let describe = |request: RetryRequest<'static>| {
        request.before_attempt(async |mut request| {
            let attempt = attempt().expect("this is an attempt");
            let id = format!("{:032x}", attempt.call_id());
            let number = format!("attempt={}; max={}", attempt.number(), attempt.max());
            for (name, value) in [(&ID, id), (&REQUEST, number)] {
                let value = HeaderValue::from_str(&value).expect("ASCII");
                request.headers_mut().insert(name, value);
            }
            Ok(request)
        })
    };
    let ids = sent(ID.as_str(), describe).await;
    assert_eq!(ids, vec![ids[0].clone(); 3]);
    let numbers = ["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"];
    assert_eq!(sent(REQUEST.as_str(), describe).await, numbers);
    assert_ne!(sent(ID.as_str(), describe).await, ids);
}
