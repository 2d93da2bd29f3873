//! Methods of traits: implemented, and with a default body.

use std::fmt::Display;
use std::future::Future;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

trait Api {
    const TEXT: &'static str;
    type Id: Display + Send + Sync;

    fn calls(&self) -> &Calls;

    fn id(&self) -> Self::Id;

    async fn required(&self, suffix: String) -> Result<String, Busy>;

    #[retryable]
    async fn provided(&self, suffix: &str) -> Result<String, Busy> {
        self.calls().third()?;
        Ok(format!("{}{}{suffix}", Self::TEXT, self.id()))
    }

    #[retryable]
    async fn provided_by_mut(&mut self) -> Result<u32, Busy> {
        self.calls().third()
    }

    #[retryable(backoff = "none")]
    fn blocking(&self) -> Result<u32, Busy> {
        self.calls().third()
    }
}

#[derive(Default)]
struct Client {
    calls: Calls,
}

impl Api for Client {
    const TEXT: &'static str = "t";
    type Id = u64;

    fn calls(&self) -> &Calls {
        &self.calls
    }

    fn id(&self) -> u64 {
        7
    }

    #[retryable]
    async fn required(&self, mut suffix: String) -> Result<String, Busy> {
        suffix.push('!');
        self.calls.third()?;
        Ok(format!("{}{}{suffix}", Self::TEXT, Self::id(self)))
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_trait_impl_is_retried() {
    let client = Client::default();
    let text = client.required("x".to_owned()).await;
    assert_eq!(text.as_deref(), Ok("t7x!"));
    assert_eq!(client.calls.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_default_body_is_retried() {
    let client = Client::default();
    assert_eq!(client.provided("x").await.as_deref(), Ok("t7x"));
    assert_eq!(client.calls.count(), 3);

    let mut client = Client::default();
    assert_eq!(client.provided_by_mut().await, Ok(3));
    assert_eq!(Client::default().blocking(), Ok(3));
}

/// What `async fn` stands for in a trait whose futures have to be `Send`.
trait SendApi {
    fn call(&self, calls: &Calls) -> impl Future<Output = Result<u32, Busy>> + Send;
}

impl SendApi for Client {
    #[retryable]
    async fn call(&self, calls: &Calls) -> Result<u32, Busy> {
        calls.third()
    }
}

#[retryable]
async fn generic_caller<A: SendApi + Sync>(api: &A, calls: &Calls) -> Result<u32, Busy> {
    api.call(calls).await
}

#[tokio::test(start_paused = true)]
async fn an_impl_may_fulfil_a_trait_that_asks_for_send() {
    let task = tokio::spawn(async { generic_caller(&Client::default(), &Calls::new()).await });
    assert_eq!(task.await.expect("did not panic"), Ok(3));
}

trait Blocking {
    fn call(&self) -> Result<u32, Busy>;
}

impl Blocking for Calls {
    #[retryable(backoff = "none")]
    fn call(&self) -> Result<u32, Busy> {
        self.third()
    }
}

#[test]
fn a_blocking_method_may_be_called_through_dyn() {
    let calls = Calls::new();
    let object: &dyn Blocking = &calls;
    assert_eq!(object.call(), Ok(3));
    assert_eq!(calls.count(), 3);
}
