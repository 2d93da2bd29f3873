//! Which timer a wait has: that of the runtime in which it begins.

#![cfg(any(feature = "smol", feature = "tokio"))]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use retryable::types::DefaultSleep;
use retryable::{DefaultTimer, Timer};

const HOUR: Duration = Duration::from_secs(3600);

/// Whether this process has a thread whose name begins so; `None` where threads cannot be listed.
fn has_thread(name: &str) -> Option<bool> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let mut names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    Some(names.any(|own| own.starts_with(name)))
}

/// A thread sets its name itself, after it has begun.
fn assert_thread_begins(name: &str) {
    while has_thread(name) == Some(false) {
        thread::yield_now();
    }
}

#[test]
fn outside_of_tokio_the_features_decide_which_thread_waits() {
    let mut wait = pin!(DefaultTimer.sleep(HOUR));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(wait.as_mut().poll(&mut cx).is_pending());
    if cfg!(feature = "smol") {
        assert_thread_begins("async-io");
        assert_ne!(has_thread("retry timer"), Some(true));
    } else {
        assert_thread_begins("retry timer");
    }
}

#[test]
fn a_wait_is_no_larger_than_with_one_timer_alone() {
    let size = size_of::<DefaultSleep>();
    if cfg!(feature = "tokio") {
        assert_eq!(size, size_of::<tokio::time::Sleep>());
    } else {
        assert_eq!(size, size_of::<async_io::Timer>());
    }
}

#[cfg(feature = "tokio")]
mod in_a_tokio_runtime {
    use super::HOUR;
    use retryable::testing::Script;
    use retryable::{Policy, transient};
    use runtimes::{awaited, until_up};
    use std::time::Instant;
    use tokio::runtime::Builder;

    /// tokio's paused clock moves at once, and no other clock does.
    #[test]
    fn a_call_waits_with_tokios_timer() {
        let policy = Policy::fixed(HOUR).max_attempts(3);
        let begun = Instant::now();
        let mut builder = Builder::new_current_thread();
        let paused = builder.enable_time().start_paused(true).build();
        let call = async {
            let down = async || Err::<(), _>(transient("down"));
            policy.run_async(down).report().await
        };
        let (outcome, report) = paused.expect("a runtime").block_on(call);
        assert!(outcome.is_err());
        assert_eq!(report.slept, 2 * HOUR);
        assert!(begun.elapsed() < HOUR);
    }

    /// As the documentation of `DefaultTimer` says under "Panics".
    #[test]
    #[should_panic(expected = "timers are disabled")]
    fn that_has_no_timer_a_call_panics_at_its_first_wait() {
        let timeless = Builder::new_current_thread().build().expect("a runtime");
        let _ = timeless.block_on(awaited(&until_up()));
    }

    #[test]
    fn that_has_no_timer_a_call_may_succeed_at_once() {
        let timeless = Builder::new_current_thread().build().expect("a runtime");
        let script = Script::new([Ok(7)]);
        assert_eq!(timeless.block_on(awaited(&script)), Ok(7));
    }
}

#[cfg(feature = "smol")]
mod the_timer_of_smol {
    use async_io::block_on;
    use retryable::testing::record_async;
    use retryable::{Attempt, Policy, SmolTimer, TimedOut, attempt, retryable};
    use runtimes::{Outcome, Outcomes, until_up};
    use std::time::{Duration, Instant};

    #[retryable(max = 4, base = "1ms", jitter = "none", timer = SmolTimer)]
    async fn with_its_timer(script: &Outcomes) -> Outcome {
        script.next()
    }

    #[test]
    fn waits_in_a_tokio_runtime_without_one() {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let timeless = builder.build().expect("a runtime");
        let script = until_up();
        let (outcome, record) = timeless.block_on(record_async(with_its_timer(&script)));
        assert_eq!((outcome, record.attempts()), (Ok(7), 4));
    }

    #[test]
    fn cuts_an_attempt_off() {
        let policy = Policy::new().deadline(Duration::from_millis(20));
        let endless = || std::future::pending::<Result<(), TimedOut>>();
        let begun = Instant::now();
        assert!(block_on(policy.run_with(SmolTimer, endless)).is_err());
        assert!(begun.elapsed() >= Duration::from_millis(20));
    }

    /// Both clocks are that of `std`.
    #[test]
    fn shares_deadlines_with_the_default_timer() {
        let minute = Duration::from_secs(60);
        let policy = Policy::new().deadline(minute);
        let remaining = block_on(policy.run_with(SmolTimer, || async {
            Ok::<_, TimedOut>(attempt().and_then(Attempt::remaining))
        }));
        let remaining = remaining
            .expect("it does not fail")
            .expect("there is a deadline");
        assert!(
            remaining <= minute && remaining > minute / 2,
            "{remaining:?}"
        );
    }
}
