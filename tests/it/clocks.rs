//! Every form of a call keeps its clock to itself: `remaining()` never compares the times of two clocks.

use std::future::ready;
use std::time::Duration;

use retryable::tower::RetryLayer;
use retryable::{
    Class, Classify, DynPolicy, Policy, TimeLimit, TimedOut, VirtualTimer, attempt, retryable,
};
use tower::{Layer, ServiceExt, service_fn};

const HOUR: Duration = Duration::from_secs(3600);

/// Of each call here, with a clock that is years ahead of the default one.
const LIMITED: Policy<retryable::Exponential, retryable::On, TimeLimit> =
    Policy::new().deadline(HOUR);

#[derive(Clone, Debug, PartialEq)]
struct Late;

impl Classify for Late {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

impl From<TimedOut> for Late {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

type Remaining = Result<Option<Duration>, Late>;

fn remaining() -> Remaining {
    let attempt = attempt().ok_or(Late)?;
    Ok(attempt.remaining())
}

#[retryable(deadline = "1h", timer = timer)]
async fn by_keys(timer: &VirtualTimer) -> Remaining {
    remaining()
}

#[retryable(policy = LIMITED, timer = timer)]
async fn by_policy(timer: &VirtualTimer) -> Remaining {
    remaining()
}

#[retryable(max_elapsed = "1h", timer = timer)]
fn blocking(timer: &VirtualTimer) -> Remaining {
    remaining()
}

/// What code sees in an attempt of each form, if the call has a deadline by `timer`.
async fn in_each_form(timer: &VirtualTimer) -> Vec<Remaining> {
    let erased: DynPolicy<Late> = LIMITED.erase();
    let service = RetryLayer::new(LIMITED).timer(timer.clone());
    let service = service.layer(service_fn(|()| ready(remaining())));
    let soft = Policy::new().max_elapsed(HOUR);
    let mut own_loop = LIMITED.start_with(timer);
    let mut blocking_loop = LIMITED.start_with(timer);
    vec![
        by_keys(timer).await,
        by_policy(timer).await,
        blocking(timer),
        LIMITED.run_with(timer, || ready(remaining())).await,
        LIMITED.run_async_with(timer, async || remaining()).await,
        erased.run_with(timer, || ready(remaining())).await,
        soft.blocking_with(timer, remaining).call(),
        service.oneshot(()).await,
        own_loop.attempt(async { remaining() }).await,
        blocking_loop.attempt_blocking(remaining),
    ]
}

fn far_ahead() -> VirtualTimer {
    let timer = VirtualTimer::new();
    timer.advance(10_000 * HOUR);
    timer
}

#[tokio::test]
async fn no_form_shows_a_deadline_of_another_clock() {
    let seen = in_each_form(&far_ahead()).await;
    assert_eq!(seen, vec![Ok(None); seen.len()]);
}

#[tokio::test]
async fn in_each_form_the_deadline_of_the_default_clock_remains() {
    let outer = Policy::new().deadline(HOUR);
    let timer = far_ahead();
    let nested = || async { Ok::<_, TimedOut>(in_each_form(&timer).await) };
    let seen = outer.run(nested).await.expect("the call is not cut off");
    for (form, remaining) in seen.into_iter().enumerate() {
        let remaining = remaining.expect("no attempt fails");
        assert!(
            remaining > Some(HOUR / 2) && remaining <= Some(HOUR),
            "form {form}: {remaining:?}"
        );
    }
}
