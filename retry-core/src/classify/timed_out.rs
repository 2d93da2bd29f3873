//! `Classify` for attempts that took too long: this crate's `TimedOut`, and tokio's `Elapsed`.

use super::Classify;
use crate::class::Class;
use crate::timed_out::TimedOut;

/// A slow attempt is a temporary fault. An error type that contains a `TimedOut` may return another class.
impl Classify for TimedOut {
    fn classify(&self) -> Class {
        Class::Transient
    }

    fn error_type(&self) -> Option<&str> {
        Some("timeout")
    }
}

/// A slow operation is a temporary fault.
#[cfg(feature = "tokio")]
impl Classify for tokio::time::error::Elapsed {
    fn classify(&self) -> Class {
        Class::Transient
    }

    fn error_type(&self) -> Option<&str> {
        Some("timeout")
    }
}
