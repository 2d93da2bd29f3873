//! The library from outside.

mod hints;
