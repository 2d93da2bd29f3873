//! After a panic, a drop and a timeout, what was current before is so again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Waker};

use retry_core::attempt;

use super::support::{Outcome, POLICY, block_on, here, number};
use crate::common::ms;

#[test]
fn after_a_panic_the_enclosing_attempt_is_the_current_one_again() {
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let around = here().call_id();
        let inner = || POLICY.run_blocking(|| -> Outcome<()> { panic!("in an attempt") });
        assert!(catch_unwind(AssertUnwindSafe(inner)).is_err());
        assert_eq!(here().call_id(), around);
        let inner = POLICY.run(async || -> Outcome<()> { panic!("in an attempt") });
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(inner))).is_err());
        assert_eq!(here().call_id(), around);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    let whole = || POLICY.run_blocking(|| -> Outcome<()> { panic!("in an attempt") });
    assert!(catch_unwind(whole).is_err());
    assert!(attempt().is_none());
}

#[test]
fn a_call_that_is_dropped_in_an_attempt_leaves_the_enclosing_attempt() {
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let around = here().call_id();
        let mut inner = Box::pin(POLICY.run(std::future::pending::<Outcome<()>>));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(inner.as_mut().poll(&mut cx).is_pending());
        assert_eq!(here().call_id(), around);
        drop(inner);
        assert_eq!(here().call_id(), around);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    assert!(attempt().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_off_is_over() {
    #[derive(Debug, PartialEq)]
    struct Slow;
    impl From<retry_core::TimedOut> for Slow {
        fn from(_: retry_core::TimedOut) -> Self {
            assert_eq!(number(), Some(1), "made for the attempt that is cut short");
            Self
        }
    }
    let policy = POLICY.on_error(|_: &Slow| false).attempt_timeout(ms(10));
    let outcome: Result<(), Slow> = policy.run(std::future::pending).await;
    assert_eq!((outcome, number()), (Err(Slow), None));
}
