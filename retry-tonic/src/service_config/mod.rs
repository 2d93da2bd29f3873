//! Policies from gRPC's service config.

mod error;
mod parse;
mod value;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use retry_core::{AnyPolicy, DynPolicy, TokenRatio};

use crate::error::Error;
pub use error::ConfigError;

/// The default maximum of attempts, in place of a larger one in the config.
const MAX_CALL_ATTEMPTS: u32 = 5;

/// The retry policies of a [service config](https://github.com/grpc/grpc/blob/master/doc/service_config.md), the JSON by which
/// the owner of a service configures its clients.
///
/// It is checked as A6 says. Keys that are not about retries are ignored. `hedgingPolicy` is not supported: its methods are
/// called once.
///
/// | key | here |
/// |---|---|
/// | `maxAttempts` | more than 5 count as 5; see [`max_call_attempts`](Self::max_call_attempts) |
/// | `initialBackoff`, `maxBackoff`, `backoffMultiplier` | [`GrpcBackoff`](retry_core::presets::GrpcBackoff) |
/// | `retryableStatusCodes` | names in any case, or numbers. They are retried for every method that the entry names. |
/// | `timeout` | a deadline of the whole call |
/// | `retryThrottling` | a [`TokenRatio`], which all methods share |
///
/// Two things differ from A6. A call that certainly did not reach the method uses up an attempt and a token, and it waits; A6
/// repeats it at once, and does not count it. After a pushback, the wait is that of
/// the server, or the backoff if that is longer.
///
/// # Examples
///
/// ```
/// use retry_tonic::{RetryLayer, ServiceConfig};
///
/// let config = ServiceConfig::from_json(
///     r#"{
///         "methodConfig": [{
///             "name": [{ "service": "orders.Orders", "method": "Get" }],
///             "timeout": "10s",
///             "retryPolicy": {
///                 "maxAttempts": 4,
///                 "initialBackoff": "0.1s",
///                 "maxBackoff": "1s",
///                 "backoffMultiplier": 2,
///                 "retryableStatusCodes": ["UNAVAILABLE"]
///             }
///         }],
///         "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1 }
///     }"#,
/// )?;
/// assert_eq!(config.policy("orders.Orders", "Get").unwrap().schedule(0).count(), 3);
/// assert!(config.policy("orders.Orders", "Place").is_none());
/// let layer = RetryLayer::from_service_config(config);
/// # let _ = layer;
/// # Ok::<(), retry_tonic::ConfigError>(())
/// ```
pub struct ServiceConfig {
    /// By `service/method`; `service/` is all methods of a service, and nothing is all services.
    methods: HashMap<String, Arc<Method>>,
    not_retried: DynPolicy<Error>,
    throttle: Option<Arc<TokenRatio>>,
}

#[derive(Debug)]
struct Method {
    timeout: Option<Duration>,
    /// With the maximum of attempts in the config.
    policy: Option<(u32, DynPolicy<Error>)>,
}

impl ServiceConfig {
    /// Reads a service config.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or if A6 does not allow a value, with its path.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        parse::parse(text)
    }

    /// Sets the most attempts that a call of this client makes, in place of a larger `maxAttempts` in the config. Default, and
    /// for values below 2: 5. gRPC's clients have this setting, too.
    pub fn max_call_attempts(mut self, max: u32) -> Self {
        let max = if max < 2 { MAX_CALL_ATTEMPTS } else { max };
        for method in self.methods.values_mut() {
            let policy = method.policy.as_ref().map(|(configured, policy)| {
                let policy = policy.clone().max_attempts(max.min(*configured));
                (*configured, policy)
            });
            *method = Arc::new(Method { policy, ..**method });
        }
        self
    }

    /// Returns the policy of a method; `None` if the config has none for it, and it is to be called once.
    ///
    /// The entry of the method counts, or else that of its service, or else the one for all services.
    pub fn policy(&self, service: &str, method: &str) -> Option<DynPolicy<Error>> {
        let method = self.method(&format!("{service}/{method}"))?;
        method.policy.as_ref().map(|(_, policy)| policy.clone())
    }

    /// Returns how long a call of the method may take, waits included.
    pub fn timeout(&self, service: &str, method: &str) -> Option<Duration> {
        self.timeout_of(&format!("{service}/{method}"))
    }

    /// Returns the budget that all methods share: `retryThrottling`.
    pub fn throttle(&self) -> Option<Arc<TokenRatio>> {
        self.throttle.clone()
    }

    pub(crate) fn policy_of(&self, path: &str) -> &(dyn AnyPolicy<Error> + Send + Sync) {
        let policy = self.method(path).and_then(|method| method.policy.as_ref());
        policy.map_or(&self.not_retried, |(_, policy)| policy)
    }

    pub(crate) fn timeout_of(&self, path: &str) -> Option<Duration> {
        self.method(path)?.timeout
    }

    fn method(&self, path: &str) -> Option<&Method> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let service = path.rfind('/').and_then(|slash| path.get(..=slash));
        let keys = [Some(path), service, Some("")];
        let mut found = keys
            .into_iter()
            .flatten()
            .filter_map(|key| self.methods.get(key));
        found.next().map(|method| &**method)
    }
}

impl fmt::Debug for ServiceConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceConfig")
            .field("methods", &self.methods)
            .field("throttle", &self.throttle)
            .finish_non_exhaustive()
    }
}
