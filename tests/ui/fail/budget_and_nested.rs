//! Budgets and nesting.

use retryable::retryable;

#[retryable(budget = "a lot", nested = "never")]
fn words() -> Result<(), std::io::Error> {
    Ok(())
}

#[retryable(budget = 20, nested = true)]
fn types() -> Result<(), std::io::Error> {
    Ok(())
}

#[retryable(budget = "-5%")]
fn negative() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
