//! Methods, by every kind of `self`.

use std::pin::Pin;
use std::sync::Arc;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

#[derive(Debug, Default)]
struct Client {
    calls: Calls,
    state: u32,
    text: String,
}

impl Client {
    #[retryable]
    async fn by_reference(&self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable]
    async fn by_mutable_reference(&mut self) -> Result<u32, Busy> {
        self.state += 1;
        self.bump();
        self.calls.third()
    }

    fn bump(&mut self) {
        self.state += 10;
    }

    #[retryable]
    async fn by_arc(self: Arc<Self>) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable]
    async fn by_reference_to_arc(self: &Arc<Self>) -> Result<u32, Busy> {
        let this = Arc::clone(self);
        this.calls.third()
    }

    #[retryable]
    async fn by_box(self: Box<Self>) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable]
    async fn by_pin(self: Pin<&mut Self>) -> Result<u32, Busy> {
        let this = self.as_ref().get_ref();
        this.calls.third()
    }

    #[retryable]
    async fn by_mut_pin(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.as_mut().get_mut().state += 1;
        self.calls.third()
    }

    #[retryable]
    async fn by_value(self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable]
    async fn by_mut_value(mut self) -> Result<u32, Busy> {
        self.state += 1;
        self.calls.third().map(|calls| calls + self.state)
    }

    #[allow(clippy::needless_arbitrary_self_type)]
    #[retryable]
    async fn by_typed_self(self: &Self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable]
    async fn lends(&self) -> Result<&str, Busy> {
        self.calls.third()?;
        Ok(&self.text)
    }

    #[retryable]
    async fn makes_self(calls: &Calls, text: String) -> Result<Self, Busy> {
        calls.third()?;
        Ok(Self {
            text,
            ..Self::default()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_may_take_a_reference_to_self() {
    let client = Client::default();
    assert_eq!(client.by_reference().await, Ok(3));
    assert_eq!(client.calls.count(), 3);
    assert_eq!(Client::default().by_typed_self().await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_method_may_change_self_in_every_attempt() {
    let mut client = Client::default();
    assert_eq!(client.by_mutable_reference().await, Ok(3));
    assert_eq!((client.calls.count(), client.state), (3, 33));
}

#[tokio::test(start_paused = true)]
async fn a_method_may_take_self_by_a_smart_pointer() {
    let client = Arc::new(Client::default());
    assert_eq!(Arc::clone(&client).by_arc().await, Ok(3));
    assert_eq!(client.calls.count(), 3);

    let client = Arc::new(Client::default());
    assert_eq!(client.by_reference_to_arc().await, Ok(3));
    assert_eq!(client.calls.count(), 3);

    assert_eq!(Box::new(Client::default()).by_box().await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_method_may_take_self_by_pin() {
    let mut client = Client::default();
    assert_eq!(Pin::new(&mut client).by_pin().await, Ok(3));

    let mut client = Client::default();
    assert_eq!(Pin::new(&mut client).by_mut_pin().await, Ok(3));
    assert_eq!((client.calls.count(), client.state), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_method_may_take_self_by_value() {
    assert_eq!(Client::default().by_value().await, Ok(3));
    // `self` is never cloned: what an attempt changes, the next one sees.
    assert_eq!(Client::default().by_mut_value().await, Ok(6));
}

#[tokio::test(start_paused = true)]
async fn a_method_may_lend_out_of_self() {
    let client = Client::makes_self(&Calls::new(), "text".to_owned()).await;
    let client = client.expect("succeeds at the third attempt");
    assert_eq!(client.lends().await, Ok("text"));
    assert_eq!(client.calls.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_method_may_be_spawned() {
    let client = Arc::new(Client::default());
    let task = tokio::spawn(Arc::clone(&client).by_arc());
    assert_eq!(task.await.expect("did not panic"), Ok(3));

    let task = tokio::spawn(async {
        let mut client = Client::default();
        client.by_mutable_reference().await
    });
    assert_eq!(task.await.expect("did not panic"), Ok(3));
}
