//! Words that are values, and the words of `#[classify(…)]`.

use super::{Key, words};

words! {
    /// `backoff = "…"`.
    enum Shape {
        Exponential = "exp" | "exponential",
        Fixed = "fixed" | "constant" | "const",
        Linear = "linear",
        Fibonacci = "fibonacci" | "fib",
        Decorrelated = "decorrelated",
        NoDelay = "none" | "no_delay" | "zero",
    }
}

impl Shape {
    /// The keys that describe a built-in shape. None of them has an effect on the user's own `Backoff`.
    pub const KEYS: &'static [Key] = &[
        Key::Base,
        Key::Factor,
        Key::Cap,
        Key::Jitter,
        Key::Floor,
        Key::ThrottledBase,
        Key::FirstAtOnce,
    ];

    /// Returns the keys that have no effect on this shape.
    pub fn unused_keys(self) -> &'static [Key] {
        match self {
            Self::Exponential => &[],
            Self::Fixed => &[Key::Factor, Key::Cap, Key::Floor],
            Self::Linear | Self::Fibonacci => &[Key::Factor],
            // Its shortest delay is `base`.
            Self::Decorrelated => &[Key::Factor, Key::Jitter, Key::Floor],
            Self::NoDelay => Self::KEYS,
        }
    }
}

words! {
    /// `jitter = "…"`.
    enum Jitter {
        None = "none",
        Full = "full",
        Equal = "equal",
    }
}

words! {
    /// `on = "…"`: the classes up to which errors are retried.
    enum Rung {
        Refused = "refused" | "throttled",
        Transient = "transient",
        Ambiguous = "ambiguous",
        Any = "any" | "all" | "always",
    }
}

words! {
    /// `nested = "…"`.
    enum Nested {
        Stop = "stop",
        Multiply = "multiply",
    }
}

words! {
    /// `#[classify(…)]`: the class itself.
    enum Class {
        Permanent = "permanent" | "fatal" | "never",
        Ambiguous = "ambiguous",
        Transient = "transient" | "retry" | "retryable" | "temporary",
        Throttled = "throttled" | "rate_limited",
        Refused = "refused",
    }
}

words! {
    /// `#[classify(…)]`: where the class comes from, and the rest.
    enum ClassifyKey {
        Inner = "inner" | "forward" | "inherit" | "transparent",
        With = "with",
        RetryAfter = "retry_after" | "after",
        Crate = "crate",
    }
}
