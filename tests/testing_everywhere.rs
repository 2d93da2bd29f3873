//! Modes of a whole process. A separate binary, because the tests of one binary share a process.

mod forms;

use std::env;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use retryable::testing::{self, Mode};
use retryable::{Fixed, Policy, Report, transient};

use forms::{ATTEMPTS, FORMS, POLICY as OF_FORMS};

const POLICY: Policy<Fixed> = Policy::fixed(Duration::from_secs(100)).max_attempts(5);

fn call() -> Report {
    POLICY
        .blocking(|| Err::<(), _>(transient("down")))
        .report()
        .1
}

/// Calls this binary again, with the environment variable, for one ignored test.
fn in_child(mode: &str, test: &str) -> (bool, String) {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args([
        "--exact",
        test,
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    let output = child.env("RETRYABLE_TEST", mode).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), message)
}

#[test]
fn everywhere_is_for_threads_tasks_and_every_form_and_scopes_come_before_it() {
    testing::everywhere(Mode::new().no_delay().max_attempts(3));
    let begun = Instant::now();
    assert_eq!(
        (call().attempts, call().slept),
        (3, Duration::from_secs(200))
    );
    assert_eq!(thread::spawn(call).join().unwrap().attempts, 3);

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(async {
            let call = POLICY.run(|| async { Err::<(), _>(transient("down")) });
            call.report().await.1
        });
        assert_eq!(task.await.unwrap().attempts, 3);
    });

    {
        // Setting by setting: there is still no delay.
        let _few = testing::max_attempts(4);
        assert_eq!(call().attempts, 4);
    }
    assert_eq!(call().attempts, 3);

    testing::everywhere(Mode::new().no_delay().max_attempts(2).seed(7));
    let delay = OF_FORMS.schedule(7).next();
    for (name, form) in FORMS {
        let record = thread::spawn(move || form.run()).join().unwrap();
        assert_eq!(record.delays(), Vec::from_iter(delay), "{name}");
        let all = u32::try_from(ATTEMPTS).unwrap();
        let record = form.run_with(Mode::new().max_attempts(all));
        assert_eq!(record.attempts(), ATTEMPTS, "{name}");
    }

    testing::everywhere(Mode::new().no_retries());
    assert_eq!(call().attempts, 1);
    assert!(begun.elapsed() < Duration::from_secs(10));
    testing::everywhere(Mode::new());
}

#[test]
fn the_environment_variable_sets_the_mode_of_a_process() {
    let (passed, message) = in_child("no-delay,max=2", "child");
    assert!(passed, "{message}");
    // It has nothing to say about a test that is run without it.
    assert!(env::var_os("RETRYABLE_TEST").is_none());
}

#[test]
fn a_mistake_in_the_environment_variable_fails_the_test() {
    let (passed, message) = in_child("no-dleay", "child");
    assert!(!passed);
    let expected = "RETRYABLE_TEST: `no-dleay` is not `no-delay`, `max=2` or `seed=7`";
    assert!(message.contains(expected), "{message}");
}

#[test]
#[ignore = "for a child process of the tests above"]
fn child() {
    assert_eq!(
        (call().attempts, call().slept),
        (2, Duration::from_secs(100))
    );
    assert_eq!(thread::spawn(call).join().unwrap().attempts, 2);
    // This function comes before the variable.
    testing::everywhere(Mode::new().max_attempts(4));
    assert_eq!(call().attempts, 4);
    let _once = testing::no_retries();
    assert_eq!(call().attempts, 1);
}
