//! A missing feature is named. `TRYBUILD=overwrite cargo test -p no-timer` writes the goldens again.

#[rustversion::attr(not(stable(1.95)), ignore = "the goldens are those of Rust 1.95")]
#[test]
fn a_missing_feature_is_named() {
    let cases = trybuild::TestCases::new();
    // With a case that passes, trybuild builds all instead of checking them, and only then is a constant evaluated. Here,
    // because few dependencies are built.
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/*.rs");
}

#[rustversion::attr(stable(1.95), ignore = "compiled with the messages")]
#[test]
fn what_needs_no_timer_compiles_and_runs() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
