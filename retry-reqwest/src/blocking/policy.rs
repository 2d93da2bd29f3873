//! What a policy must bring to drive blocking requests.

use retry_core::{Backoff, BlockingLimit, Policy, RetryBudget, Rule};

use crate::{Error, HttpPolicy};

/// An [`HttpPolicy`] that can retry blocking requests: one that cuts no attempt off. `Kind` is
/// always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for blocking requests",
    note = "a thread cannot be interrupted: write `max_elapsed` in place of `deadline`, and set a timeout on the request in place of `attempt_timeout`"
)]
pub trait BlockingPolicy<Kind>: HttpPolicy<Kind> {}

impl<B, O, L, G, Kind> BlockingPolicy<Kind> for Policy<B, O, L, G>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    L: BlockingLimit,
    G: RetryBudget,
{
}
