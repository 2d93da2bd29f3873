//! Policies from configuration.

// `UPDATE_EXPECT` does not understand how rustfmt breaks the lines of `expect!`.
#[rustfmt::skip]
mod bad_documents;
mod documents;
mod merge;
mod policies;
mod round_trip;
