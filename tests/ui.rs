//! The compiler's message for each mistake. A separate binary, which compiles for a minute.
//!
//! The goldens are of one stable toolchain; `TRYBUILD=overwrite cargo test -p retryable --all-features --test ui` writes them again.

// No case that passes: with one, trybuild builds all dependencies instead of checking them, and runs cargo for each case.
#[rustversion::attr(not(stable(1.95)), ignore = "the goldens are those of Rust 1.95")]
#[test]
fn every_mistake_has_one_message_at_the_user_s_tokens() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
