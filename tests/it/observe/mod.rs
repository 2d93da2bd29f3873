//! What observers, `tracing` and hooks learn of a call: the same from every form of it.

#![allow(
    clippy::unused_self,
    reason = "the name of a method is what these tests are about"
)]

mod forms;
mod harm;
mod http;
mod metrics;
mod names;
mod nested;
mod secrets;
mod spans;
mod support;
