//! A `DynPolicy` is for one error type, and `into()` does not look for markers.

use retryable::http::RetryClient;
use retryable::{DynPolicy, Policy};

struct Api {
    policy: DynPolicy<reqwest::Error>,
}

fn main() {
    let _ = Api {
        policy: Policy::new().into(),
    };

    let policy: DynPolicy<reqwest::Error> = Policy::new().erase();
    let _ = RetryClient::new(reqwest::Client::new(), policy);
}
