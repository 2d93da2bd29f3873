//! An error that hides what it is, under a policy that asks it.

use retryable::Policy;

fn main() {
    let _ = Policy::new().run_blocking(|| -> anyhow::Result<()> { Ok(()) });
}
