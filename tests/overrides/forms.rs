//! Every form of a call has its overrides.

use std::cell::Cell;

use retryable::http::testing::{Server, reply};
use retryable::http::{self, RequestBuilderExt, RetryClient, RetryMiddleware, blocking};
use retryable::{AnyPolicy, DynPolicy, NoDelay, Policy, retryable, tower::RetryPolicy};
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Error, block_on, down, installed};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay)
    .max_attempts(3)
    .name("forms::call");

#[retryable(backoff = "none", name = "forms::call")]
fn annotated_blocking(calls: &Cell<u32>) -> Result<(), Error> {
    calls.set(calls.get() + 1);
    down()
}

#[retryable(backoff = "none", name = "forms::call")]
async fn annotated(calls: &Cell<u32>) -> Result<(), Error> {
    calls.set(calls.get() + 1);
    down()
}

/// The name is that of the function, and not of the policy.
#[retryable(policy = Policy::with_backoff(NoDelay).name("other"), name = "forms::call")]
async fn annotated_by_policy(calls: &Cell<u32>) -> Result<(), Error> {
    calls.set(calls.get() + 1);
    down()
}

#[retryable(policy = Policy::with_backoff(NoDelay), name = "forms::call")]
fn annotated_blocking_by_policy(calls: &Cell<u32>) -> Result<(), Error> {
    calls.set(calls.get() + 1);
    down()
}

/// Makes a call that fails each time.
type Form = (&'static str, fn(&Cell<u32>));

const FORMS: &[Form] = &[
    ("annotated, blocking", |calls| {
        let _ = annotated_blocking(calls);
    }),
    ("annotated", |calls| {
        let _ = block_on(annotated(calls));
    }),
    ("annotated with a policy", |calls| {
        let _ = block_on(annotated_by_policy(calls));
    }),
    ("annotated with a policy, blocking", |calls| {
        let _ = annotated_blocking_by_policy(calls);
    }),
    ("run", |calls| {
        let _ = block_on(POLICY.run(|| async {
            calls.set(calls.get() + 1);
            down::<()>()
        }));
    }),
    ("run_async", |calls| {
        let call = POLICY.run_async(async || {
            calls.set(calls.get() + 1);
            down::<()>()
        });
        let _ = block_on(call.into_future());
    }),
    ("run_blocking", |calls| {
        let _ = POLICY.run_blocking(|| {
            calls.set(calls.get() + 1);
            down::<()>()
        });
    }),
    ("an erased policy", |calls| {
        let policy: DynPolicy<Error> = POLICY.erase();
        let _ = policy.view().run_blocking(|| {
            calls.set(calls.get() + 1);
            down::<()>()
        });
    }),
    ("an explicit loop", |calls| {
        let mut retry = POLICY.start();
        loop {
            calls.set(calls.get() + 1);
            match retry.again(down::<()>().unwrap_err()) {
                Ok(delay) => delay.block(),
                Err(_) => break,
            }
        }
    }),
    ("a layer of tower", |calls| {
        let sent = std::sync::atomic::AtomicU32::new(0);
        let service = service_fn(|_: u32| {
            sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::future::ready(down::<()>())
        });
        let layer = retryable::tower::RetryLayer::new(POLICY);
        let _ = block_on(layer.layer(service).oneshot(7));
        calls.set(sent.into_inner());
    }),
    ("a policy of tower", |calls| {
        let service = service_fn(|_: u32| {
            calls.set(calls.get() + 1);
            std::future::ready(down::<()>())
        });
        let retry = tower::retry::Retry::new(RetryPolicy::new(POLICY), service);
        let _ = block_on(retry.oneshot(7));
    }),
    ("a request", |calls| {
        by_http(calls, |url| {
            let _ = block_on(client().get(url).retry(&POLICY).send());
        });
    }),
    ("a client", |calls| {
        by_http(calls, |url| {
            let _ = block_on(RetryClient::new(client(), POLICY).get(url).send());
        });
    }),
    ("a middleware", |calls| {
        by_http(calls, |url| {
            let client = reqwest_middleware::ClientBuilder::new(client())
                .with(RetryMiddleware::new(POLICY))
                .build();
            let _ = block_on(client.get(url).send());
        });
    }),
    ("a layer", |calls| {
        by_http(calls, |url| {
            let service = http::RetryLayer::new(POLICY).layer(client());
            let request = client().get(url).build().unwrap();
            let _ = block_on(service.oneshot(request));
        });
    }),
    ("a blocking request", |calls| {
        use blocking::RequestBuilderExt;

        by_http(calls, |url| {
            let client = reqwest::blocking::Client::builder().no_proxy().build();
            let _ = client.unwrap().get(url).retry(&POLICY).send();
        });
    }),
];

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Counts the requests to a server that is down.
fn by_http(calls: &Cell<u32>, send: impl FnOnce(&str)) {
    let server = Server::script((0..9).map(|_| reply(503)));
    send(&server.url());
    calls.set(u32::try_from(server.requests().len()).unwrap());
}

#[track_caller]
fn assert_attempts(expected: u32) {
    for (form, call) in FORMS {
        let calls = Cell::new(0);
        call(&calls);
        assert_eq!(calls.get(), expected, "{form}");
    }
}

#[test]
fn every_form_has_fewer_attempts() {
    let _installed = installed("forms::call(max=2)");
    assert_attempts(2);
}

#[test]
fn every_form_has_more_attempts() {
    let _installed = installed("call(max_retries=4)");
    assert_attempts(5);
}

#[test]
fn a_name_that_no_pattern_has_keeps_the_settings_of_the_code() {
    let _installed = installed("forms::calls(max=2), form::*(max=9)");
    assert_attempts(3);
}

#[test]
fn all_retries_can_be_turned_off() {
    let _installed = installed("*(max=1)");
    assert_attempts(1);
}

#[test]
fn the_attempt_knows_its_maximum() {
    let _installed = installed("forms::call(max=4)");
    let seen = POLICY.run_blocking(|| {
        let attempt = retryable::attempt().unwrap();
        if attempt.is_last() {
            Ok::<_, Error>((attempt.number(), attempt.max()))
        } else {
            down()
        }
    });
    assert_eq!(seen, Ok((4, 4)));
}
