//! A policy with a deadline is not a plain `Policy`, and one behind a lock has to be cloned.

use std::io;
use std::sync::RwLock;
use std::time::Duration;

use retryable::{DynPolicy, Policy, retryable};

struct Api {
    policy: Policy,
}

struct Reloaded {
    policy: RwLock<DynPolicy<io::Error>>,
}

impl Reloaded {
    #[retryable(policy = self.policy.read().unwrap())]
    fn call(&self) -> io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Api {
        policy: Policy::new().deadline(Duration::from_secs(1)),
    };
}
