//! Longer pages, one for each question.

/// What `download` does with a body that breaks off.
#[doc = include_str!("../docs/downloads.md")]
pub mod downloads {}
