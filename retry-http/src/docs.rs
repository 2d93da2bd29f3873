//! Longer pages, one for each question.

/// Retrying requests of hyper-util, of ureq, and in stacks of tower.
#[doc = include_str!("../docs/clients.md")]
pub mod clients {}
