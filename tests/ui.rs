//! The compiler's message for each mistake, and what it must accept. A separate binary, which compiles for minutes.
//!
//! The goldens are of one stable toolchain; `TRYBUILD=overwrite cargo test -p retryable --all-features --test ui` writes them again.

#[rustversion::attr(not(stable(1.95)), ignore = "the goldens are those of Rust 1.95")]
#[test]
fn every_mistake_has_one_message_at_the_user_s_tokens() {
    let cases = trybuild::TestCases::new();
    // With a case that passes all are built rather than checked, and only then is a constant evaluated.
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}

#[rustversion::attr(stable(1.95), ignore = "compiled with the messages")]
#[test]
fn what_must_compile_compiles_and_runs() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
