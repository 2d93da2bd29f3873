//! The return type of an annotated function: a `Result`, or with `until` any type.

use core::convert::Infallible;

/// The return type of an annotated function.
#[diagnostic::on_unimplemented(
    message = "a `#[retryable]` function must return a `Result`",
    label = "this is not a `Result`",
    note = "to retry by the value alone, say which values end the call: `until = |value| …`"
)]
pub trait Outcome {
    /// The value of a success.
    type Value: ?Sized;
    /// The error of a failure.
    type Error;

    /// Borrows the outcome.
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

/// A probe that distinguishes a `Result` from any other value, even behind an alias: the method for a `Result` is
/// inherent, so it is found before that of the trait [`PlainOutcome`].
#[derive(Debug)]
pub struct Probe<'a, T>(pub &'a T);

impl<'a, T, E> Probe<'a, Result<T, E>> {
    /// Returns the result.
    pub fn outcome(&self) -> &'a Result<T, E> {
        self.0
    }
}

/// The outcome of any value. See [`Probe`].
pub trait PlainOutcome<'a, T> {
    /// Returns the value as an outcome that cannot be an error.
    fn outcome(&self) -> Plain<'a, T>;
}

impl<'a, T> PlainOutcome<'a, T> for Probe<'a, T> {
    fn outcome(&self) -> Plain<'a, T> {
        Plain(self.0)
    }
}
