//! What an attempt knows of itself.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use retry_core::{NoDelay, On, Policy, TimeLimit, TimedOut, attempt, transient};

use super::support::{Outcome, POLICY, block_on, here, number};
use crate::common::secs;

#[test]
fn an_attempt_knows_its_number_its_maximum_and_whether_it_is_the_last() {
    let mut seen = Vec::new();
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let attempt = here();
        seen.push((attempt.number(), attempt.max(), attempt.is_last()));
        assert_eq!(attempt.remaining(), None);
        Err(transient("down"))
    });
    assert!(outcome.is_err());
    assert_eq!(seen, [(1, 3, false), (2, 3, false), (3, 3, true)]);
}

#[test]
fn outside_of_attempts_there_is_none() {
    assert!(attempt().is_none());
    let policy = POLICY.budget(Asserts);
    let noted = policy
        .blocking(|| Err::<(), _>(transient("down")))
        .on_retry(|_| assert!(attempt().is_none()))
        .on_give_up(|_| assert!(attempt().is_none()));
    assert!(noted.call().is_err());
    assert!(attempt().is_none());
}

/// Neither budgets nor hooks run in an attempt.
#[derive(Clone, Copy)]
struct Asserts;

impl retry_core::RetryBudget for Asserts {
    fn withdraw(&self, _: &retry_core::Step, _: &dyn retry_core::Clock) -> bool {
        attempt().is_none()
    }
}

#[test]
fn a_call_has_one_id_for_all_attempts_and_calls_differ_also_with_a_seed() {
    let policy = POLICY.seed(7);
    let mut ids = HashSet::new();
    for _ in 0..100 {
        let mut of_call = HashSet::new();
        let outcome: Outcome<()> = policy.run_blocking(|| {
            of_call.insert(here().call_id());
            Err(transient("down"))
        });
        assert!(outcome.is_err());
        assert_eq!(of_call.len(), 1);
        ids.extend(of_call);
    }
    assert_eq!(ids.len(), 100);
}

fn id_of_a_call() -> u128 {
    let outcome: Outcome<u128> = POLICY.run_blocking(|| Ok(here().call_id()));
    outcome.unwrap()
}

#[test]
fn seeds_of_other_generators_do_not_change_ids() {
    let seeded = || {
        fastrand::seed(7);
        id_of_a_call()
    };
    let ids: HashSet<_> = (0..100).map(|_| seeded()).collect();
    assert_eq!(ids.len(), 100);
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(seeded)).collect();
    let ids: HashSet<_> = threads.into_iter().map(|id| id.join().unwrap()).collect();
    assert_eq!(ids.len(), 8);
}

/// Runs itself twice. (To fork needs unsafe code: a unit test has that case, by the process's id.)
#[test]
fn two_processes_with_the_same_seed_have_different_ids() {
    const NAME: &str = "context::known::two_processes_with_the_same_seed_have_different_ids";
    if std::env::var_os("PRINT_AN_ID").is_some() {
        fastrand::seed(7);
        println!("id: {:032x}", id_of_a_call());
        return;
    }
    let id = || {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", NAME, "--nocapture"]);
        let output = child.env("PRINT_AN_ID", "1").output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let id = printed.split("id: ").nth(1).expect("an id is printed");
        id[..32].to_owned()
    };
    let ids: HashSet<_> = (0..4).map(|_| id()).collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
}

#[test]
fn an_id_that_is_first_asked_for_late_stays() {
    let ids = Cell::new([0; 2]);
    let outcome = POLICY.run_blocking(|| match here().number() {
        1 => Err(transient("unused")),
        2 => {
            ids.set([here().call_id(), 0]);
            Err(transient("down"))
        }
        _ => Ok(here().call_id()),
    });
    assert_eq!(outcome, Ok(ids.get()[0]));
}

#[test]
fn of_nested_calls_the_innermost_is_the_current_one() {
    let outer = POLICY.max_attempts(9);
    let mut first = true;
    let outcome: Outcome<()> = outer.run_blocking(|| {
        if std::mem::take(&mut first) {
            return Err(transient("once"));
        }
        let around = here();
        assert_eq!((around.number(), around.max()), (2, 9));
        let inner: Outcome<u128> = POLICY.run_blocking(|| {
            assert_eq!((here().number(), here().max()), (1, 3));
            Ok(here().call_id())
        });
        assert_ne!(inner.unwrap(), around.call_id());
        assert_eq!(here().call_id(), around.call_id());
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_remains_is_up_to_the_nearest_deadline() {
    let never = POLICY.deadline(Duration::MAX);
    let (short, long) = (POLICY.deadline(secs(5)), POLICY.deadline(secs(60)));
    let nested = async |outer: Policy<NoDelay, On, TimeLimit>,
                        inner: Policy<NoDelay, On, TimeLimit>| {
        let outcome: Result<Option<Duration>, TimedOut> = outer
            .run(|| async {
                tokio::time::sleep(secs(1)).await;
                inner.run(async || Ok(here().remaining())).await
            })
            .await;
        outcome.unwrap()
    };
    assert_eq!(nested(short, long).await, Some(secs(4)));
    assert_eq!(nested(long, short).await, Some(secs(5)));
    assert_eq!(nested(short, never).await, Some(secs(4)));
    assert_eq!(nested(never, never).await, None);
    // Nothing is cut off at `max_elapsed`, so it does not count.
    let soft = POLICY.max_elapsed(secs(5));
    let outcome: Outcome<Option<Duration>> = soft.run(async || Ok(here().remaining())).await;
    assert_eq!(outcome, Ok(None));
}

#[test]
fn explicit_loops_say_which_code_is_the_attempt() {
    let mut retry = POLICY.start();
    assert_eq!(block_on(retry.attempt(async { number() })), Some(1));
    assert!(retry.again(transient("down")).is_ok());
    assert_eq!(number(), None);
    assert_eq!(retry.attempt_blocking(number), Some(2));
    assert_eq!(number(), None);
}
