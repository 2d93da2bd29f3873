//! Outcomes from a script.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use retry_core::testing::Script;
use retry_core::{NoDelay, Policy, permanent, transient};

use super::{Error, block_on};

fn message(code: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(code)).expect_err("it panics");
    *panic.downcast::<String>().expect("a message")
}

#[test]
fn a_script_returns_its_outcomes_in_order() {
    let script = Script::new([Err(transient("busy")), Err(transient("busy")), Ok(7)]);
    let policy = Policy::with_backoff(NoDelay);
    let outcome: Result<_, Error> = block_on(policy.run(|| async { script.next() }));
    assert_eq!((outcome, script.calls()), (Ok(7), 3));
    script.finish();
}

#[test]
fn a_call_past_the_end_says_which_one_it_is() {
    let script = Script::new(1..=3);
    let all: Vec<_> = (0..3).map(|_| script.next()).collect();
    assert_eq!(all, [1, 2, 3]);
    let call = || {
        script.next();
    };
    assert_eq!(message(call), "call 4, but the script has 3 outcomes");
    assert_eq!(message(call), "call 5, but the script has 3 outcomes");
    assert_eq!(script.calls(), 5);
    let script = Script::new([()]);
    script.next();
    let call = || script.next();
    assert_eq!(message(call), "call 2, but the script has 1 outcome");
}

#[test]
fn a_script_that_was_not_used_up_says_so() {
    let script = Script::new([Err(permanent("broken")), Ok(7)]);
    let _: Result<u32, Error> = Policy::new().run_blocking(|| script.next());
    let finish = || script.finish();
    let expected = "the script has 2 outcomes, but only 1 call came";
    assert_eq!(message(finish), expected);
}

#[test]
fn a_script_is_shared_by_threads() {
    let script = Script::new(0..100);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    script.next();
                }
            });
        }
    });
    assert_eq!(
        format!("{script:?}"),
        "Script { calls: 100, outcomes: 100, .. }"
    );
    script.finish();
}
