//! The body of a blocking function is a closure, whose caller is a line of this library.

use std::io;
use std::panic::Location;

use retryable::retryable;

#[retryable]
#[track_caller]
fn above() -> io::Result<u32> {
    Ok(Location::caller().line())
}

#[track_caller]
#[retryable]
fn below() -> io::Result<u32> {
    Ok(Location::caller().line())
}

fn main() {}
