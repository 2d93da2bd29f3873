//! A blocking HTTP request cannot be cut off, neither by its own policy nor by that of its client.

use std::time::Duration;

use retryable::Policy;
use retryable::http::blocking::{RequestBuilderExt, RetryClient, RetryRequest};

fn send(client: &reqwest::blocking::Client) {
    let policy = Policy::new().deadline(Duration::from_secs(1));
    let _ = client.get("http://127.0.0.1/").retry(&policy);
}

fn replace(request: RetryRequest<'_>) {
    let policy = Policy::new().attempt_timeout(Duration::from_secs(1));
    let _ = request.policy(&policy);
}

fn main() {
    let policy = Policy::new().deadline(Duration::from_secs(1));
    let _ = RetryClient::new(reqwest::blocking::Client::new(), policy);
}
