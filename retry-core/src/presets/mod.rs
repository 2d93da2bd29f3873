//! The retry behaviour of other systems, as policies.
//!
//! For clients of these systems, and to move from one of them without a change of behaviour. Each function names its
//! source, and our tests are the values that it publishes.
//!
//! | policy | attempts | delays | jitter |
//! |---|---:|---|---|
//! | [`aws_2026`] | 3 | 50 ms · 2ⁿ⁻¹, after throttling 1 s · 2ⁿ⁻¹, up to 20 s | full |
//! | [`aws_2026_dynamodb`] | 4 | 25 ms · 2ⁿ⁻¹, after throttling 1 s · 2ⁿ⁻¹, up to 20 s | full |
//! | [`grpc_a6`] | 4 | 100 ms · 2ⁿ⁻¹, up to 1 s | 0.8 to 1.2 |
//! | [`stripe`] | 3 | 500 ms · 2ⁿ⁻¹, up to 5 s | upper half |
//! | [`envoy`] | 2 | 25 ms · (2ⁿ − 1), up to 250 ms | full |
//!
//! A preset is an ordinary policy: change what differs with its setters. It has the attempts and the delays of its
//! system. Which errors are retried is decided by their class, and what a server asks for is obeyed, as with every policy:
//! no wait is shorter than the server asked, and a call gives up if it asks for too much. A budget is shared state, so
//! it is not part of a preset: each function names the one that belongs to it.

mod envoy;
mod grpc;

use core::time::Duration;

pub use envoy::EnvoyBackoff;
pub use grpc::GrpcBackoff;

use crate::backoff::Exponential;
use crate::backoff::jitter::Jitter;
use crate::policy::Policy;

const AWS: Exponential = aws_backoff(Duration::from_millis(50));

const fn aws_backoff(base: Duration) -> Exponential {
    Exponential::new(base)
        .throttled_base(Duration::from_secs(1))
        .cap(Duration::from_secs(20))
        .jitter(Jitter::Full)
}

/// Returns the standard mode of the AWS SDKs, version 2.1, which is the default since November 2026.
///
/// Source: the AWS Developer Tools Blog, and the tests of botocore and smithy-rs for this version. Up to 3 attempts. Delays
/// start at 50 ms, and at 1 s if the call was throttled. They double up to 20 s, with full jitter.
///
/// Its budget is [`RetryQuota::aws_2026`](crate::RetryQuota::aws_2026), one for each client. Version 2.0, before, started
/// at 1 s for every class: `Policy::exponential(Duration::from_secs(1))`.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, RetryQuota, presets};
///
/// static QUOTA: RetryQuota = RetryQuota::aws_2026();
/// const POLICY: Policy = presets::aws_2026();
///
/// assert_eq!(
///     POLICY.budget(&QUOTA).describe().to_string(),
///     "up to 3 attempts; waits of up to 50ms, 100ms (150ms in all), from 1s if throttled; transient failures; \
///      quota of 500, 5 per throttled retry, 14 per other retry",
/// );
/// ```
pub const fn aws_2026() -> Policy {
    Policy::with_backoff(AWS).max_attempts(3)
}

/// Returns the standard mode of the AWS SDKs for DynamoDB, version 2.1: as [`aws_2026`], with up to 4 attempts, and delays
/// that start at 25 ms.
///
/// Source: as for [`aws_2026`].
pub const fn aws_2026_dynamodb() -> Policy {
    Policy::with_backoff(aws_backoff(Duration::from_millis(25))).max_attempts(4)
}

/// Returns the retry policy of the example in gRPC's proposal A6: up to 4 attempts, delays of 100 ms that double up to
/// 1 s, each times a random factor from 0.8 to 1.2.
///
/// Source: grpc/proposal, A6-client-retries.md. The proposal has no default: a service config names all four numbers, and
/// more than 5 attempts count as 5. Its budget is a [`TokenRatio`](crate::TokenRatio), one for each server, such as
/// `TokenRatio::new(10, 0.1)`.
///
/// Different here, on purpose: a pushback that is shorter than the delay does not shorten it.
///
/// # Examples
///
/// ```
/// use retryable::presets::{self, GrpcBackoff};
/// use retryable::{Policy, TokenRatio};
///
/// static SERVER: TokenRatio = TokenRatio::new(10, 0.1);
/// const POLICY: Policy<GrpcBackoff> = presets::grpc_a6();
///
/// assert_eq!(
///     POLICY.budget(&SERVER).describe().to_string(),
///     "up to 4 attempts; waits of up to 120ms, 240ms, 480ms (840ms in all); transient failures; 10 tokens, 0.1 per success",
/// );
/// ```
pub const fn grpc_a6() -> Policy<GrpcBackoff> {
    const SHAPE: GrpcBackoff =
        GrpcBackoff::new(Duration::from_millis(100), Duration::from_secs(1), 2.0);
    Policy::with_backoff(SHAPE).max_attempts(4)
}

/// Returns the retries of Stripe's SDKs: up to 3 attempts, delays of 0.5 s that double up to 5 s, of which jitter takes at
/// most half, and none shorter than 0.5 s.
///
/// Source: the `sleep_time` of stripe-ruby, with the defaults of its current version. The SDKs send an `Idempotency-Key` with each
/// `POST`, and retry 409: `RetryRequest::idempotency_key` does both.
///
/// # Examples
///
/// ```
/// use retryable::presets;
///
/// assert_eq!(
///     presets::stripe().describe().to_string(),
///     "up to 3 attempts; waits of up to 500ms, 1s (1.5s in all); transient failures; no budget",
/// );
/// ```
pub const fn stripe() -> Policy {
    const BASE: Duration = Duration::from_millis(500);
    const SHAPE: Exponential = Exponential::new(BASE)
        .cap(Duration::from_secs(5))
        .jitter(Jitter::Equal)
        .floor(BASE);
    Policy::with_backoff(SHAPE).max_attempts(3)
}

/// Returns the retries of Envoy's router with its defaults: 1 retry, after a delay of up to 25 ms.
///
/// Source: "Router" in the HTTP filters of Envoy's documentation, `x-envoy-max-retries` and
/// `x-envoy-retry-on`. Envoy bounds concurrent retries to 20 % of the active requests, and at least 3.
/// [`Budget::new(0.2)`](crate::Budget::new) bounds the retries per call instead.
///
/// # Examples
///
/// ```
/// use retryable::presets::{self, EnvoyBackoff};
/// use retryable::Policy;
///
/// const POLICY: Policy<EnvoyBackoff> = presets::envoy().max_retries(4);
///
/// assert_eq!(
///     POLICY.describe().to_string(),
///     "up to 5 attempts; waits of up to 25ms, 75ms, 175ms, 250ms (525ms in all); transient failures; no budget",
/// );
/// ```
pub const fn envoy() -> Policy<EnvoyBackoff> {
    const SHAPE: EnvoyBackoff = EnvoyBackoff::new(Duration::from_millis(25));
    Policy::with_backoff(SHAPE).max_attempts(2)
}
