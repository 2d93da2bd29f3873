//! The calls whose costs have limits. The code is that of the benches, so that both count the same.

#[path = "../../src/operation.rs"]
pub mod operation;
pub mod peers;
