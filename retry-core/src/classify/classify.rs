//! The trait `Classify`.

use core::convert::Infallible;
use core::time::Duration;

use crate::class::Class;

/// The class of an error: what it means for the next attempt.
///
/// Implement it for your own errors as `impl Classify for MyError`, without the type parameter. The parameter lets
/// an adapter crate, which owns neither this trait nor the error, classify the error too:
/// `impl Classify<Http> for reqwest::Error` is allowed if `Http` is a local type, and `error.classify()` finds that
/// impl as long as there is only one. If there are two, `via = Http` in `#[retryable]` selects one.
/// Code that is generic over errors takes `E: Classify<V>, V: ?Sized`.
///
/// `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` hide the type of the error in them, and do not implement this
/// trait: see [`causes`](crate::causes()).
///
/// # Examples
///
/// ```
/// use retryable::{Class, Classify};
///
/// #[derive(Debug)]
/// enum StoreError {
///     Busy,
///     NotFound,
/// }
///
/// impl Classify for StoreError {
///     fn classify(&self) -> Class {
///         match self {
///             StoreError::Busy => Class::Throttled { retry_after: None },
///             StoreError::NotFound => Class::Permanent,
///         }
///     }
/// }
///
/// assert_eq!(StoreError::NotFound.classify(), Class::Permanent);
/// # let _ = StoreError::Busy;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which of its values are worth another attempt",
    label = "this error type does not implement `Classify`",
    note = "if the type is yours, write `#[derive(Classify)]` on it, or `impl Classify for {Self}`",
    note = "if it is of another crate, classify it by a marker type of yours: `struct Marker; impl Classify<Marker> for {Self}`; or name a classifier: `on = path::to::classifier`, or a closure such as `on = |error| true`; in a derive, `with = path::to::classifier`; for `reqwest::Error`, enable the feature `reqwest`",
    note = "if it hides which error is in it, as `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` do, list the types to look for: `on = causes(ApiError, std::io::Error)`, or `policy.on_error(causes::<(ApiError, std::io::Error)>())`"
)]
pub trait Classify<Via: ?Sized = ()> {
    /// Returns the class of this failure.
    fn classify(&self) -> Class;

    /// Returns how long the server asked to wait, if it did.
    ///
    /// Default: the hint of the class. Override it for errors of other classes that have a hint: a 502 may have a
    /// `Retry-After`, which does not prove that the request was not processed. The hint of every failure that is
    /// retried is obeyed.
    fn retry_after(&self) -> Option<Duration> {
        self.classify().retry_after()
    }

    /// Returns what logs and metrics call this error, such as `"ApiError::Busy"` or `"503"`: one of few words, without
    /// data. Default: `None`, so that they use the path of the type.
    ///
    /// It is the attribute `error.type` of OpenTelemetry. `#[derive(Classify)]` returns the type and the variant.
    fn error_type(&self) -> Option<&str> {
        None
    }
}

/// For functions that cannot fail.
impl Classify for Infallible {
    fn classify(&self) -> Class {
        match *self {}
    }
}
