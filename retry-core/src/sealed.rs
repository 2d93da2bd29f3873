//! `Sealed`: only this crate can implement a trait that uses it.

/// A type that no other crate can name. So only this crate can implement a trait with a constant of this type, and
/// the trait may gain methods.
#[derive(Debug)]
pub struct Sealed;
