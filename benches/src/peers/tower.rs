//! tower: a `Retry` around a service, with a policy of its parts.

use std::future::{Ready, ready};
use std::sync::LazyLock;

use ::tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use ::tower::retry::{Policy, Retry};
use ::tower::util::rng::HasherRng;
use ::tower::{ServiceExt, service_fn};

use super::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

#[derive(Clone)]
struct Jittered {
    left: u32,
    backoff: ExponentialBackoff,
}

impl Policy<(), u64, Busy> for Jittered {
    type Future = tokio::time::Sleep;

    fn retry(&mut self, (): &mut (), outcome: &mut Outcome) -> Option<Self::Future> {
        match outcome {
            Err(error) if error.is_transient() && self.left > 0 => {
                self.left -= 1;
                Some(self.backoff.next_backoff())
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

/// Exponential, with full jitter.
///
/// # Panics
///
/// Never: the bounds are in order.
pub fn maker() -> ExponentialBackoffMaker {
    ExponentialBackoffMaker::new(BASE, CAP, 1.0, HasherRng::default()).expect("bounds in order")
}

/// Exponential, with full jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    // A service is made once, and its policy cloned for each call.
    static POLICY: LazyLock<Jittered> = LazyLock::new(|| Jittered {
        left: ATTEMPTS - 1,
        backoff: maker().make_backoff(),
    });
    oneshot(POLICY.clone(), op)
}

#[derive(Clone)]
struct AtOnce {
    left: u32,
}

impl Policy<(), u64, Busy> for AtOnce {
    type Future = Ready<()>;

    fn retry(&mut self, (): &mut (), outcome: &mut Outcome) -> Option<Self::Future> {
        match outcome {
            Err(error) if error.is_transient() && self.left > 0 => {
                self.left -= 1;
                Some(ready(()))
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    oneshot(AtOnce { left: MANY - 1 }, op)
}

fn oneshot<P, F, Fut>(policy: P, op: &F) -> impl Future<Output = Outcome>
where
    P: Policy<(), u64, Busy> + Clone,
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let service = service_fn(move |()| op());
    Retry::new(policy, service).oneshot(())
}
