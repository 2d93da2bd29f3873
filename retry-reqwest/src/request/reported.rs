//! Calls whose outcome comes with a report.

use std::convert::identity;
use std::fmt;
use std::future::Future;

use bytes::Bytes;
use reqwest::Client;
use retry_core::Report;
use tokio::io::AsyncWrite;

use super::download::Download;
use super::http_client::HttpClient;
use super::read::{Head, ReadWith};
use super::retry_request::RetryRequest;
use crate::error::Error;
use crate::response::Response;

/// A [`RetryRequest`] whose outcome comes with a [`Report`]. Made by [`RetryRequest::report`].
///
/// Its methods are those of [`RetryRequest`], with the same cancel safety.
#[must_use = "nothing is sent before `send`, `text` or another method of that kind"]
pub struct ReportedRequest<'p, C: HttpClient = Client>(pub(crate) RetryRequest<'p, C>);

impl ReportedRequest<'_> {
    /// See [`RetryRequest::send`].
    pub fn send(self) -> impl Future<Output = (Result<Response, Error>, Report)> {
        self.0.drive(Head, identity)
    }

    /// See [`RetryRequest::text`].
    pub fn text(self) -> impl Future<Output = (Result<String, Error>, Report)> {
        self.0.drive(ReadWith(reqwest::Response::text), identity)
    }

    /// See [`RetryRequest::bytes`].
    pub fn bytes(self) -> impl Future<Output = (Result<Bytes, Error>, Report)> {
        self.0.drive(ReadWith(reqwest::Response::bytes), identity)
    }

    /// See [`RetryRequest::download`].
    pub fn download<W>(self, writer: W) -> impl Future<Output = (Result<u64, Error>, Report)>
    where
        W: AsyncWrite + Unpin,
    {
        self.0.drive(Download::new(writer), identity)
    }

    /// See [`RetryRequest::json`].
    #[cfg(feature = "json")]
    pub fn json<T>(self) -> impl Future<Output = (Result<T, Error>, Report)>
    where
        T: serde::de::DeserializeOwned,
    {
        self.0.drive(ReadWith(reqwest::Response::json), identity)
    }
}

impl<C: HttpClient> fmt::Debug for ReportedRequest<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReportedRequest").field(&self.0).finish()
    }
}
