//! `#[retryable]` on an `impl` block or a trait hands its settings down.

use std::cell::Cell;
use std::time::Duration;

use retryable::{Classified, Policy, retryable, transient};

type Outcome = Result<u32, Classified<&'static str>>;

#[derive(Default)]
struct Client {
    calls: Cell<u32>,
}

#[retryable(max = 5, backoff = "fixed", base = "1ms", jitter = "none")]
impl Client {
    fn fail(&self) -> Outcome {
        self.calls.set(self.calls.get() + 1);
        Err(transient("down"))
    }

    fn calls(&self) -> u32 {
        self.calls.get()
    }

    #[retryable]
    async fn inherits(&self) -> Outcome {
        self.fail()
    }

    #[retryable(max = 2)]
    async fn overrides(&self) -> Outcome {
        self.fail()
    }

    #[retryable(max_retries = 2)]
    async fn counts_retries(&self) -> Outcome {
        self.fail()
    }

    #[retryable(backoff = "none")]
    fn another_shape(&self) -> Outcome {
        self.fail()
    }

    #[retryable(policy = &Policy::fixed(Duration::ZERO).max_attempts(4))]
    fn another_policy(&self) -> Outcome {
        self.fail()
    }

    fn without(&self) -> Outcome {
        self.fail()
    }
}

#[retryable(max = 2, backoff = "none")]
trait Api {
    fn required(&self) -> Outcome;

    #[retryable]
    fn provided(&self) -> Outcome {
        self.required()
    }

    #[retryable::retryable(on = |_| false)]
    async fn picky(&self) -> Outcome {
        self.required()
    }
}

impl Api for Client {
    fn required(&self) -> Outcome {
        self.fail()
    }
}

#[tokio::test(start_paused = true)]
async fn methods_take_over_what_they_do_not_say_themselves() {
    let client = Client::default();
    let start = tokio::time::Instant::now();
    client.inherits().await.unwrap_err();
    assert_eq!(client.calls.take(), 5);
    assert_eq!(start.elapsed(), Duration::from_millis(4));

    client.overrides().await.unwrap_err();
    assert_eq!(client.calls.take(), 2);
    client.counts_retries().await.unwrap_err();
    assert_eq!(client.calls.take(), 3);
    client.another_shape().unwrap_err();
    assert_eq!(client.calls.take(), 5);
    client.another_policy().unwrap_err();
    assert_eq!(client.calls.take(), 4);
}

#[test]
fn methods_without_the_attribute_are_left_alone() {
    let client = Client::default();
    client.without().unwrap_err();
    assert_eq!(client.calls(), 1);
}

#[tokio::test]
async fn default_bodies_of_a_trait_take_over_too() {
    let client = Client::default();
    client.provided().unwrap_err();
    assert_eq!(client.calls.take(), 2);
    client.picky().await.unwrap_err();
    assert_eq!(client.calls.take(), 1);
}
