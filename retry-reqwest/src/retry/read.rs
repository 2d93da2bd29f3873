//! What an attempt does with its response: the part of the boundary after the head.

use bytes::Bytes;
use reqwest::{Request, Response};

use crate::Error;
use crate::method::Safety;
use crate::status::is_failure;

/// Reads the response of each attempt. Keeps its state from one attempt to the next; an attempt that
/// is cut short drops `read` at any await.
pub(crate) trait Read {
    /// What the call gives when it succeeds.
    type Output;

    /// Changes the request of the attempt that begins now.
    ///
    /// # Errors
    ///
    /// When there is nothing to send.
    fn prepare(&mut self, _: &mut Request) -> Result<(), Error> {
        Ok(())
    }

    /// Whether this response is a failure, to be drained and told by its status and headers.
    fn fails(&self, response: &Response) -> bool {
        is_failure(response.status())
    }

    /// Reads a response that is no failure. `repeatable` goes into the error: whether the server may
    /// process the request twice.
    ///
    /// # Errors
    ///
    /// A failure of this attempt; [`Error::last`] where no other one can be made.
    async fn read(&mut self, response: Response, repeatable: Safety)
    -> Result<Self::Output, Error>;

    /// Takes in how an attempt failed, cut short or not, and says what the policy is told.
    async fn failed(&mut self, error: Error) -> Result<Self::Output, Error> {
        Err(error)
    }

    /// Takes in how the last attempt failed, and says what the caller is told.
    async fn end(&mut self, error: Error) -> Error {
        error
    }
}

/// The response, its body unread.
pub(crate) struct Head;

impl Read for Head {
    type Output = Response;

    async fn read(&mut self, response: Response, _: Safety) -> Result<Response, Error> {
        Ok(response)
    }
}

/// The whole body.
pub(crate) struct Whole;

impl Read for Whole {
    type Output = Bytes;

    async fn read(&mut self, response: Response, repeatable: Safety) -> Result<Bytes, Error> {
        let body = response.bytes().await;
        body.map_err(|error| Error::from_transport(error, repeatable))
    }
}

/// The whole body, as text.
pub(crate) struct Text;

impl Read for Text {
    type Output = String;

    async fn read(&mut self, response: Response, repeatable: Safety) -> Result<String, Error> {
        let body = response.text().await;
        body.map_err(|error| Error::from_transport(error, repeatable))
    }
}

/// The whole body, as JSON.
#[cfg(feature = "json")]
pub(crate) struct Json<T>(std::marker::PhantomData<fn() -> T>);

#[cfg(feature = "json")]
impl<T> Json<T> {
    pub(crate) const fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

#[cfg(feature = "json")]
impl<T: serde::de::DeserializeOwned> Read for Json<T> {
    type Output = T;

    async fn read(&mut self, response: Response, repeatable: Safety) -> Result<T, Error> {
        let body = response.json().await;
        body.map_err(|error| Error::from_transport(error, repeatable))
    }
}
