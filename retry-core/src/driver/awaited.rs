//! The bound of `Policy::run` on what its closure returns, for the compiler's message.

use core::convert::Infallible;
use core::future::Future;

/// What the closure of [`Policy::run`](crate::Policy::run) returns: a future. Every future implements it.
///
/// `Future` alone would do, but the compiler's message about it cannot name
/// [`run_blocking`](crate::Policy::run_blocking). `Kind` is inferred. It allows the second impl: because there are two,
/// the compiler reports this trait and not `Future`.
#[diagnostic::on_unimplemented(
    message = "`run` awaits what its closure returns, but `{Self}` is not a future",
    label = "the closure of this call is not async",
    note = "for a function that is not async, write `run_blocking`: `policy.run_blocking(|| ..)`"
)]
pub trait Awaited<Kind>: Future {}

impl<F: Future> Awaited<()> for F {}

/// Nothing implements it.
pub trait Nothing {}

impl<F: Future + Nothing> Awaited<Infallible> for F {}
