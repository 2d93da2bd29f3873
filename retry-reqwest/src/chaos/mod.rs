//! Faults that are injected into requests, to rehearse an outage.
//!
//! Without the feature `chaos`, only `Injector` is left. It has no size, and its methods return what they are given.

mod inject;
#[cfg(feature = "chaos")]
mod injected;
#[cfg(feature = "chaos")]
mod rates;
#[cfg(feature = "chaos")]
mod report;

pub(crate) use inject::Injector;
#[cfg(feature = "chaos")]
pub use {rates::Chaos, report::ChaosReport};
