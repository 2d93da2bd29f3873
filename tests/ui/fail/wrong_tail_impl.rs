//! The value is not what `impl Trait` asks for. Of a plain function too, the compiler says it twice.

use std::io;

use retryable::retryable;

#[retryable]
async fn numbers() -> io::Result<impl Iterator<Item = u32>> {
    Ok(7)
}

fn main() {}
