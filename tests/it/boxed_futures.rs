//! Methods under `#[async_trait]`, and functions under `#[async_recursion]`, are retried too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use async_trait::async_trait;
use retryable::{Classified, Classify, VirtualTimer, retryable, transient};

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error, Classify)]
#[error("busy")]
#[classify(transient)]
struct Busy;

#[derive(Default)]
struct Client {
    calls: AtomicU32,
    state: u32,
}

impl Client {
    fn succeed_at(&self, attempt: u32) -> Result<u32, Busy> {
        let now = self.calls.fetch_add(1, Relaxed) + 1;
        if now < attempt { Err(Busy) } else { Ok(now) }
    }
}

#[async_trait]
trait Api {
    async fn by_ref(&self, key: &str) -> Result<String, Busy>;
    async fn by_mut(&mut self, list: &mut Vec<u8>) -> Result<u32, Busy>;
    async fn by_arc(self: Arc<Self>, label: String) -> Result<(u32, String), Busy>;
    async fn patterns(&self, mut list: Vec<u8>, (a, b): (String, u8)) -> Result<usize, Busy>;

    #[retryable(max = 4)]
    async fn provided(&self, calls: &AtomicU32) -> Result<u32, Busy> {
        match calls.fetch_add(1, Relaxed) {
            0..2 => Err(Busy),
            calls => Ok(calls),
        }
    }
}

#[async_trait]
impl Api for Client {
    #[retryable]
    async fn by_ref(&self, key: &str) -> Result<String, Busy> {
        let calls = self.succeed_at(3)?;
        Ok(format!("{key}{calls}"))
    }

    #[retryable(before_retry = self.state += 10)]
    async fn by_mut(&mut self, list: &mut Vec<u8>) -> Result<u32, Busy> {
        list.push(1);
        self.state += 1;
        self.succeed_at(3)?;
        Ok(self.state)
    }

    #[retryable(deadline = "5s", timed_out = |_| Busy)]
    async fn by_arc(self: Arc<Self>, label: String) -> Result<(u32, String), Busy> {
        let calls = self.succeed_at(2)?;
        Ok((calls, label))
    }

    #[retryable]
    async fn patterns(&self, mut list: Vec<u8>, (a, b): (String, u8)) -> Result<usize, Busy> {
        list.push(b);
        self.succeed_at(3)?;
        drop(a);
        Ok(list.len())
    }
}

#[tokio::test(start_paused = true)]
async fn async_trait_methods_are_retried_through_every_receiver() {
    assert_eq!(Client::default().by_ref("k").await, Ok("k3".to_owned()));

    let (mut client, mut list) = (Client::default(), Vec::new());
    assert_eq!(client.by_mut(&mut list).await, Ok(23));
    assert_eq!(list, [1, 1, 1]);

    let client: Arc<Client> = Arc::default();
    let spawned = tokio::spawn(client.by_arc("label".to_owned()));
    assert_eq!(
        spawned.await.expect("no panic"),
        Ok((2, "label".to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn async_trait_arguments_are_cloned_for_every_attempt() {
    let client = Client::default();
    let pair = ("a".to_owned(), 2);
    assert_eq!(client.patterns(vec![1], pair).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn async_trait_default_bodies_are_retried() {
    let calls = AtomicU32::new(0);
    assert_eq!(Client::default().provided(&calls).await, Ok(2));
}

#[async_recursion::async_recursion]
#[retryable(max = 2, nested = "multiply")]
async fn above(depth: u32, calls: &AtomicU32) -> Result<u32, Busy> {
    if depth == 0 {
        calls.fetch_add(1, Relaxed);
        return Err(Busy);
    }
    above(depth - 1, calls).await
}

#[retryable(max = 2, nested = "multiply")]
#[async_recursion::async_recursion]
async fn below(depth: u32, calls: &AtomicU32) -> Result<u32, Busy> {
    if depth == 0 {
        calls.fetch_add(1, Relaxed);
        return Err(Busy);
    }
    below(depth - 1, calls).await
}

#[tokio::test(start_paused = true)]
async fn async_recursion_works_in_either_order() {
    let calls = AtomicU32::new(0);
    assert_eq!(above(1, &calls).await, Err(Busy));
    assert_eq!(calls.into_inner(), 4, "two attempts on each of two levels");

    let calls = AtomicU32::new(0);
    assert_eq!(below(1, &calls).await, Err(Busy));
    assert_eq!(calls.into_inner(), 4, "two attempts on each of two levels");
}

#[retryable(max = 3)]
fn by_hand(
    text: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<usize, Classified<&'static str>>> + Send>> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    Box::pin(async move {
        if CALLS.fetch_add(1, Relaxed) < 2 {
            return Err(transient("busy"));
        }
        Ok(text.len())
    })
}

#[tokio::test(start_paused = true)]
async fn a_function_that_boxes_its_future_by_hand_is_retried() {
    assert_eq!(by_hand("four".to_owned()).await, Ok(4));
}

/// Not `Clone`.
struct Path<T>(T);

#[async_trait]
trait Handler {
    async fn handle(&self, path: Path<(String, u8)>) -> Result<String, Busy>;
}

#[async_trait]
impl Handler for Client {
    #[retryable]
    async fn handle(&self, Path((mut text, number)): Path<(String, u8)>) -> Result<String, Busy> {
        text.push('!');
        let calls = self.succeed_at(3)?;
        Ok(format!("{text}{number}{calls}"))
    }
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_is_not_clone_may_be_taken_apart() {
    let outcome = Client::default().handle(Path(("a".to_owned(), 1))).await;
    assert_eq!(outcome, Ok("a!13".to_owned()));
}

#[async_trait]
trait Cached {
    async fn load(&self, key: String, timer: &VirtualTimer) -> Result<String, Busy>;
}

#[async_trait]
impl Cached for Client {
    #[retryable(
        max = 2, backoff = "fixed", base = "10s", timer = timer,
        fallback = |_| Ok(format!("{key} {}", self.state))
    )]
    async fn load(&self, key: String, timer: &VirtualTimer) -> Result<String, Busy> {
        drop(key);
        self.succeed_at(3).map(|_| String::new())
    }
}

#[tokio::test]
async fn a_boxed_future_has_a_timer_and_a_fallback() {
    let (client, timer) = (Client::default(), VirtualTimer::new());
    let loaded = client.load("key".to_owned(), &timer).await;
    assert_eq!(loaded, Ok("key 0".to_owned()));
    assert_eq!(timer.time().as_secs(), 10);
}
