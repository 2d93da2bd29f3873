//! The error of requests that know their method.

mod def;
mod make;
mod show;

pub use def::{Error, ErrorKind};
