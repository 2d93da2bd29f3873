//! `timer = …`: the clock and the waits of a call are those of the value.

use std::future::Future;
use std::time::{Duration, Instant};

use retryable::{Policy, Upstream, VirtualTimer, attempt, retryable};

use crate::shapes::support::{Busy, Calls};

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[retryable(backoff = "fixed", base = "10s", timer = timer)]
async fn waits(calls: &Calls, timer: &VirtualTimer) -> Result<u32, Busy> {
    calls.third()
}

#[retryable(backoff = "fixed", base = "10s", timer = timer)]
fn blocks(calls: &Calls, timer: &VirtualTimer) -> Result<u32, Busy> {
    calls.third()
}

#[test]
fn delays_of_ten_seconds_take_no_time_with_a_virtual_timer() {
    let (start, timer) = (Instant::now(), VirtualTimer::new());
    assert_eq!(block_on(waits(&Calls::new(), &timer)), Ok(3));
    assert_eq!(timer.time(), secs(20));
    assert_eq!(blocks(&Calls::new(), &timer), Ok(3));
    assert_eq!(timer.time(), secs(40));
    assert!(start.elapsed() < secs(10), "{:?}", start.elapsed());
}

struct Client {
    calls: Calls,
    evaluated: Calls,
    timer: VirtualTimer,
}

impl Client {
    fn new() -> Self {
        Self {
            calls: Calls::new(),
            evaluated: Calls::new(),
            timer: VirtualTimer::new(),
        }
    }

    fn timer(&self) -> &VirtualTimer {
        self.evaluated.next();
        &self.timer
    }
}

#[retryable(max = 3, backoff = "fixed", base = "10s", timer = self.timer())]
impl Client {
    #[retryable]
    async fn inherits(&self) -> Result<u32, Busy> {
        self.calls.fail_until(3)
    }

    #[retryable(timer = other)]
    fn has_its_own(&self, other: &VirtualTimer) -> Result<u32, Busy> {
        self.calls.fail_until(3)
    }

    #[retryable(policy = Policy::fixed(secs(1)).max_attempts(3).deadline(secs(60)))]
    async fn by_policy(&self) -> Result<u32, Busy> {
        self.calls.fail_until(3)
    }
}

#[test]
fn methods_inherit_a_timer_that_is_evaluated_once_per_call() {
    let (client, other) = (Client::new(), VirtualTimer::new());
    assert_eq!(block_on(client.inherits()), Ok(3));
    assert_eq!(
        (client.timer.time(), client.evaluated.count()),
        (secs(20), 1)
    );

    let client = Client::new();
    assert_eq!(client.has_its_own(&other), Ok(3));
    assert_eq!((client.timer.time(), other.time()), (secs(0), secs(20)));
    assert_eq!(client.evaluated.count(), 0);

    let client = Client::new();
    assert_eq!(block_on(client.by_policy()), Ok(3));
    assert_eq!(
        (client.timer.time(), client.evaluated.count()),
        (secs(2), 1)
    );
}

#[retryable(backoff = "fixed", base = "10s", timer = self.clock())]
trait Api {
    fn clock(&self) -> &VirtualTimer;
    fn calls(&self) -> &Calls;

    #[retryable]
    fn provided(&self) -> Result<u32, Busy> {
        self.calls().third()
    }
}

impl Api for Client {
    fn clock(&self) -> &VirtualTimer {
        &self.timer
    }

    fn calls(&self) -> &Calls {
        &self.calls
    }
}

#[test]
fn a_trait_has_a_timer_for_the_methods_that_it_provides() {
    let client = Client::new();
    assert_eq!(client.provided(), Ok(3));
    assert_eq!(client.timer.time(), secs(20));
}

/// A timer that is `Copy` is not borrowed, so the body may change all of `self`.
#[derive(Clone, Copy)]
struct Leaked(&'static VirtualTimer);

impl retryable::Clock for Leaked {
    fn now(&self) -> retryable::Moment {
        self.0.now()
    }
}

impl retryable::BlockingTimer for Leaked {
    fn block(&self, duration: Duration) {
        self.0.block(duration);
    }
}

struct Changing {
    timer: Leaked,
    calls: u32,
}

impl Changing {
    #[retryable(backoff = "fixed", base = "10s", timer = self.timer)]
    fn send(&mut self) -> Result<u32, Busy> {
        self.calls += 1;
        if self.calls < 3 {
            Err(Busy)
        } else {
            Ok(self.calls)
        }
    }
}

#[test]
fn a_timer_that_is_copied_leaves_self_to_the_body() {
    let timer = Box::leak(Box::new(VirtualTimer::new()));
    let mut client = Changing {
        timer: Leaked(timer),
        calls: 0,
    };
    assert_eq!(client.send(), Ok(3));
    assert_eq!(timer.time(), secs(20));
}

#[retryable(
    max = 100, backoff = "fixed", base = "3s", deadline = "10s", timer = timer,
    on_give_up = |event| assert_eq!((event.elapsed, event.slept), (secs(9), secs(9)))
)]
async fn until_the_deadline(calls: &Calls, timer: &VirtualTimer) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[retryable(max = 2, backoff = "fixed", base = "1s", attempt_timeout = "4s", timer = timer)]
async fn hangs(timer: &VirtualTimer) -> Result<u32, Busy> {
    std::future::pending().await
}

#[retryable(max = 100, backoff = "fixed", base = "3s", max_elapsed = "10s", timer = timer)]
fn until_max_elapsed(calls: &Calls, timer: &VirtualTimer) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[test]
fn every_limit_of_time_is_measured_by_the_timer() {
    let (calls, timer) = (Calls::new(), VirtualTimer::new());
    assert_eq!(block_on(until_the_deadline(&calls, &timer)), Err(Busy));
    assert_eq!((calls.count(), timer.time()), (4, secs(9)));

    let timer = VirtualTimer::new();
    assert_eq!(block_on(hangs(&timer)), Err(Busy));
    assert_eq!(timer.time(), secs(9));

    let (calls, timer) = (Calls::new(), VirtualTimer::new());
    assert_eq!(until_max_elapsed(&calls, &timer), Err(Busy));
    assert_eq!((calls.count(), timer.time()), (4, secs(9)));
}

#[retryable(max = 2, backoff = "none", deadline = "10s", timer = timer, share(inner))]
async fn virtual_outer<T>(
    timer: &VirtualTimer,
    inner: impl AsyncFn() -> Result<T, Busy>,
) -> Result<T, Busy> {
    assert_eq!(attempt().expect("inside an attempt").remaining(), None);
    inner().await
}

#[retryable(max = 2, backoff = "none", deadline = "1h", share(inner))]
async fn default_outer<T>(inner: impl AsyncFn() -> Result<T, Busy>) -> Result<T, Busy> {
    inner().await
}

#[retryable(max = 4, backoff = "fixed", base = "2s", deadline = "1h", timer = timer)]
async fn virtual_inner(timer: &VirtualTimer) -> Result<Option<Duration>, Busy> {
    let attempt = attempt().expect("inside an attempt");
    if attempt.number() < 3 {
        Err(Busy)
    } else {
        Ok(attempt.remaining())
    }
}

#[test]
fn the_time_that_remains_is_never_the_difference_of_two_clocks() {
    let (outer, inner) = (VirtualTimer::new(), VirtualTimer::new());
    outer.advance(secs(1 << 20));

    // One clock in both calls: waiting twice 2 s is within the outer deadline.
    let both = virtual_outer(&outer, async || virtual_inner(&outer).await);
    assert_eq!(block_on(both), Ok(None));
    assert_eq!(outer.time(), secs((1 << 20) + 4));

    // The clock of the inner call is far behind: the outer deadline says nothing to it, and it runs.
    let other = virtual_outer(&outer, async || virtual_inner(&inner).await);
    assert_eq!(block_on(other), Ok(None));
    assert_eq!(inner.time(), secs(4));

    // A clock that stands at the end of the default one's hour.
    inner.advance(secs(1 << 20));
    let remaining = block_on(default_outer(async || virtual_inner(&inner).await));
    let remaining = remaining.expect("the call ends with a value");
    // The deadline of the outer call, by the default timer.
    assert!(
        remaining > Some(secs(3500)) && remaining <= Some(secs(3600)),
        "{remaining:?}"
    );
}

#[test]
fn a_nested_call_with_the_same_clock_keeps_to_the_outer_deadline() {
    let timer = VirtualTimer::new();
    let calls = Calls::new();
    let nested = virtual_outer(&timer, async || {
        let policy = Policy::fixed(secs(3)).max_attempts(100);
        policy
            .run_with(&timer, async || calls.fail_until(100))
            .await
    });
    assert_eq!(block_on(nested), Err(Busy));
    assert_eq!((calls.count(), timer.time()), (4, secs(9)));
}

#[retryable(max = 4, backoff = "fixed", base = "10s", timer = timer)]
fn virtual_blocking(calls: &Calls, timer: &VirtualTimer) -> Result<u32, Busy> {
    calls.third()
}

#[test]
fn the_deadline_of_another_process_does_not_end_a_call_with_another_clock() {
    let (calls, timer) = (Calls::new(), VirtualTimer::new());
    timer.advance(secs(1 << 20));
    let mut upstream = Upstream::new().remaining(secs(5));
    assert_eq!(
        upstream.serve_blocking(|| virtual_blocking(&calls, &timer)),
        Ok(3)
    );
}
