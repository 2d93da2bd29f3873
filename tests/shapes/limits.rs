//! The keys that limit time: `attempt_timeout`, `deadline`, `max_elapsed`, `max_retry_after`.

use std::time::Duration;

use retryable::{Class, Classify, TimedOut, retryable};
use tokio::time::{Instant, sleep};

use crate::support::{Busy, Calls};

#[derive(Debug, PartialEq)]
enum Failed {
    TimedOut(Duration),
    Throttled(Duration),
}

impl From<TimedOut> for Failed {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out.after())
    }
}

impl Classify for Failed {
    fn classify(&self) -> Class {
        match self {
            Self::TimedOut(_) => Class::Transient,
            Self::Throttled(after) => Class::Throttled {
                retry_after: Some(*after),
            },
        }
    }
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[retryable(attempt_timeout = "2s", backoff = "none")]
async fn slow_at_first(calls: &Calls) -> Result<u32, Failed> {
    let calls = calls.next();
    if calls < 3 {
        sleep(secs(60)).await;
    }
    Ok(calls)
}

#[tokio::test(start_paused = true)]
async fn timeout_cuts_an_attempt_short() {
    let start = Instant::now();
    assert_eq!(slow_at_first(&Calls::new()).await, Ok(3));
    assert_eq!(start.elapsed(), secs(4));
}

const LIMIT: Duration = secs(1);

#[retryable(attempt_timeout = LIMIT, backoff = "none", max = 2)]
async fn always_slow() -> Result<(), Failed> {
    sleep(secs(60)).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn timeout_may_be_a_constant_and_becomes_the_error() {
    assert_eq!(always_slow().await, Err(Failed::TimedOut(secs(1))));
}

struct Client {
    state: u32,
}

impl Client {
    #[retryable(attempt_timeout = "1s", backoff = "none")]
    async fn lends_itself(&mut self, text: String) -> Result<u32, Failed> {
        self.state += 1;
        drop(text);
        if self.state < 3 {
            sleep(secs(60)).await;
        }
        Ok(self.state)
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_short_gives_back_what_it_borrowed() {
    let mut client = Client { state: 0 };
    assert_eq!(client.lends_itself(String::new()).await, Ok(3));
    assert_eq!(client.state, 3);
}

#[retryable(
    deadline = "10s",
    max = 100,
    backoff = "fixed",
    base = "3s",
    jitter = "none"
)]
async fn until_the_deadline(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_reach_the_deadline_is_not_begun() {
    let (calls, start) = (Calls::new(), Instant::now());
    assert_eq!(until_the_deadline(&calls).await, Err(Busy));
    assert_eq!((calls.count(), start.elapsed()), (4, secs(9)));
}

#[retryable(attempt_timeout = "4s", deadline = "10s", max = 100, backoff = "none")]
async fn timeout_and_deadline() -> Result<u32, Failed> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_gets_what_is_left_of_the_deadline() {
    let start = Instant::now();
    assert_eq!(timeout_and_deadline().await, Err(Failed::TimedOut(secs(2))));
    assert_eq!(start.elapsed(), secs(10));
}

#[retryable(max_retry_after = "30s", jitter = "none")]
async fn throttled(calls: &Calls, after: Duration) -> Result<u32, Failed> {
    calls.third().map_err(|Busy| Failed::Throttled(after))
}

#[tokio::test(start_paused = true)]
async fn max_retry_after_is_the_longest_hint_that_is_obeyed() {
    let (calls, start) = (Calls::new(), Instant::now());
    assert_eq!(throttled(&calls, secs(30)).await, Ok(3));
    assert_eq!(start.elapsed(), secs(60));

    let (calls, start) = (Calls::new(), Instant::now());
    let outcome = throttled(&calls, secs(31)).await;
    assert_eq!(outcome, Err(Failed::Throttled(secs(31))));
    assert_eq!((calls.count(), start.elapsed()), (1, Duration::ZERO));
}
