//! The modes of `retryable::testing` with annotated functions.

use std::future::Future;
use std::time::{Duration, Instant};

use retryable::testing::{self, Mode, Script};
use retryable::{Classified, DefaultTimer, DynPolicy, Policy, TimedOut, retryable, transient};

type Error = Classified<&'static str>;
type Outcomes = Script<Result<u32, Error>>;

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

fn failures(count: usize) -> Outcomes {
    Script::new((0..count).map(|_| Err(transient("down"))))
}

#[retryable(max = 10, base = "10s", jitter = "none")]
fn blocking(script: &Outcomes) -> Result<u32, Error> {
    script.next()
}

#[retryable(max = 10, base = "10s", max_elapsed = "25s", jitter = "none")]
fn limited(script: &Outcomes) -> Result<u32, Error> {
    script.next()
}

#[retryable(max = 10, base = "10s")]
async fn awaited(script: &Outcomes) -> Result<u32, Error> {
    script.next()
}

#[retryable(max = 2, base = "1s", jitter = "none", timer = DefaultTimer)]
fn blocking_by_the_default_timer(script: &Outcomes) -> Result<u32, Error> {
    script.next()
}

#[retryable(max = 2, base = "1s", jitter = "none", timer = &DefaultTimer)]
async fn awaited_by_the_default_timer(script: &Outcomes) -> Result<u32, Error> {
    script.next()
}

#[test]
fn a_default_timer_that_is_written_out_is_skipped_too() {
    let _quick = testing::no_delay();
    let begun = Instant::now();
    assert!(blocking_by_the_default_timer(&failures(2)).is_err());
    assert!(block_on(awaited_by_the_default_timer(&failures(2))).is_err());
    assert!(
        begun.elapsed() < Duration::from_millis(900),
        "{:?}",
        begun.elapsed()
    );
}

struct Client {
    policy: DynPolicy<Error>,
}

#[retryable(max = 10, base = "10s")]
impl Client {
    #[retryable]
    async fn method(&self, script: &Outcomes) -> Result<u32, Error> {
        script.next()
    }
}

impl Client {
    #[retryable(policy = self.policy)]
    async fn by_policy(&self, script: &Outcomes) -> Result<u32, Error> {
        script.next()
    }

    #[retryable(policy = self.policy)]
    fn by_policy_blocking(&self, script: &Outcomes) -> Result<u32, Error> {
        script.next()
    }
}

/// Runs each form, and returns how many attempts each made.
fn attempts() -> Vec<(&'static str, usize)> {
    let client = Client {
        policy: Policy::fixed(Duration::from_secs(10))
            .max_attempts(10)
            .erase(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let forms: [(&'static str, &dyn Fn(&Outcomes) -> Result<u32, Error>); 5] = [
        ("blocking", &|script| blocking(script)),
        ("async", &|script| runtime.block_on(awaited(script))),
        ("method", &|script| runtime.block_on(client.method(script))),
        ("policy", &|script| {
            runtime.block_on(client.by_policy(script))
        }),
        ("policy, blocking", &|script| {
            client.by_policy_blocking(script)
        }),
    ];
    let attempts = forms.map(|(name, form)| {
        let script = failures(10);
        let begun = Instant::now();
        assert!(form(&script).is_err());
        let took = begun.elapsed();
        println!("{name}: {took:?}");
        // Generous, for a machine that does much else.
        assert!(took < Duration::from_millis(500), "{name} took {took:?}");
        (name, script.calls())
    });
    attempts.into()
}

#[test]
fn ten_attempts_with_delays_of_ten_seconds_take_no_time() {
    let _quick = testing::no_delay();
    assert!(attempts().iter().all(|(_, attempts)| *attempts == 10));

    let script = failures(10);
    let begun = Instant::now();
    assert!(blocking(&script).is_err());
    let took = begun.elapsed();
    println!("ten attempts and nine waits: {took:?}");
    assert!(took < Duration::from_millis(100), "{took:?}");
    script.finish();
}

#[test]
fn the_number_of_attempts_is_that_of_the_mode() {
    let _quick = testing::no_delay();
    let _few = testing::max_attempts(3);
    assert!(attempts().iter().all(|(_, attempts)| *attempts == 3));
    let _once = testing::no_retries();
    assert!(attempts().iter().all(|(_, attempts)| *attempts == 1));
}

#[test]
fn skipped_waits_use_up_the_time_of_a_function() {
    let _quick = testing::no_delay();
    let script = failures(10);
    assert!(limited(&script).is_err());
    // After 10 s, another wait of 20 s would pass 25 s.
    assert_eq!(script.calls(), 2);
}

#[retryable(max = 10, base = "2s", backoff = "fixed", deadline = "5s")]
async fn with_deadline(script: &Script<Result<u32, TimedOut>>) -> Result<u32, TimedOut> {
    script.next()
}

#[tokio::test]
async fn skipped_waits_count_for_the_deadline() {
    let script = Script::new((0..10).map(|_| Err(TimedOut::new(Duration::ZERO))));
    let call = testing::with(Mode::new().no_delay(), with_deadline(&script));
    assert!(call.await.is_err());
    assert_eq!(script.calls(), 3);
}

#[tokio::test]
async fn an_outer_deadline_counts_the_waits_of_a_function_without_a_clock() {
    let _quick = testing::no_delay();
    let script = failures(10);
    let outer = Policy::new().deadline(Duration::from_secs(25));
    let outcome = outer.run(|| async {
        let _ = awaited(&script).await;
        Ok::<(), TimedOut>(())
    });
    assert!(outcome.await.is_ok());
    assert!(script.calls() < 10, "{script:?}");
}
