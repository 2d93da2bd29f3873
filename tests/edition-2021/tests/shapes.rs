//! The facade's tests of shapes, once more.

// They are formatted as the facade's own.
#[rustfmt::skip]
#[path = "../../it/shapes/mod.rs"]
mod shapes;
