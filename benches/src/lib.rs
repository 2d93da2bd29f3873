//! Shared by the benches: measuring in turns, counting, and the tables and charts of `RESULTS.md`.

pub mod callgrind;
pub mod charts;
pub mod operation;
pub mod peers;
pub mod report;
pub mod turns;
pub mod wire;
