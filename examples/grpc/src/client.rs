//! Clients whose calls are retried.

use std::net::SocketAddr;
use std::time::Duration;

use retry_tonic::{ConfigError, RetryChannel, RetryLayer, ServiceConfig};
use retryable::Policy;
use tonic::transport::{Channel, Endpoint, Error};

use crate::orders::OrdersClient;

/// What the owner of the service says of retries: a `Get` may run twice, and a `Place` must not.
pub const SERVICE_CONFIG: &str = r#"{
    "methodConfig": [{
        "name": [{ "service": "orders.Orders", "method": "Get" }],
        "timeout": "5s",
        "retryPolicy": {
            "maxAttempts": 4,
            "initialBackoff": "0.01s",
            "maxBackoff": "0.1s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"]
        }
    }],
    "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1 }
}"#;

/// A client by the rules of a policy: `Get` may run twice, and a `Place` is retried only if it certainly did not run, or if
/// the server asks for it.
///
/// # Errors
///
/// If the address cannot be the address of a server.
pub fn by_policy(address: SocketAddr) -> Result<OrdersClient<RetryChannel<Channel>>, Error> {
    let policy = Policy::exponential(Duration::from_millis(10)).max_attempts(4);
    let layer = RetryLayer::new(policy.deadline(Duration::from_secs(5)))
        .idempotent("orders.Orders/Get")
        .on_retry(|event| {
            if let Some(error) = event.error {
                println!(
                    "{} attempt {}: {error}; {}",
                    event.name,
                    event.attempt,
                    error.explain().rule
                );
            }
        });
    Ok(OrdersClient::new(layer.wrap(channel(address)?)))
}

/// A client by the service config of the owner.
///
/// # Errors
///
/// If the address cannot be the address of a server.
pub fn by_service_config(
    address: SocketAddr,
) -> Result<OrdersClient<RetryChannel<Channel>>, Box<dyn std::error::Error>> {
    let config: Result<_, ConfigError> = ServiceConfig::from_json(SERVICE_CONFIG);
    let layer = RetryLayer::from_service_config(config?);
    Ok(OrdersClient::new(layer.wrap(channel(address)?)))
}

fn channel(address: SocketAddr) -> Result<Channel, Error> {
    Ok(Endpoint::from_shared(format!("http://{address}"))?.connect_lazy())
}
