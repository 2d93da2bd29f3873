//! What a function may return: aliases of `Result`, errors of any kind, and with `until` any value.

use std::error::Error;
use std::io;
use std::task::Poll;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

type Attempted<T = u32, E = Busy> = Result<T, E>;

fn reset(calls: &Calls) -> io::Result<u32> {
    calls
        .third()
        .map_err(|_| io::Error::from(io::ErrorKind::ConnectionReset))
}

#[retryable]
async fn own_alias(calls: &Calls) -> Attempted {
    calls.third()
}

#[retryable]
async fn own_alias_of(calls: &Calls) -> Attempted<String> {
    Ok(calls.third()?.to_string())
}

#[retryable]
async fn io_result(calls: &Calls) -> io::Result<u32> {
    reset(calls)
}

#[retryable]
async fn spelled_out(calls: &Calls) -> std::result::Result<u32, std::io::Error> {
    reset(calls)
}

#[retryable(on = causes(io::Error))]
async fn boxed_error(calls: &Calls) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let calls = reset(calls)?;
    if calls == 0 {
        return Err("zero".into());
    }
    Ok(calls)
}

#[retryable(on = causes(io::Error))]
async fn plain_boxed_error(calls: &Calls) -> Result<u32, Box<dyn Error>> {
    Ok(reset(calls)?)
}

#[retryable(on = anyhow::Error::is::<io::Error>)]
async fn any_error(calls: &Calls) -> anyhow::Result<u32> {
    Ok(reset(calls)?)
}

#[retryable(on = causes(io::Error, retryable::TimedOut))]
async fn any_listed(calls: &Calls) -> anyhow::Result<u32> {
    Ok(reset(calls)?)
}

#[retryable(on = "any")]
async fn boxed_by_io(calls: &Calls) -> Result<u32, Box<io::Error>> {
    Ok(reset(calls)?)
}

#[tokio::test(start_paused = true)]
async fn a_result_may_be_any_alias_with_any_error() {
    let calls = Calls::new();
    assert_eq!(own_alias(&calls).await, Ok(3));
    assert_eq!(calls.count(), 3);
    assert_eq!(own_alias_of(&Calls::new()).await.as_deref(), Ok("3"));
    assert_eq!(io_result(&Calls::new()).await.ok(), Some(3));
    assert_eq!(spelled_out(&Calls::new()).await.ok(), Some(3));
    assert_eq!(boxed_error(&Calls::new()).await.ok(), Some(3));
    assert_eq!(plain_boxed_error(&Calls::new()).await.ok(), Some(3));
    assert_eq!(any_error(&Calls::new()).await.ok(), Some(3));
    assert_eq!(any_listed(&Calls::new()).await.ok(), Some(3));
    assert_eq!(boxed_by_io(&Calls::new()).await.ok(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_boxed_error_without_a_listed_cause_is_permanent() {
    #[retryable(on = causes(io::Error))]
    async fn unknown(calls: &Calls) -> Result<u32, Box<dyn Error + Send + Sync>> {
        calls.third().map_err(|_| "unknown".into())
    }

    let calls = Calls::new();
    assert!(unknown(&calls).await.is_err());
    assert_eq!(calls.count(), 1);
}

#[retryable(until = Option::is_some)]
async fn option(calls: &Calls) -> Option<u32> {
    let calls = calls.next();
    let third = calls.checked_sub(3)?;
    Some(third + 10)
}

#[retryable(until = |value| *value == 3)]
async fn plain_value(calls: &Calls) -> u32 {
    calls.next()
}

#[retryable(until = |done: &bool| *done, max = 2)]
async fn runs_out(calls: &Calls) -> bool {
    calls.next() == 3
}

#[retryable(until = |(): &()| calls.count() == 3)]
async fn unit(calls: &Calls) {
    calls.next();
}

#[retryable(until = |state| state == "ready", max = 10)]
async fn result(calls: &Calls) -> Result<String, Busy> {
    // Busy twice, then pending once, then ready.
    let state = if calls.third()? == 3 {
        "pending"
    } else {
        "ready"
    };
    Ok(state.to_owned())
}

#[retryable(until = |n| *n == 3)]
async fn aliased_result(calls: &Calls) -> Attempted {
    Ok(calls.next())
}

#[retryable(until = Poll::is_ready, backoff = "none")]
fn blocking_value(calls: &Calls) -> Poll<u32> {
    match calls.third() {
        Ok(calls) => Poll::Ready(calls),
        Err(Busy) => Poll::Pending,
    }
}

#[tokio::test(start_paused = true)]
async fn with_until_any_value_may_be_returned() {
    let calls = Calls::new();
    assert_eq!(option(&calls).await, Some(10));
    assert_eq!(calls.count(), 3);
    assert_eq!(plain_value(&Calls::new()).await, 3);
    unit(&Calls::new()).await;
    assert_eq!(blocking_value(&Calls::new()), Poll::Ready(3));
}

#[tokio::test(start_paused = true)]
async fn with_until_the_last_value_comes_back() {
    let calls = Calls::new();
    assert!(!runs_out(&calls).await);
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn with_until_a_result_is_still_retried_for_its_errors() {
    let calls = Calls::new();
    assert_eq!(result(&calls).await.as_deref(), Ok("ready"));
    assert_eq!(calls.count(), 4);
    assert_eq!(aliased_result(&Calls::new()).await, Ok(3));
}
