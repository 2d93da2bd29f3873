//! What `on = causes(..)` cannot be.

use std::io;

use retryable::retryable;

struct Unclassified;

#[retryable(on = causes())]
fn empty() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

#[retryable(on = causes::<(io::Error,)>())]
fn as_a_function() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

#[retryable(on = causes("io::Error"))]
fn strings() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

#[retryable(on = causes(io::Error), via = Unclassified)]
fn with_via() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

#[retryable(via = "Unclassified")]
fn via_a_string() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = |error| true, via = Unclassified)]
fn via_and_a_classifier() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
