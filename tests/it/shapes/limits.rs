//! The keys that limit time: `attempt_timeout`, `deadline`, `max_elapsed`, `max_retry_after`.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use retryable::{Class, Classify, GiveUp, Policy, TimedOut, retryable};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::shapes::support::{Busy, Calls};

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
async fn attempt_timeout_cuts_an_attempt_off() {
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
async fn an_attempt_that_is_cut_off_releases_what_it_borrowed() {
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
async fn a_wait_that_would_reach_the_deadline_does_not_begin() {
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

#[retryable(deadline = "5s", timed_out = |timed_out| format!("{label}: {timed_out}"), on = |_| true)]
async fn hangs(label: &str) -> Result<u32, String> {
    std::future::pending().await
}

#[retryable(policy = Policy::new().deadline(secs(5)).on_error(|_: &String| true), timed_out = slow)]
async fn hangs_by_policy() -> Result<u32, String> {
    std::future::pending().await
}

fn slow(timed_out: TimedOut) -> String {
    timed_out.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_the_attempt_off_and_timed_out_makes_the_error() {
    let start = Instant::now();
    let slow = "the attempt took longer than 5s".to_owned();
    assert_eq!(hangs("fetch").await, Err(format!("fetch: {slow}")));
    assert_eq!(hangs_by_policy().await, Err(slow));
    assert_eq!(start.elapsed(), secs(10));
}

#[retryable(max = 100, max_elapsed = "10s", backoff = "none")]
async fn slowly(calls: &Calls) -> Result<u32, Busy> {
    sleep(secs(4)).await;
    calls.fail_until(100)
}

#[tokio::test(start_paused = true)]
async fn max_elapsed_lets_the_current_attempt_end() {
    let (calls, start) = (Calls::new(), Instant::now());
    assert_eq!(slowly(&calls).await, Err(Busy));
    assert_eq!((calls.count(), start.elapsed()), (3, secs(12)));
}

macro_rules! waits {
    ($($name:ident: $setting:expr,)*) => {$(
        #[retryable(
            max = 100, backoff = [secs(1); 99], $name = $setting,
            on_give_up = |event| noted.lock().unwrap().push((event.attempts, event.reason))
        )]
        async fn $name(calls: &Calls, noted: &Mutex<Vec<(u32, GiveUp)>>) -> Result<u32, Busy> {
            calls.fail_until(100)
        }
    )*};
}

waits! {
    deadline: "10s",
    max_elapsed: "10s",
}

#[retryable(policy = Policy::with_backoff([secs(1); 99]).max_elapsed(secs(10)))]
async fn by_policy(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(100)
}

/// The runtime stands still in the first wait.
async fn stalled<T>(call: impl Future<Output = T>) -> T {
    let stall = async {
        sleep(Duration::from_millis(10)).await;
        tokio::time::advance(secs(60)).await;
    };
    tokio::join!(call, stall).0
}

#[tokio::test(start_paused = true)]
async fn after_a_wait_that_ended_too_late_no_attempt_begins() {
    let (calls, noted) = (Calls::new(), Mutex::default());
    assert_eq!(stalled(deadline(&calls, &noted)).await, Err(Busy));
    assert_eq!(stalled(max_elapsed(&calls, &noted)).await, Err(Busy));
    assert_eq!(stalled(by_policy(&calls)).await, Err(Busy));
    assert_eq!(calls.count(), 3);
    let noted = noted.into_inner().unwrap();
    assert_eq!(noted, [(1, GiveUp::Deadline), (1, GiveUp::MaxElapsed)]);
}

/// The policy that begins the call and makes the first decision allows ten seconds; a third evaluation would
/// allow more.
#[retryable(
    policy = {
        let allowed = secs(if evaluated.next() < 3 { 10 } else { 1000 });
        Policy::with_backoff([secs(1); 99]).max_elapsed(allowed)
    },
    on_give_up = |event| noted.lock().unwrap().push((event.attempts, event.reason, event.class, event.slept))
)]
async fn replaced(
    calls: &Calls,
    evaluated: &Calls,
    noted: &Mutex<Vec<(u32, GiveUp, Class, Duration)>>,
) -> Result<u32, Failed> {
    calls.next();
    Err(Failed::Throttled(secs(2)))
}

/// The hook makes the wait end too late.
#[retryable(
    policy = {
        evaluated.next();
        Policy::with_backoff([Duration::from_millis(5); 99]).max_elapsed(Duration::from_millis(50))
    },
    on_retry = |_| std::thread::sleep(Duration::from_millis(60)),
    on_give_up = |event| noted.lock().unwrap().push((event.attempts, event.reason, event.class))
)]
fn replaced_blocking(
    calls: &Calls,
    evaluated: &Calls,
    noted: &Mutex<Vec<(u32, GiveUp, Class)>>,
) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ended_too_late_is_judged_by_the_policy_of_the_decision_before_it() {
    let (calls, evaluated, noted) = (Calls::new(), Calls::new(), Mutex::default());
    let outcome = stalled(replaced(&calls, &evaluated, &noted)).await;
    let throttled = Class::Throttled {
        retry_after: Some(secs(2)),
    };
    assert_eq!(outcome, Err(Failed::Throttled(secs(2))));
    // Once to begin, and once for the decision.
    assert_eq!((calls.count(), evaluated.count()), (1, 2));
    let noted = noted.into_inner().unwrap();
    assert_eq!(noted.len(), 1);
    let (attempts, reason, class, slept) = noted[0];
    assert_eq!(
        (attempts, reason, class),
        (1, GiveUp::MaxElapsed, throttled)
    );
    assert!(slept >= secs(2));
}

#[test]
fn a_blocking_wait_that_ended_too_late_is_judged_by_the_policy_of_the_decision_before_it() {
    let (calls, evaluated, noted) = (Calls::new(), Calls::new(), Mutex::default());
    assert!(replaced_blocking(&calls, &evaluated, &noted).is_err());
    assert_eq!((calls.count(), evaluated.count()), (1, 2));
    let noted = noted.into_inner().unwrap();
    assert_eq!(noted, [(1, GiveUp::MaxElapsed, Class::Transient)]);
}

#[retryable(attempt_timeout = "5s")]
async fn counted(calls: &Calls) -> Result<u32, Failed> {
    Ok(calls.next())
}

#[tokio::test(start_paused = true)]
async fn after_the_deadline_of_an_enclosing_call_no_attempt_is_made() {
    let calls = Calls::new();
    let mut upstream = retryable::Upstream::new().remaining(Duration::ZERO);
    let outcome = upstream.serve(counted(&calls)).await;
    assert_eq!(outcome, Err(Failed::TimedOut(Duration::ZERO)));
    assert!(upstream.gave_up());
    assert_eq!(calls.count(), 0);
}

/// Uses up tokio's cooperative budget in each poll.
#[retryable(max = 1, attempt_timeout = "50ms")]
async fn busy(start: std::time::Instant) -> Result<(), Failed> {
    while start.elapsed() < secs(60) {
        tokio::task::consume_budget().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_attempt_that_uses_up_tokios_budget_is_cut_off() {
    let start = std::time::Instant::now();
    assert!(busy(start).await.is_err());
    assert!(start.elapsed() < secs(30), "{:?}", start.elapsed());
}

#[retryable(max = 2, backoff = "none", attempt_timeout = "1s", on_retry = |_| {
    free.lock().unwrap().push(permits.available_permits());
})]
async fn holds(permits: &Semaphore, free: &Mutex<Vec<usize>>) -> Result<(), Failed> {
    let _permit = permits.acquire().await;
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_cut_off_is_dropped_before_hooks_run() {
    let (permits, free) = (Semaphore::new(1), Mutex::default());
    assert!(holds(&permits, &free).await.is_err());
    assert_eq!(free.into_inner().unwrap(), [1]);
}
