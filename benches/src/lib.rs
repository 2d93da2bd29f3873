//! What the benches share: measuring in turns, counting, and the tables and charts of `RESULTS.md`.

pub mod charts;
pub mod report;
pub mod turns;
