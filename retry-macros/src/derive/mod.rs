//! `#[derive(Classify)]`.

mod arms;
mod attribute;
mod expand;
mod item;

pub(crate) use expand::derive_classify;
