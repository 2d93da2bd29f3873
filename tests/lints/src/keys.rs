//! Every key of the attribute.

use std::future::ready;
use std::time::Duration;

use retryable::{Class, GiveUpEvent, Jitter, RetryEvent, Step, retryable};

use crate::Busy;

const BASE: Duration = Duration::from_millis(5);

/// All settings of the policy.
///
/// # Errors
///
/// Busy.
#[retryable(
    max = 7,
    backoff = "exp",
    base = BASE,
    factor = 3,
    cap = "10s",
    jitter = 0.5,
    on = "any",
    attempt_timeout = "2s",
    deadline = "30s",
    max_retry_after = "1m"
)]
pub async fn settings(id: u32) -> Result<u32, Busy> {
    ready(Ok(id)).await
}

/// Settings as values.
///
/// # Errors
///
/// Busy.
#[retryable(max_retries = 3, base = BASE, jitter = Jitter::Equal, on = |error| *error == Busy)]
pub async fn values(id: u32) -> Result<u32, Busy> {
    ready(Ok(id)).await
}

/// A shape that is a closure.
///
/// # Errors
///
/// Busy.
#[retryable(backoff = |step: &Step| Some(BASE.saturating_mul(step.retry)))]
pub async fn shape(id: u32) -> Result<u32, Busy> {
    ready(Ok(id)).await
}

const fn noted(_: &RetryEvent<'_, Busy>) {}

const fn gave_up(_: &GiveUpEvent<'_, Busy>) {}

const fn class(_: &String) -> Class {
    Class::Refused
}

/// Hooks, by path and by closure.
///
/// # Errors
///
/// Busy.
#[retryable(
    until = |value| *value > limit,
    on_retry = noted,
    on_give_up = gave_up,
    before_retry = limit = limit.saturating_sub(1),
    name = "hooks"
)]
pub async fn hooks(mut limit: u32, id: u32) -> Result<u32, Busy> {
    limit = ready(limit).await;
    Ok(limit ^ id)
}

/// A classifier by path.
///
/// # Errors
///
/// The text.
#[retryable(on = class)]
pub async fn classifier(text: String) -> Result<u32, String> {
    ready(Err(text)).await
}

/// A value that is no result.
#[retryable(until = Option::is_some)]
pub async fn option(list: &[u32]) -> Option<u32> {
    ready(list.first().copied()).await
}

/// No value at all.
#[retryable(until = |()| done(), backoff = "none")]
pub fn unit(list: &mut Vec<u32>) {
    list.clear();
}

const fn done() -> bool {
    true
}

/// Not `Clone`.
#[derive(Debug)]
pub struct Token(String);

/// Shared.
///
/// # Errors
///
/// Busy.
#[retryable(share(token), crate = ::retryable)]
pub async fn share(token: Token) -> Result<usize, Busy> {
    ready(Ok(token.0.len())).await
}
