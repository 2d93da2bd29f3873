//! What the benches share: measuring in turns, counting, and the tables of `RESULTS.md`.

pub mod report;
pub mod turns;
