//! A missing feature is named. `TRYBUILD=overwrite cargo test -p no-json` writes the goldens again.

#[rustversion::attr(not(stable(1.95)), ignore = "the goldens are those of Rust 1.95")]
#[test]
fn a_missing_feature_is_named() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
