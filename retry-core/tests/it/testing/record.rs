//! Records of calls: each form, and where a recording is active.

use std::future::{Future, IntoFuture};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use retry_core::testing::{self, Mode, Record, Script};
use retry_core::{
    Class, Classified, DynPolicy, Fixed, GiveUp, NoDelay, Policy, TimedOut, VirtualTimer,
    permanent, throttled, transient,
};

use super::{Error, block_on, fails};
use crate::common::{ms, secs};

const POLICY: Policy<Fixed> = Policy::fixed(secs(100)).max_attempts(4).name("call");
const AT_ONCE: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(2);

type Outcomes = Script<Result<u32, Error>>;
type Form = fn(&Outcomes) -> Result<u32, Error>;

const FORMS: [(&str, Form); 8] = [
    ("run", |script| {
        block_on(POLICY.run(|| async { script.next() }).into_future())
    }),
    ("run_async", |script| {
        block_on(POLICY.run_async(async || script.next()).into_future())
    }),
    ("run_blocking", |script| {
        POLICY.run_blocking(|| script.next())
    }),
    ("blocking, reported", |script| {
        POLICY.blocking(|| script.next()).report().0
    }),
    ("start", |script| {
        let mut retry = POLICY.start();
        loop {
            match script.next() {
                Ok(value) => {
                    retry.succeeded();
                    return Ok(value);
                }
                Err(error) => retry.again(error)?.block(),
            }
        }
    }),
    ("start, awaited, with attempts", |script| {
        let mut retry = POLICY.start_owned();
        block_on(async {
            loop {
                match retry.attempt(async { script.next() }).await {
                    Ok(value) => {
                        retry.succeeded();
                        return Ok(value);
                    }
                    Err(error) => retry.again(error)?.await,
                }
            }
        })
    }),
    ("erased", |script| {
        let policy: DynPolicy<Error> = POLICY.erase();
        policy.run_blocking(|| script.next())
    }),
    ("a layer of tower", |script| {
        use tower::{ServiceBuilder, ServiceExt, service_fn};

        let layer = retry_core::tower::RetryLayer::new(POLICY);
        let service = service_fn(|()| std::future::ready(script.next()));
        block_on(
            ServiceBuilder::new()
                .layer(layer)
                .service(service)
                .oneshot(()),
        )
    }),
];

#[track_caller]
fn assert_recorded(outcomes: &[Result<u32, Error>], expected: &str) -> Record {
    let _quick = testing::no_delay();
    let records = FORMS.map(|(form, call)| {
        let script = Script::new(outcomes.to_vec());
        let (_, record) = testing::record(|| call(&script));
        assert_eq!(record.to_string(), expected, "{form}");
        script.finish();
        record
    });
    let [first, others @ ..] = records;
    assert!(others.iter().all(|other| *other == first));
    first
}

#[test]
fn a_recovery_has_its_delays() {
    let record = assert_recorded(
        &[Err(transient("down")), Err(transient("down")), Ok(7)],
        "1 transient, waited 100s\n2 transient, waited 100s\n3 succeeded",
    );
    assert_eq!(record.attempts(), 3);
    assert_eq!(record.delays(), [secs(100); 2]);
    assert_eq!(record.classes(), [Class::Transient; 2]);
    assert_eq!(record.give_up(), None);
    assert_eq!(record.names(), ["call"]);
}

#[test]
fn a_success_at_once_is_an_attempt() {
    let record = assert_recorded(&[Ok(7)], "1 succeeded");
    assert_eq!((record.attempts(), record.classes()), (1, vec![]));
}

#[test]
fn a_give_up_has_its_reason() {
    let record = assert_recorded(
        &[Err(transient("down")), Err(permanent("gone"))],
        "1 transient, waited 100s\n2 permanent, gave up: not_retryable",
    );
    assert_eq!(record.give_up(), Some(GiveUp::NotRetryable));

    let record = assert_recorded(
        &[Err(transient("down")); 4],
        "1 transient, waited 100s\n2 transient, waited 100s\n3 transient, waited 100s\n\
         4 transient, gave up: exhausted",
    );
    assert_eq!(record.give_up(), Some(GiveUp::Exhausted));
}

#[test]
fn the_class_is_one_word_and_the_hint_is_in_the_wait() {
    let _quick = testing::no_delay();
    let script = Script::new([Err(throttled("slow", Some(ms(500)))), Ok(7)]);
    let timer = VirtualTimer::new();
    let policy = AT_ONCE.seed(1);
    let call = policy.blocking_with(&timer, || script.next());
    let (_, record) = testing::record(|| call.call());
    let expected = format!("1 throttled, waited {:?}\n2 succeeded", timer.time());
    assert_eq!(record.to_string(), expected);
    assert!(record.delays() >= vec![ms(500)]);
}

#[test]
fn delays_are_exact_with_a_seed() {
    let (_quick, _same) = (testing::no_delay(), testing::seed(7));
    let policy = Policy::exponential(secs(10)).max_attempts(5);
    let (_, record) = testing::record(|| policy.run_blocking(fails));
    let schedule: Vec<_> = policy.schedule(7).collect();
    assert_eq!(record.delays(), schedule);
}

#[test]
fn a_wait_that_ends_too_late_and_the_give_up_are_in_one_line() {
    let timer = VirtualTimer::new();
    let policy = POLICY.max_elapsed(secs(150));
    let ((), record) = testing::record(|| {
        let mut retry = policy.start_with(timer.clone());
        let error = fails().unwrap_err();
        assert!(retry.wait_after(&error, None).is_some());
        timer.advance(secs(200));
        assert!(retry.give_up_if_late(&error));
    });
    assert_eq!(
        record.to_string(),
        "1 transient, waited 100s, gave up: max_elapsed"
    );
    assert_eq!(record.attempts(), 1);
}

#[test]
fn a_decision_about_a_class_is_recorded() {
    let ((), record) = testing::record(|| {
        let mut retry = POLICY.start();
        let _ = retry.decide(Class::Refused);
        let _ = retry.decide(Class::Permanent);
    });
    assert_eq!(
        record.to_string(),
        "1 refused, waited 100s\n2 permanent, gave up: not_retryable"
    );
}

#[test]
fn several_calls_are_in_order_with_their_names() {
    let ((), record) = testing::record(|| {
        let _ = AT_ONCE.name("first").run_blocking(fails);
        let _ = AT_ONCE.run_blocking(|| Ok::<_, Error>(7));
    });
    assert_eq!(
        record.to_string(),
        "first\n1 transient, waited 0ns\n2 transient, gave up: exhausted\nunnamed\n1 succeeded"
    );
    assert_eq!(record.names(), ["first", "unnamed"]);
    assert_eq!((record.attempts(), record.give_up()), (3, None));
    let calls = record.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (calls[0].attempts(), calls[0].give_up()),
        (2, Some(GiveUp::Exhausted))
    );
    assert_eq!(calls[1].to_string(), "1 succeeded");
}

#[test]
fn an_outer_call_comes_before_its_nested_calls() {
    let (_, record) = testing::record(|| {
        AT_ONCE.name("outer").run_blocking(|| {
            let _ = AT_ONCE.name("inner").run_blocking(|| Ok::<_, Error>(7));
            fails()
        })
    });
    assert_eq!(record.names(), ["outer", "inner", "inner"]);
    assert_eq!(record.calls()[0].attempts(), 2);
}

#[test]
fn calls_that_run_at_once_are_kept_apart() {
    let call = |name| async move {
        let attempt = || async {
            tokio::task::yield_now().await;
            fails()
        };
        AT_ONCE.name(name).run(attempt).await
    };
    let both = async { tokio::join!(call("left"), call("right")) };
    let (_, record) = block_on(testing::record_async(both));
    let text = "1 transient, waited 0ns\n2 transient, gave up: exhausted";
    assert_eq!(record.to_string(), format!("left\n{text}\nright\n{text}"));
}

#[test]
fn a_loop_that_began_before_the_recording_is_in_it() {
    let (mut left, mut right) = (AT_ONCE.start(), AT_ONCE.start());
    let ((), record) = testing::record(|| {
        for retry in [&mut left, &mut right] {
            while retry.again(fails().unwrap_err()).is_ok() {}
        }
    });
    assert_eq!(record.calls().len(), 2);
    assert_eq!(record.attempts(), 4);
}

#[test]
fn an_outer_recording_has_the_calls_of_an_inner_one() {
    let ((_, inner), outer) = testing::record(|| {
        let _ = AT_ONCE.run_blocking(fails);
        testing::record(|| AT_ONCE.run_blocking(|| Ok::<_, Error>(7)))
    });
    assert_eq!(inner.to_string(), "1 succeeded");
    assert_eq!(outer.calls().len(), 2);
    assert_eq!(outer.calls()[1], inner);
}

#[test]
fn nothing_is_recorded_after_a_recording_or_a_panic() {
    let ((), record) = testing::record(|| ());
    let _ = AT_ONCE.run_blocking(fails);
    assert_eq!(record, Record::default());
    assert_eq!(record.to_string(), "no attempts");

    let ((), record) = testing::record(|| {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            testing::record(|| AT_ONCE.run_blocking(|| -> Result<u32, Error> { panic!("a test") }))
        }));
        assert!(panicked.is_err());
        let _ = AT_ONCE.run_blocking(fails);
    });
    // The attempt that panicked has no outcome.
    assert_eq!(record.calls().len(), 1);
}

#[test]
fn threads_do_not_record_one_another() {
    let both = Barrier::new(2);
    let recorded = |attempts| {
        let both = &both;
        move || {
            let policy = Policy::with_backoff(NoDelay).max_attempts(attempts);
            let ((), record) = testing::record(|| {
                both.wait();
                let _ = policy.run_blocking(fails);
                both.wait();
            });
            assert_eq!(record.attempts(), usize::try_from(attempts).unwrap());
        }
    };
    thread::scope(|scope| {
        scope.spawn(recorded(3));
        scope.spawn(recorded(5));
    });
}

#[test]
fn a_recorded_future_is_recorded_on_every_thread_without_its_tasks() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let call = |attempts| async move {
        let policy = Policy::with_backoff(NoDelay).max_attempts(attempts);
        let attempt = || async {
            tokio::task::yield_now().await;
            fails()
        };
        policy.run(attempt).await
    };
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=8)
            .map(|attempts| {
                let future = testing::record_async(async move {
                    let _ = tokio::spawn(call(9)).await;
                    call(attempts).await
                });
                (attempts, tokio::spawn(future))
            })
            .collect();
        for (attempts, task) in tasks {
            let (_, record) = task.await.unwrap();
            assert_eq!(record.attempts(), usize::try_from(attempts).unwrap());
        }
    });
}

#[test]
fn a_recording_and_a_mode_go_together() {
    let call = POLICY.run(|| async { fails() });
    let mode = Mode::new().no_delay().max_attempts(2);
    let recorded = testing::with(mode, testing::record_async(call.into_future()));
    let (_, record) = block_on(recorded);
    assert_eq!(
        record.to_string(),
        "1 transient, waited 100s\n2 transient, gave up: exhausted"
    );
}

#[test]
fn a_call_that_is_cut_off_is_in_the_record() {
    let policy = AT_ONCE.deadline(ms(1)).attempt_timeout(ms(1));
    let call = policy.run(std::future::pending::<Result<u32, TimedOut>>);
    let (_, record) = block_on(testing::record_async(call.into_future()));
    assert_eq!(record.attempts(), 1);
    assert!(record.give_up().is_some());
}

fn assert_send<F: Future + Send>(_: F) {}

#[test]
fn a_recorded_future_is_send_if_the_future_is() {
    assert_send(testing::record_async(async {
        tokio::task::yield_now().await;
        Ok::<u32, Classified<&str>>(7)
    }));
}
