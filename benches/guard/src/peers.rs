//! The loops: those of the benches, and one that blocks.

#[path = "../../src/peers/by_hand.rs"]
pub mod by_hand;
#[path = "../../src/peers/ours.rs"]
mod ours;
#[path = "../../src/peers/task.rs"]
mod task;

pub use ours::{attribute, explicit, run};
pub use task::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

/// An annotated function that blocks.
pub mod blocking {
    use super::{ATTEMPTS, BASE, CAP, Outcome};

    /// The defaults: exponential, with full jitter.
    #[retryable::retryable(max = ATTEMPTS, base = BASE, cap = CAP)]
    pub fn call(op: &impl Fn() -> Outcome) -> Outcome {
        op()
    }
}
