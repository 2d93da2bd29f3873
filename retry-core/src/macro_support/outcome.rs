//! What an annotated function returns: a `Result`, or with `until` any value.

use core::convert::Infallible;

/// What an annotated function returns.
#[diagnostic::on_unimplemented(
    message = "a `#[retryable]` function must return a `Result`",
    label = "this is not a `Result`",
    note = "to retry by the value alone, say which values end the call: `until = |value| …`"
)]
pub trait Outcome {
    /// What it returns when it succeeds.
    type Value: ?Sized;
    /// What it returns when it fails.
    type Error;

    /// The outcome, borrowed.
    fn as_result(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    fn as_result(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome> Outcome for &O {
    type Value = O::Value;
    type Error = O::Error;

    fn as_result(&self) -> Result<&O::Value, &O::Error> {
        (**self).as_result()
    }
}

/// The outcome of a function that returns no `Result`, and is retried by `until` alone.
#[derive(Debug)]
pub struct Plain<'a, T>(&'a T);

#[diagnostic::do_not_recommend]
impl<T> Outcome for Plain<'_, T> {
    type Value = T;
    type Error = Infallible;

    fn as_result(&self) -> Result<&T, &Infallible> {
        Ok(self.0)
    }
}

/// Tells a `Result` from any other value, whatever alias its type is written by: the method of a
/// `Result` is inherent, and found before that of the trait [`PlainOutcome`].
#[derive(Debug)]
pub struct Probe<'a, T>(pub &'a T);

impl<'a, T, E> Probe<'a, Result<T, E>> {
    /// The result.
    pub fn outcome(&self) -> &'a Result<T, E> {
        self.0
    }
}

/// See [`Probe`].
pub trait PlainOutcome<'a, T> {
    /// The value, as an outcome that cannot be an error.
    fn outcome(&self) -> Plain<'a, T>;
}

impl<'a, T> PlainOutcome<'a, T> for Probe<'a, T> {
    fn outcome(&self) -> Plain<'a, T> {
        Plain(self.0)
    }
}
