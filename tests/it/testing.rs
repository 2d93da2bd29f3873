//! The modes of `retryable::testing` with annotated functions.

use std::future::Future;
use std::time::{Duration, Instant};

use retryable::http::testing::{Server, reply};
use retryable::http::{ErrorKind, RequestBuilderExt};
use retryable::testing::{self, Mode, Script};
use retryable::{Classified, DefaultTimer, Policy, TimedOut, retryable, transient};

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

#[test]
fn ten_attempts_with_delays_of_ten_seconds_take_less_than_five_milliseconds() {
    let _quick = testing::no_delay();
    let took = |_| {
        let script = failures(10);
        let begun = Instant::now();
        assert!(blocking(&script).is_err());
        let took = begun.elapsed();
        script.finish();
        took
    };
    // The fastest of many: the machine may do much else meanwhile.
    let fastest = (0..20).map(took).min().unwrap();
    println!("ten attempts and nine waits: {fastest:?}");
    assert!(fastest < Duration::from_millis(5), "{fastest:?}");
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

/// What the page "Testing" warns of: the paused clock advances while the socket is idle.
#[tokio::test(start_paused = true)]
async fn a_paused_clock_times_out_a_server_that_responds_in_time() {
    let begun = Instant::now();
    let server = Server::repeat_last([reply(200).after(Duration::from_millis(30))]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let policy = Policy::new().attempt_timeout(Duration::from_secs(5));
    let call = client.get(server.url()).retry(&policy).send();
    let (outcome, record) = testing::record_async(call).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(record.attempts(), 3);
    assert!(begun.elapsed() < Duration::from_secs(5));
}
