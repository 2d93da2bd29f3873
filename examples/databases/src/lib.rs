//! Transfers of money between accounts, in transactions that are retried as a whole.

pub mod postgres;
pub mod sqlite;
