//! Blocking calls whose outcome comes with a report.

use std::io::Write;

use bytes::Bytes;
use reqwest::blocking::Response;
use retry_core::Report;

use super::download::Download;
use super::read::{Head, ReadWith};
use super::{ReportedRequest, Response as Checked};
use crate::error::Error;

impl ReportedRequest<'_> {
    /// See [`super::RetryRequest::send`].
    pub fn send(self) -> (Result<Checked, Error>, Report) {
        self.0.drive(Head)
    }

    /// See [`super::RetryRequest::text`].
    pub fn text(self) -> (Result<String, Error>, Report) {
        self.0.drive(ReadWith(Response::text))
    }

    /// See [`super::RetryRequest::bytes`].
    pub fn bytes(self) -> (Result<Bytes, Error>, Report) {
        self.0.drive(ReadWith(Response::bytes))
    }

    /// See [`super::RetryRequest::download`].
    pub fn download<W: Write>(self, writer: W) -> (Result<u64, Error>, Report) {
        self.0.drive(Download::new(writer))
    }

    /// See [`super::RetryRequest::json`].
    #[cfg(feature = "json")]
    pub fn json<T: serde::de::DeserializeOwned>(self) -> (Result<T, Error>, Report) {
        self.0.drive(ReadWith(Response::json))
    }
}
