//! What a `tonic::Status` means for the next attempt.

mod retry_info;
mod rules;
mod transport;

use std::error::Error;
use std::time::Duration;

use retry_core::grpc::{self, Pushback};
use retry_core::{Class, Classify, On};
use tonic::{Code, Status};

use rules::ASKED;
#[cfg(feature = "service-config")]
pub(crate) use rules::PUSHBACK_STOP;
pub use rules::Verdict;

const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// Marks that this crate classifies the status: `Classify<Grpc> for tonic::Status`.
#[derive(Clone, Copy, Debug)]
pub enum Grpc {}

/// Calls [`explain`]. A status does not say which method was called: [`Class::Transient`] supposes that it may run twice.
impl Classify<Grpc> for Status {
    fn classify(&self) -> Class {
        explain(self).class
    }

    fn error_type(&self) -> Option<&str> {
        Some(code_name(self.code()))
    }
}

/// Returns the class of a status and the rule that decided, by the table in the [crate's
/// documentation](index.html#which-status-is-what).
///
/// # Examples
///
/// ```
/// use retryable::Class;
/// use std::time::Duration;
/// use tonic::Status;
///
/// let mut status = Status::unavailable("busy");
/// status.metadata_mut().insert("grpc-retry-pushback-ms", "250".parse().unwrap());
/// let verdict = retry_tonic::explain(&status);
/// assert_eq!(verdict.class, Class::Throttled { retry_after: Some(Duration::from_millis(250)) });
/// ```
pub fn explain(status: &Status) -> Verdict {
    let by_code = judge_without_pushback(status);
    match asked(status) {
        Asked::Stop => rules::PUSHBACK_STOP,
        Asked::Retry(after) => asked_to_retry(by_code, after),
        Asked::Nothing => by_code,
    }
}

/// What the server asked for, in addition to its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    Retry(Duration),
    Stop,
}

/// Reads the pushback, or else `google.rpc.RetryInfo`.
pub(crate) fn asked(status: &Status) -> Asked {
    let mut values = status.metadata().get_all(PUSHBACK).iter();
    // By A6, a value that is no number asks not to retry; gRPC's clients read several values so, too. This is none.
    let no_number = "several values, or no text";
    let value = values.next().map(|value| match values.next() {
        None => value.to_str().unwrap_or(no_number),
        Some(_) => no_number,
    });
    match grpc::pushback(value) {
        Pushback::Stop => Asked::Stop,
        Pushback::After(after) => Asked::Retry(after),
        Pushback::Absent => match retry_info::retry_delay(status.details()) {
            Some(after) => Asked::Retry(after),
            None => Asked::Nothing,
        },
    }
}

/// A server that asks for a retry says with it that a retry is safe, whatever the method. It counts only with a code that
/// is retried, because A6 does not retry after any other.
pub(crate) fn asked_to_retry(by_code: Verdict, after: Duration) -> Verdict {
    if !On::Transient.retries(by_code.class) {
        return by_code;
    }
    Verdict {
        class: Class::Throttled {
            retry_after: Some(after),
        },
        rule: ASKED,
    }
}

/// Judges the causes of the status, or else its code.
pub(crate) fn judge_without_pushback(status: &Status) -> Verdict {
    let by_causes = status.source().and_then(transport::judge);
    by_causes.unwrap_or_else(|| Verdict {
        class: grpc::classify(status.code() as i32),
        rule: code_name(status.code()),
    })
}

/// Returns the name of the code in gRPC's specification, which OpenTelemetry uses too.
pub(crate) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests;
