//! Readers of the response of a blocking attempt.

use reqwest::StatusCode;
use reqwest::blocking::{Request, Response};

use super::Response as Checked;
use crate::classify::{AskedFor, Safety, is_failure};
use crate::error::Error;

/// Reads the response of each attempt, as the awaited trait of that name does.
pub(super) trait ReadResponse {
    /// The output of a call that succeeds.
    type Output;

    /// Changes the request of the attempt that begins now.
    fn prepare(&mut self, _: &mut Request) -> Result<(), Error> {
        Ok(())
    }

    /// Whether this status is a failure.
    fn fails(&self, status: StatusCode, asked_for: AskedFor) -> bool {
        is_failure(status) || asked_for.is_missed_by(status)
    }

    /// Reads a response that is not a failure.
    fn read(&mut self, response: Response, repeatable: Safety) -> Result<Self::Output, Error>;

    /// Receives the error of each failed attempt, and returns the error for the policy. Returns the output if
    /// everything was read after all.
    fn failed(&mut self, error: Error) -> Result<Self::Output, Error> {
        Err(error)
    }

    /// Receives the error of the last attempt, and returns the error for the caller.
    fn end(&mut self, error: Error) -> Error {
        error
    }
}

/// The reader of `send`: returns the response with its body unread.
pub(super) struct Head;

impl ReadResponse for Head {
    type Output = Checked;

    fn read(&mut self, response: Response, repeatable: Safety) -> Result<Checked, Error> {
        Ok(Checked::new(response, repeatable))
    }
}

/// The reader of `text`, `bytes` and `json`: reads the whole body with this method of reqwest.
pub(super) struct ReadWith<F>(pub(super) F);

impl<F: Fn(Response) -> reqwest::Result<T>, T> ReadResponse for ReadWith<F> {
    type Output = T;

    fn read(&mut self, response: Response, repeatable: Safety) -> Result<T, Error> {
        (self.0)(response).map_err(|error| Error::from_reading(error, repeatable))
    }
}
