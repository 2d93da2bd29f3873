//! The words of the attribute, and the words of other libraries for them.

use crate::suggest;

/// All keys, in the order of the documentation.
pub(super) const KEYS: &[&str] = &[
    "max",
    "max_retries",
    "backoff",
    "base",
    "factor",
    "cap",
    "jitter",
    "on",
    "attempt_timeout",
    "deadline",
    "max_elapsed",
    "max_retry_after",
    "budget",
    "nested",
    "policy",
    "timed_out",
    "via",
    "until",
    "before_retry",
    "on_retry",
    "on_give_up",
    "share",
    "name",
    "crate",
];

/// A value for a key, for who gave none.
pub(super) fn example(key: &str) -> &'static str {
    match key {
        "max" => "5",
        "max_retries" => "4",
        "backoff" => "\"exp\"",
        "base" => "\"100ms\"",
        "factor" => "2.0",
        "cap" => "\"20s\"",
        "jitter" => "\"full\"",
        "on" => "\"transient\"",
        "attempt_timeout" => "\"2s\"",
        "deadline" | "max_elapsed" => "\"30s\"",
        "max_retry_after" => "\"2m\"",
        "budget" => "\"20%\"",
        "nested" => "\"multiply\"",
        "policy" => "self.policy",
        "timed_out" => "|timed_out| MyError::from(timed_out)",
        "via" => "Marker",
        "until" => "|value| value.is_ready()",
        "before_retry" => "self.reconnect().await",
        "on_retry" | "on_give_up" => "|event| log(event)",
        "name" => "\"fetch user\"",
        "crate" => "::retry_core",
        _ => "...",
    }
}

/// The settings that `policy = …` replaces: those before it in the list.
pub(super) const POLICY_KEYS: &[&str] = KEYS.split_at(14).0;

/// What other libraries call the same thing, where the letters alone would not tell.
const KEY_ALIASES: &[(&str, &str)] = &[
    ("attempts", "max"),
    ("max_attempts", "max"),
    ("max_times", "max"),
    ("max_tries", "max"),
    ("retries", "max_retries"),
    ("stop", "max"),
    ("times", "max"),
    ("tries", "max"),
    ("strategy", "backoff"),
    ("delay", "base"),
    ("initial", "base"),
    ("initial_delay", "base"),
    ("initial_interval", "base"),
    ("interval", "base"),
    ("min_delay", "base"),
    ("sleep", "base"),
    ("wait", "base"),
    ("exp_base", "factor"),
    ("multiplier", "factor"),
    ("max_backoff", "cap"),
    ("max_delay", "cap"),
    ("max_interval", "cap"),
    ("retry_if", "on"),
    ("retry_on", "on"),
    ("when", "on"),
    ("per_attempt_timeout", "attempt_timeout"),
    ("max_elapsed_time", "max_elapsed"),
    ("total_timeout", "deadline"),
    ("config", "policy"),
    ("poll", "until"),
    ("retry_until", "until"),
    ("before_sleep", "on_retry"),
    ("notify", "on_retry"),
    ("borrow", "share"),
    ("reference", "share"),
];

/// What a word that is no key was meant to be.
pub(super) fn hint(word: &str) -> String {
    if word == "timeout" {
        // One word for two things: of the attempt, or of the call.
        return "; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?"
            .to_owned();
    }
    suggest::hint(word, KEYS, KEY_ALIASES)
}

pub(super) const SHAPES: &[&str] = &[
    "exp",
    "fixed",
    "linear",
    "fibonacci",
    "decorrelated",
    "none",
];

pub(super) const SHAPE_ALIASES: &[(&str, &str)] = &[
    ("exponential", "exp"),
    ("constant", "fixed"),
    ("const", "fixed"),
    ("fib", "fibonacci"),
    ("no_delay", "none"),
    ("zero", "none"),
];

pub(super) const JITTERS: &[&str] = &["none", "full", "equal"];

pub(super) const NESTED: &[&str] = &["stop", "multiply"];

pub(super) const LADDER: &[&str] = &["refused", "transient", "ambiguous", "any"];

pub(super) const LADDER_ALIASES: &[(&str, &str)] =
    &[("all", "any"), ("always", "any"), ("throttled", "refused")];
