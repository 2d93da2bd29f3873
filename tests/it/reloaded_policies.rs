//! Stored policies in `impl` blocks, behind locks and from conversions.

use std::sync::RwLock;

use retryable::{DynPolicy, NoDelay, Policy, retryable};

use crate::stored_policies::{Api, Configuration, Error, Server, budget};

struct Reloaded {
    server: Server,
    policy: RwLock<DynPolicy<Error>>,
}

/// The defaults of a block may be a stored policy.
#[retryable(policy = self.policy)]
impl Api {
    #[retryable]
    async fn by_default(&self) -> Result<u32, Error> {
        self.server.call()
    }

    #[retryable]
    fn by_default_blocking(&self) -> Result<u32, Error> {
        self.server.call()
    }
}

impl Reloaded {
    #[retryable(policy = self.policy.read().unwrap().clone())]
    async fn awaited(&self) -> Result<u32, Error> {
        self.server.call()
    }

    #[retryable(policy = self.policy.read().unwrap().clone())]
    fn blocking(&self) -> Result<u32, Error> {
        self.server.call()
    }
}

#[tokio::test(start_paused = true)]
async fn a_stored_policy_is_the_default_of_an_impl_block() {
    let api = || {
        Api::new(
            Server::failing(2, Error::Busy),
            budget(),
            Configuration::default(),
        )
    };
    assert_eq!(api().by_default().await, Ok(3));
    assert_eq!(api().by_default_blocking(), Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_policy_behind_a_lock_is_replaced_between_two_calls() {
    let once: DynPolicy<Error> = Policy::new().max_attempts(1).erase();
    let api = || Reloaded {
        server: Server::failing(2, Error::Busy),
        policy: RwLock::new(once.clone()),
    };
    let replaced = || Policy::with_backoff(NoDelay).erase();

    let awaited = api();
    assert_eq!(awaited.awaited().await, Err(Error::Busy));
    *awaited.policy.write().unwrap() = replaced();
    assert_eq!(awaited.awaited().await, Ok(3));

    let blocking = api();
    assert_eq!(blocking.blocking(), Err(Error::Busy));
    *blocking.policy.write().unwrap() = replaced();
    assert_eq!(blocking.blocking(), Ok(3));
}

#[test]
fn a_call_awaiting_a_policy_behind_a_lock_is_send() {
    fn is_send<T: Send>(_: &T) {}

    struct Shared {
        policy: RwLock<DynPolicy<Error>>,
    }

    impl Shared {
        #[retryable(policy = self.policy.read().unwrap().clone())]
        async fn call(&self) -> Result<u32, Error> {
            Ok(1)
        }
    }

    let shared = Shared {
        policy: RwLock::new(Policy::new().erase()),
    };
    is_send(&shared.call());
}

#[test]
fn every_policy_converts_into_a_stored_one() {
    fn server(policy: impl Into<DynPolicy<Error>>) -> Api {
        Api {
            server: Server::failing(2, Error::Busy),
            policy: policy.into(),
        }
    }

    let policy = Policy::with_backoff(NoDelay);
    assert_eq!(server(policy).annotated_blocking(), Ok(3));
    assert_eq!(server(policy.budget(budget())).annotated_blocking(), Ok(3));
    assert_eq!(server(policy.erase()).annotated_blocking(), Ok(3));
}
