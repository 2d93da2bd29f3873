//! The calls that are made everywhere, and what they must report.

use retryable::testing::Script;
use retryable::{
    Classified, Exponential, Jitter, Policy, permanent, retryable, throttled, transient,
};
use std::time::Duration;

/// What a call returns.
pub type Outcome = Result<u32, Classified<&'static str>>;

/// The outcomes of the attempts.
pub type Outcomes = Script<Outcome>;

/// The lines of a call that succeeds after `until_up`.
pub const UNTIL_UP: &str =
    "1 transient, waited 1ms\n2 throttled, waited 3ms\n3 transient, waited 4ms\n4 succeeded";

/// The lines of a call that meets `until_gone`.
pub const UNTIL_GONE: &str = "1 transient, waited 1ms\n2 permanent, gave up: not_retryable";

/// The settings of [`awaited`] and [`blocking`], as a value.
pub const POLICY: Policy =
    Policy::with_backoff(Exponential::new(Duration::from_millis(1)).jitter(Jitter::None))
        .max_attempts(4);

/// Three failures, then a success.
pub fn until_up() -> Outcomes {
    Script::new([
        Err(transient("reset")),
        Err(throttled("busy", Some(Duration::from_millis(3)))),
        Err(transient("reset")),
        Ok(7),
    ])
}

/// A failure that is retried, and one that is not.
pub fn until_gone() -> Outcomes {
    Script::new([Err(transient("reset")), Err(permanent("gone"))])
}

/// An annotated `async fn`.
#[retryable(max = 4, base = "1ms", jitter = "none")]
pub async fn awaited(script: &Outcomes) -> Outcome {
    script.next()
}

/// An annotated function that blocks.
#[retryable(max = 4, base = "1ms", jitter = "none")]
pub fn blocking(script: &Outcomes) -> Outcome {
    script.next()
}
