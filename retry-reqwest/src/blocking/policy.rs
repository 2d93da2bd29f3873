//! What a policy must bring to drive blocking requests.

use retry_core::{Backoff, Policy, Rule, Throttle, Unlimited};

use crate::{Error, HttpPolicy};

/// An [`HttpPolicy`] that can retry blocking requests: one that does not limit attempts. `Kind` is
/// always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for blocking requests",
    note = "a thread cannot be interrupted: leave `attempt_timeout` out, and set a timeout on the request"
)]
pub trait BlockingPolicy<Kind>: HttpPolicy<Kind> {}

impl<B, O, G, Kind> BlockingPolicy<Kind> for Policy<B, O, Unlimited, G>
where
    B: Backoff,
    O: Rule<Error, Kind>,
    G: Throttle,
{
}
