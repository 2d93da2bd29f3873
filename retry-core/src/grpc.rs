//! What gRPC status codes and `grpc-retry-pushback-ms` mean for the next attempt, without a gRPC library.
//!
//! | code | class | source |
//! |---|---|---|
//! | 2 `UNKNOWN` | ambiguous | [Status codes]: the server lost the error, so the call may have taken effect |
//! | 4 `DEADLINE_EXCEEDED` | ambiguous | [Status codes]: may be returned even if the call has completed |
//! | 8 `RESOURCE_EXHAUSTED` | transient | [OTLP] retries it. It does not mean "not processed": gRPC clients return it for a response that is too large, too |
//! | 10 `ABORTED` | transient | [Status codes]: the client should retry the whole read-modify-write |
//! | 14 `UNAVAILABLE` | transient | [A6] retries it, and so do the [Status codes]. It does not mean "not processed": gRPC clients return it for a connection that broke after the request was sent, too |
//! | 0, 1, 3, 5, 6, 7, 9, 11, 12, 13, 15, 16 and unknown codes | permanent | [Status codes] name no reason to retry |
//!
//! A code does not say which method was called, so `Transient` supposes that the method is safe to repeat. For methods that are
//! not, write `on = "refused"`, or let the classifier return `Ambiguous` in place of `Transient`. A call that fails with `ABORTED`
//! is a part of a read-modify-write. Retry all of it: annotate the function that reads.
//!
//! [A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
//! [OTLP]: https://opentelemetry.io/docs/specs/otlp/#failures
//! [Status codes]: https://grpc.github.io/grpc/core/md_doc_statuscodes.html

use core::time::Duration;

use crate::class::Class;

/// Returns the class of a gRPC status code, by the [table](self) of this module.
///
/// # Examples
///
/// ```
/// use retryable::{Class, grpc, retryable};
///
/// # #[derive(Debug)] enum Code { Unavailable = 14 }
/// # #[derive(Debug)] struct Status(Code);
/// # impl Status { fn code(&self) -> Code { let Code::Unavailable = self.0; Code::Unavailable } }
/// #[retryable(backoff = "none", on = |status: &Status| grpc::classify(status.code() as i32))]
/// async fn user(id: u64) -> Result<String, Status> {
///     // … call a client of tonic …
/// #   Err(Status(Code::Unavailable))
/// }
///
/// assert_eq!(grpc::classify(14), Class::Transient);
/// assert_eq!(grpc::classify(5), Class::Permanent);
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # assert!(user(7).await.is_err());
/// # });
/// ```
pub const fn classify(code: i32) -> Class {
    match code {
        2 | 4 => Class::Ambiguous,
        8 | 10 | 14 => Class::Transient,
        _ => Class::Permanent,
    }
}

/// What a server says of retries in the trailing metadata `grpc-retry-pushback-ms`. Made by [`pushback`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pushback {
    /// The server says nothing.
    Absent,
    /// The server asks for a retry after this time; zero is at once.
    After(Duration),
    /// The server asks not to retry.
    Stop,
}

/// Reads the value of `grpc-retry-pushback-ms`.
///
/// By [A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback), a value that is negative or no 32-bit
/// number asks not to retry. If the metadata has several values, gRPC clients do not retry either.
///
/// A pushback counts only with a code that is retried: after any other code, A6 does not retry at all.
///
/// # Examples
///
/// A classifier for a status and its metadata. A server that asks for a retry says with it that a retry is safe.
///
/// ```
/// use retryable::grpc::{self, Pushback};
/// use retryable::{Class, On};
/// use std::time::Duration;
///
/// fn classify(code: i32, metadata: Option<&str>) -> Class {
///     match (grpc::classify(code), grpc::pushback(metadata)) {
///         (class, Pushback::Absent) => class,
///         (_, Pushback::Stop) => Class::Permanent,
///         (class, Pushback::After(_)) if !On::Transient.retries(class) => class,
///         (_, Pushback::After(wait)) => Class::Throttled { retry_after: Some(wait) },
///     }
/// }
///
/// let after = |seconds| Some(Duration::from_secs(seconds));
/// assert_eq!(classify(14, Some("1000")), Class::Throttled { retry_after: after(1) });
/// assert_eq!(classify(14, Some("-1")), Class::Permanent);
/// assert_eq!(classify(5, Some("1000")), Class::Permanent);
/// assert_eq!(classify(14, None), Class::Transient);
/// ```
pub fn pushback(value: Option<&str>) -> Pushback {
    let Some(value) = value else {
        return Pushback::Absent;
    };
    // `i32` first: A6 says what a larger number is.
    let millis = value.parse::<i32>().ok().map(u64::try_from);
    match millis {
        Some(Ok(millis)) => Pushback::After(Duration::from_millis(millis)),
        _ => Pushback::Stop,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// The class of each code that the table of the documentation lists.
    fn documented() -> BTreeMap<i32, String> {
        let mut rows = BTreeMap::new();
        for line in include_str!("grpc.rs").lines() {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [_, codes, class, _, _] = cells[..] else {
                continue;
            };
            let words = codes.split(|c: char| !c.is_ascii_digit());
            for code in words.filter(|word| !word.is_empty()) {
                let previous = rows.insert(code.parse().unwrap(), class.into());
                assert_eq!(previous, None, "{code} has two rows");
            }
        }
        rows
    }

    #[test]
    fn the_table_says_what_the_function_does() {
        let rows = documented();
        assert!(rows.keys().copied().eq(0..=16), "{rows:?}");
        for (code, class) in rows {
            assert_eq!(classify(code).name(), class, "{code}");
        }
    }

    #[test]
    fn a_code_that_does_not_exist_is_permanent() {
        for code in [i32::MIN, -1, 17, 99, i32::MAX] {
            assert_eq!(classify(code), Class::Permanent, "{code}");
        }
    }

    #[test]
    fn the_class_is_known_at_compile_time() {
        const CLASS: Class = classify(14);
        assert_eq!(CLASS, Class::Transient);
    }

    #[test]
    fn a_pushback_is_a_wait_or_a_stop() {
        assert_eq!(pushback(None), Pushback::Absent);
        let waits = [("0", 0), ("1000", 1_000), ("2147483647", 2_147_483_647)];
        for (value, millis) in waits {
            let after = Pushback::After(Duration::from_millis(millis));
            assert_eq!(pushback(Some(value)), after, "{value}");
        }
        let nonsense = [
            "-1",
            "-2147483648",
            "2147483648",
            "xxx",
            "",
            " ",
            "1.5",
            "10ms",
            "1,2",
        ];
        for value in nonsense {
            assert_eq!(pushback(Some(value)), Pushback::Stop, "{value:?}");
        }
    }
}
