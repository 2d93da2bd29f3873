//! From the JSON of a service config to policies, with the checks of A6.

use std::collections::HashMap;
use std::sync::Arc;

use retry_core::presets::GrpcBackoff;
use retry_core::{Class, DynPolicy, Policy, TokenRatio};
use serde_json::Value;
use tonic::Code;

use super::error::ConfigError;
use super::value::At;
use super::{MAX_CALL_ATTEMPTS, Method, ServiceConfig};
use crate::classify::Asked;
use crate::error::Error;

pub(super) fn parse(text: &str) -> Result<ServiceConfig, ConfigError> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| ConfigError::new("", format!("is not valid JSON: {error}")))?;
    let root = At::root(&document);
    let throttle = root.field("retryThrottling")?;
    let throttle = throttle
        .map(|at| throttling(&at))
        .transpose()?
        .map(Arc::new);
    let mut methods = HashMap::new();
    if let Some(configs) = root.field("methodConfig")? {
        for config in configs.items()? {
            let method = Arc::new(method(&config, throttle.as_ref())?);
            let Some(names) = config.field("name")? else {
                continue;
            };
            for name in names.items()? {
                let path = path(&name)?;
                if methods.insert(path, Arc::clone(&method)).is_some() {
                    return Err(name.fault("names the same methods as an earlier entry"));
                }
            }
        }
    }
    Ok(ServiceConfig {
        methods,
        not_retried: not_retried(throttle.clone()),
        throttle,
    })
}

/// Returns `service/method`, `service/` for all methods of a service, or nothing for all services.
fn path(name: &At<'_>) -> Result<String, ConfigError> {
    let text = |field| match name.field(field)? {
        Some(at) => at.text(),
        None => Ok(""),
    };
    match (text("service")?, text("method")?) {
        ("", "") => Ok(String::new()),
        ("", _) => Err(name.fault("has a `method`, but no `service`")),
        (service, method) => Ok(format!("{service}/{method}")),
    }
}

fn throttling(at: &At<'_>) -> Result<TokenRatio, ConfigError> {
    let (max_tokens, token_ratio) = (at.required("maxTokens")?, at.required("tokenRatio")?);
    let tokens = max_tokens.integer(1)?;
    if tokens > 1000 {
        return Err(max_tokens.fault(format!("is {tokens}, but must be at most 1000")));
    }
    // More than all tokens at once makes no difference.
    let ratio = token_ratio.positive()?.min(1000.0);
    TokenRatio::try_new(tokens, ratio)
        .map_err(|_| token_ratio.fault(format!("is {ratio}, but must be at least 0.001")))
}

fn method(config: &At<'_>, throttle: Option<&Arc<TokenRatio>>) -> Result<Method, ConfigError> {
    let timeout = config.field("timeout")?;
    let timeout = timeout.map(|at| at.duration()).transpose()?;
    let retry_policy = config.field("retryPolicy")?;
    if retry_policy.is_some() && config.field("hedgingPolicy")?.is_some() {
        return Err(config.fault("has both `retryPolicy` and `hedgingPolicy`"));
    }
    let Some(at) = retry_policy else {
        return Ok(Method {
            timeout,
            policy: None,
        });
    };
    let max_attempts = at.required("maxAttempts")?.integer(2)?;
    let initial = at.required("initialBackoff")?.positive_duration()?;
    let max = at.required("maxBackoff")?.positive_duration()?;
    let multiplier = at.required("backoffMultiplier")?;
    let backoff = GrpcBackoff::try_new(initial, max, multiplier.positive()?)
        .map_err(|error| multiplier.fault(format!("is not valid: {error}")))?;
    let codes = Codes::read(&at.required("retryableStatusCodes")?)?;
    let policy = Policy::with_backoff(backoff)
        .max_attempts(max_attempts.min(MAX_CALL_ATTEMPTS))
        .on_error(move |error: &Error| codes.classify(error));
    Ok(Method {
        timeout,
        policy: Some((max_attempts, throttled(policy, throttle.cloned()))),
    })
}

/// The policy of the methods that have none. Their successes fill the bucket, as in A6.
fn not_retried(throttle: Option<Arc<TokenRatio>>) -> DynPolicy<Error> {
    let policy = Policy::new().max_attempts(1);
    let policy = policy.on_error(|_: &Error| Class::Permanent);
    throttled(policy, throttle)
}

fn throttled<B, O>(policy: Policy<B, O>, throttle: Option<Arc<TokenRatio>>) -> DynPolicy<Error>
where
    B: retry_core::Backoff + Send + Sync + 'static,
    O: retry_core::Rule<Error> + Send + Sync + 'static,
{
    match throttle {
        Some(throttle) => policy.budget(throttle).erase(),
        None => policy.erase(),
    }
}

/// A set of codes: one bit each.
#[derive(Clone, Copy)]
struct Codes(u32);

impl Codes {
    fn read(at: &At<'_>) -> Result<Self, ConfigError> {
        let mut codes = 0;
        for item in at.items()? {
            codes |= Self::bit(item.code()?);
        }
        match codes {
            0 => Err(at.fault("is empty, but must have at least one code")),
            codes => Ok(Self(codes)),
        }
    }

    const fn bit(code: Code) -> u32 {
        1 << code as u32
    }

    /// What A6 retries: the codes of the list for every method, because the service's owner lists them for it, and what
    /// certainly did not reach the method.
    fn classify(self, error: &Error) -> Class {
        if error.explain().class == Class::Refused {
            return Class::Refused;
        }
        if self.0 & Self::bit(error.status().code()) == 0 || error.is_stopped() {
            return Class::Permanent;
        }
        match error.asked() {
            Asked::Retry(after) => Class::Throttled {
                retry_after: Some(after),
            },
            Asked::Nothing | Asked::Stop => Class::Transient,
        }
    }
}
