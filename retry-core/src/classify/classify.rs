//! The trait `Classify`.

use core::convert::Infallible;
use core::time::Duration;

use crate::class::Class;

/// Says what an error means for the next attempt.
///
/// Implement it for your own errors as `impl Classify for MyError`; the type parameter never needs
/// to be written. It exists so that an adapter crate, which owns neither this trait nor the error,
/// can classify it all the same: `impl Classify<Http> for reqwest::Error` is allowed wherever `Http`
/// is a local type, and `error.classify()` finds that impl as long as there is only one.
/// If there are two, `via = Http` in `#[retryable]` says which one counts.
/// Code that is generic over errors takes `E: Classify<V>, V: ?Sized`.
///
/// `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` hide which error is in them, and do not implement this trait:
/// see [`causes`](crate::causes()).
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
    /// Default: the hint of the class. Override it for errors of other classes that carry a hint: a 502
    /// may say `Retry-After`, and that it asks for a wait does not mean that it was not processed. The
    /// machine obeys the hint of every failure that is retried.
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

/// Never happens, so there is nothing to say.
impl Classify for Infallible {
    fn classify(&self) -> Class {
        match *self {}
    }
}
