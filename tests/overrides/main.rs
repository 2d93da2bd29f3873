//! Overrides by name. A binary of its own: they are of the whole process.

mod fields;
mod forms;
mod installing;
mod names;
mod support;
mod text;
