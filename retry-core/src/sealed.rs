//! What keeps a trait to this crate.

/// No other crate can name this type, so that none can implement a trait which has a constant of it: the trait may
/// gain methods.
#[derive(Debug)]
pub struct Sealed;
