//! Every shape of function that Rust allows can be retried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use retryable::{Class, Classify, retryable};

#[derive(Debug, PartialEq)]
struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

#[derive(Default)]
struct Counter(AtomicU32);

impl Counter {
    fn fail_until(&self, attempt: u32) -> Result<u32, Busy> {
        let now = self.0.fetch_add(1, Relaxed) + 1;
        if now < attempt { Err(Busy) } else { Ok(now) }
    }
    fn count(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

#[retryable(max = 5, backoff = "exp", on = "transient")]
async fn free(calls: &Counter) -> Result<u32, Busy> {
    let value = calls.fail_until(3)?;
    Ok(value)
}

#[retryable(max = 5, backoff = "none")]
fn blocking(
    calls: &Counter,
    owned: String,
    mut list: Vec<u8>,
    (a, b): (u8, u8),
) -> Result<u32, Busy> {
    list.push(1);
    assert_eq!(list.len(), 1);
    drop(owned);
    let _ = a + b;
    let value = calls.fail_until(3)?;
    return Ok(value);
}

struct Client {
    calls: Counter,
    state: u32,
    text: String,
}

impl Client {
    #[retryable(max = 4)]
    async fn by_mut(&mut self) -> Result<u32, Busy> {
        self.state += 1;
        self.calls.fail_until(3)
    }

    #[retryable(max = 4, before_retry = self.state = 100, on_retry = |event| seen.0.store(event.attempt, Relaxed))]
    async fn reconnecting(&mut self, seen: &Counter) -> Result<u32, Busy> {
        let _ = self.calls.fail_until(3)?;
        Ok(self.state)
    }

    #[retryable]
    async fn borrowed(&self) -> Result<&str, Busy> {
        self.calls.fail_until(2)?;
        Ok(&self.text)
    }

    #[retryable(deadline = "5s")]
    async fn arc(self: Arc<Self>) -> Result<u32, Busy> {
        self.calls.fail_until(2)
    }

    #[retryable]
    async fn opaque(&self, x: impl Into<String> + Clone) -> Result<impl Iterator<Item = u8>, Busy> {
        let x: String = x.into();
        self.calls.fail_until(2)?;
        Ok(x.into_bytes().into_iter())
    }
}

#[tokio::test(start_paused = true)]
async fn first() {
    let calls = Counter::default();
    assert_eq!(free(&calls).await, Ok(3));
    let calls = Counter::default();
    assert_eq!(blocking(&calls, "x".into(), vec![], (1, 2)), Ok(3));
    let new = || Client {
        calls: Counter::default(),
        state: 0,
        text: "t".into(),
    };
    let mut c = new();
    assert_eq!(c.by_mut().await, Ok(3));
    assert_eq!(c.state, 3);
    let mut c = new();
    let seen = Counter::default();
    assert_eq!(c.reconnecting(&seen).await, Ok(100));
    assert_eq!(seen.count(), 2);
    let c = new();
    assert_eq!(c.borrowed().await, Ok("t"));
    let c = Arc::new(new());
    assert_eq!(tokio::spawn(c.arc()).await.unwrap(), Ok(2));
    let c = new();
    assert_eq!(c.opaque("ab").await.unwrap().count(), 2);
    let calls = Counter::default();
    println!("{}", std::mem::size_of_val(&free(&calls)));
}
