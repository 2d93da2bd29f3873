//! `attempt()`: what code in an attempt knows, in every kind of task and thread, and that no other code does.

mod known;
mod model;
mod restored;
mod support;
mod tasks;
mod upstream;
