//! Where the request of each attempt comes from.

use reqwest::Request;

use crate::{Error, clone_request};

/// Makes a request for each attempt, as long as its body allows.
pub(crate) struct Template {
    /// `None` once it was given away.
    request: Option<Result<Request, Error>>,
}

impl Template {
    pub(crate) fn new(request: Result<Request, Error>) -> Self {
        Self {
            request: Some(request),
        }
    }

    /// The request of the attempt that begins now. One that cannot be cloned is given away.
    pub(crate) fn next(&mut self) -> Result<Request, Error> {
        let request = match self.request.take() {
            Some(request) => request.map_err(Error::last)?,
            None => return Err(Error::from(crate::NotReplayable::new()).last()),
        };
        match clone_request(&request) {
            Ok(copy) => {
                self.request = Some(Ok(request));
                Ok(copy)
            }
            Err(_) => Ok(request),
        }
    }

    /// An attempt has failed: whether another one can be made.
    pub(crate) fn again(&mut self) -> bool {
        matches!(self.request, Some(Ok(_)))
    }
}
