//! What the code that `#[retryable]` generates calls. Not public API: it changes with the macro.

#![allow(
    missing_docs,
    reason = "hidden from users; the macro is the only caller"
)]
