//! A response that knows its request.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod drain;
#[cfg(all(
    any(feature = "middleware", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
mod put_back;

#[cfg(all(
    any(feature = "blocking", feature = "middleware", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) use drain::DRAIN;
#[cfg(all(
    feature = "blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) use drain::EXCERPT;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) use drain::drain;
#[cfg(all(
    any(feature = "middleware", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) use put_back::put_back;

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use reqwest::{StatusCode, Url};

use crate::classify::Safety;
use crate::error::{Error, url};

/// A response that has not failed, and knows whether its request may be sent again: the type that
/// [`send_checked`](crate::RequestBuilderExt::send_checked) and [`RetryRequest::send`](crate::RetryRequest::send)
/// return.
///
/// It dereferences to the `reqwest::Response`, but reading its body fails with an [`Error`]. If the body ends
/// early, the error of a `GET` is worth another attempt; that of a `POST` is not, because the server has processed
/// the request.
///
/// # Examples
///
/// ```no_run
/// use retryable::http::{Error, RequestBuilderExt};
///
/// async fn order(client: &reqwest::Client) -> Result<String, Error> {
///     let request = client.post("https://example.com/orders").body("three apples");
///     request.send_checked().await?.text().await
/// }
/// ```
pub struct Response<R = reqwest::Response> {
    pub(crate) inner: R,
    /// Whether the server may process the request twice.
    pub(crate) safety: Safety,
}

impl<R> Response<R> {
    pub(crate) fn new(inner: R, safety: Safety) -> Self {
        Self { inner, safety }
    }

    /// Returns the response of reqwest.
    ///
    /// Reading it fails with a plain `reqwest::Error`, which does not know the method of the request: do not return
    /// that error from a function that retries a `POST`.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl Response {
    /// Reads the whole body as text, as `reqwest::Response::text` does.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the response.
    pub async fn text(self) -> Result<String, Error> {
        let read = self.inner.text().await;
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Reads the whole body.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the response.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let read = self.inner.bytes().await;
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Reads the whole body as JSON.
    ///
    /// # Errors
    ///
    /// If the body cannot be read to its end, or is not JSON of this shape. The latter is permanent.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the response.
    #[cfg(feature = "json")]
    pub async fn json<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        let read = self.inner.json().await;
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Reads the next piece of the body. Returns `None` at its end.
    ///
    /// # Errors
    ///
    /// If the body ends early.
    ///
    /// # Cancel safety
    ///
    /// No piece is lost if the future is dropped: the next call returns it.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let read = self.inner.chunk().await;
        read.map_err(|error| Error::from_reading(error, self.safety))
    }

    /// Returns the body as a stream of pieces.
    ///
    /// # Errors
    ///
    /// If the body ends early, the last item of the stream is an error.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    /// use retryable::http::{Error, RequestBuilderExt};
    ///
    /// async fn length(client: &reqwest::Client) -> Result<usize, Error> {
    ///     let response = client.get("https://example.com/").send_checked().await?;
    ///     response.bytes_stream().try_fold(0, async |sum, piece| Ok(sum + piece.len())).await
    /// }
    /// ```
    #[cfg(feature = "stream")]
    pub fn bytes_stream(self) -> impl futures_core::Stream<Item = Result<Bytes, Error>> {
        Pieces {
            inner: self.inner.bytes_stream(),
            safety: self.safety,
        }
    }
}

#[cfg(feature = "stream")]
pin_project_lite::pin_project! {
    struct Pieces<S> {
        #[pin]
        inner: S,
        safety: Safety,
    }
}

#[cfg(feature = "stream")]
impl<S: futures_core::Stream<Item = reqwest::Result<Bytes>>> futures_core::Stream for Pieces<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let this = self.project();
        let polled = this.inner.poll_next(cx);
        polled.map(|item| {
            item.map(|read| read.map_err(|error| Error::from_reading(error, *this.safety)))
        })
    }
}

impl<R> Deref for Response<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.inner
    }
}

impl<R> DerefMut for Response<R> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.inner
    }
}

/// As [`into_inner`](Response::into_inner).
impl From<Response> for reqwest::Response {
    fn from(response: Response) -> Self {
        response.inner
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.status(), self.url())
    }
}

/// Sets the URL of a response, in the extensions from which reqwest makes one of its own.
#[cfg(all(
    any(feature = "chaos", feature = "middleware", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) fn set_url(extensions: &mut http::Extensions, url: Url) {
    use reqwest::ResponseBuilderExt;

    // Cannot fail, because only the URL is set.
    if let Ok(with_url) = http::Response::builder().url(url).body(()) {
        extensions.extend(with_url.into_parts().0.extensions);
    }
}

/// Shows the response without secrets.
pub(crate) fn show(f: &mut fmt::Formatter<'_>, status: StatusCode, url: &Url) -> fmt::Result {
    let mut url = url.clone();
    url::clean(&mut url);
    f.debug_struct("Response")
        .field("status", &status)
        .field("url", &url.as_str())
        .finish_non_exhaustive()
}
