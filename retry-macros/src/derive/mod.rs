//! `#[derive(Classify)]`.

mod arms;
mod attribute;
mod expand;

pub(crate) use expand::derive_classify;
