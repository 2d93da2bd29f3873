//! `budget = …`: on functions and on `impl` blocks, and what it saves in a minute of outage.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use retryable::{
    Budget, Class, Classified, Decision, Exponential, GiveUp, Policy, RetryBudget, VirtualTimer,
    retryable, testing, transient,
};

type Outcome = Result<(), Classified<&'static str>>;

fn fail(calls: &Cell<u32>) -> Outcome {
    calls.set(calls.get() + 1);
    Err(transient("down"))
}

#[retryable(max = 5, backoff = "none", budget = "20%")]
async fn a_fifth(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

#[retryable(max = 5, backoff = "none", budget = "20%")]
fn another_fifth(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

static PAYMENTS: Budget = Budget::new(0.5).burst(4);

#[retryable(max = 5, backoff = "none", budget = PAYMENTS)]
async fn pay(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

#[retryable(max = 5, backoff = "none", budget = PAYMENTS)]
fn refund(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

#[tokio::test]
async fn a_share_makes_a_separate_budget_for_every_function() {
    let calls = Cell::new(0);
    for _ in 0..50 {
        a_fifth(&calls).await.unwrap_err();
    }
    // The burst of ten; and a fifth of the calls, less that of the two that found it full.
    let hits = calls.take();
    assert!((50 + 10 + 9..=50 + 10 + 10).contains(&hits), "{hits}");
    for _ in 0..50 {
        another_fifth(&calls).unwrap_err();
    }
    assert_eq!(calls.take(), hits);
}

#[tokio::test]
async fn a_static_is_shared_by_functions_and_the_error_is_the_callers_own() {
    let calls = Cell::new(0);
    assert_eq!(pay(&calls).await, Err(transient("down")));
    assert_eq!(calls.take(), 1 + 4);
    // Half a retry is deposited by this call, and half by the next one.
    for attempts in [1, 2] {
        let (outcome, record) = testing::record(|| refund(&calls));
        assert_eq!(outcome, Err(transient("down")));
        assert_eq!(calls.take(), attempts);
        assert_eq!(record.give_up(), Some(GiveUp::Budget));
    }
}

static OF_CLIENTS: Budget = Budget::new(0.0).burst(3);
static SHARED: LazyLock<Arc<Budget>> = LazyLock::new(|| Arc::new(Budget::new(0.0).burst(2)));

#[derive(Default)]
struct Client {
    calls: Cell<u32>,
}

#[retryable(max = 5, backoff = "none", budget = OF_CLIENTS)]
impl Client {
    #[retryable]
    async fn get(&self) -> Outcome {
        fail(&self.calls)
    }

    #[retryable]
    fn put(&self) -> Outcome {
        fail(&self.calls)
    }

    #[retryable(budget = Arc::clone(&SHARED))]
    fn delete(&self) -> Outcome {
        fail(&self.calls)
    }
}

#[tokio::test]
async fn methods_of_an_impl_block_share_its_budget_unless_they_name_another() {
    let client = Client::default();
    client.get().await.unwrap_err();
    assert_eq!(client.calls.take(), 1 + 3);
    client.put().unwrap_err();
    assert_eq!(client.calls.take(), 1);
    client.delete().unwrap_err();
    assert_eq!(client.calls.take(), 1 + 2);
    assert_eq!(SHARED.available(), 0);
}

/// Hits on a server that is down for a minute, where a thousand calls a second come in.
fn hits_of_an_outage(throttle: &impl RetryBudget) -> (u32, u32) {
    let policy = Policy::<Exponential>::with_backoff(Exponential::new(Duration::from_millis(100)))
        .max_attempts(4)
        .seed(5)
        .budget(throttle);
    let clock = VirtualTimer::new();
    let (mut calls, mut hits) = (0, 0);
    while clock.time() < Duration::from_secs(60) {
        calls += 1;
        hits += 1;
        let mut call = policy.start_with(clock.clone());
        // When the retry happens does not matter for how many there are.
        while let Decision::Wait(_) = call.decide(Class::Transient) {
            hits += 1;
        }
        clock.advance(Duration::from_millis(1));
    }
    (calls, hits)
}

#[test]
fn in_an_outage_a_tenth_adds_a_tenth_and_without_it_load_multiplies() {
    let budget = Budget::new(0.1);
    let (calls, hits) = hits_of_an_outage(&budget);
    assert_eq!(calls, 60_000);
    assert!(hits <= calls / 10 * 11 + 10, "{hits}");
    assert!(hits >= calls / 10 * 11 - 1, "the budget is used: {hits}");

    let (calls, hits) = hits_of_an_outage(&retryable::NoBudget);
    assert_eq!(hits, calls * 4);
}

thread_local! {
    static HITS: Cell<u32> = const { Cell::new(0) };
}

#[retryable(max = 4, base = "100ms", budget = "10%")]
async fn bounded() -> Outcome {
    HITS.set(HITS.get() + 1);
    Err(transient("down"))
}

#[retryable(max = 4, base = "100ms")]
async fn unbounded() -> Outcome {
    HITS.set(HITS.get() + 1);
    Err(transient("down"))
}

/// A thousand calls a second for a minute, each in its own task.
async fn minute<F: Future<Output = Outcome> + 'static>(call: fn() -> F) -> u32 {
    HITS.set(0);
    let tasks = tokio::task::LocalSet::new();
    tasks
        .run_until(async {
            let mut calls = Vec::new();
            for _ in 0..60_000 {
                calls.push(tokio::task::spawn_local(call()));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            for call in calls {
                call.await.unwrap().unwrap_err();
            }
        })
        .await;
    HITS.get()
}

#[tokio::test(start_paused = true)]
async fn annotated_functions_keep_the_bound_for_a_minute_of_outage() {
    let bounded = minute(bounded).await;
    assert!((65_999..=66_010).contains(&bounded), "{bounded}");
    let unbounded = minute(unbounded).await;
    assert_eq!(unbounded, 240_000);
}

mod in_a_hurry {
    use std::time::Duration;

    use retryable::{Classified, TokenRatio, Upstream, retryable, transient};

    type Outcome = Result<(), Classified<&'static str>>;

    static SERVER: TokenRatio = TokenRatio::new(10, 0.1);

    #[retryable(max = 9, backoff = "none", budget = SERVER)]
    async fn awaited(takes: Duration) -> Outcome {
        tokio::time::advance(takes).await;
        Err(transient("down"))
    }

    #[retryable(max = 9, backoff = "none", budget = SERVER)]
    fn blocking(takes: Duration) -> Outcome {
        std::thread::sleep(takes);
        Err(transient("down"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_left_too_little_time_uses_up_no_budget() {
        let left = Duration::from_millis(1);
        for _ in 0..20 {
            let mut upstream = Upstream::new().remaining(left);
            assert!(upstream.serve(awaited(2 * left)).await.is_err());
        }
        assert_eq!(SERVER.thousandths(), 10_000);
        // Without a runtime, the clock is the real one.
        let blocked = std::thread::spawn(move || {
            let mut upstream = Upstream::new().remaining(left);
            upstream.serve_blocking(|| blocking(2 * left))
        });
        assert!(blocked.join().expect("does not panic").is_err());
        assert_eq!(SERVER.thousandths(), 10_000);

        // A failure that the server caused is counted.
        let mut upstream = Upstream::new().remaining(Duration::from_secs(60));
        assert!(upstream.serve(awaited(left)).await.is_err());
        assert_eq!(SERVER.thousandths(), 5000);
    }
}
