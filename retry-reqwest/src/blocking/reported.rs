//! Blocking calls that also tell what they took.

use std::fmt;
use std::io::Write;

use bytes::Bytes;
use reqwest::blocking::Response;
use retry_core::Report;

use super::download::Download;
use super::read::{Head, Whole};
use super::{Response as Checked, RetryRequest};
use crate::error::Error;

/// A [`RetryRequest`] whose outcome comes with a [`Report`]. Made by [`RetryRequest::report`].
#[must_use = "nothing is sent before `send`, `text` or another method of that kind"]
pub struct ReportedRequest<'p>(pub(super) RetryRequest<'p>);

impl ReportedRequest<'_> {
    /// See [`RetryRequest::send`].
    pub fn send(self) -> (Result<Checked, Error>, Report) {
        self.0.drive(Head)
    }

    /// See [`RetryRequest::text`].
    pub fn text(self) -> (Result<String, Error>, Report) {
        self.0.drive(Whole(Response::text))
    }

    /// See [`RetryRequest::bytes`].
    pub fn bytes(self) -> (Result<Bytes, Error>, Report) {
        self.0.drive(Whole(Response::bytes))
    }

    /// See [`RetryRequest::download`].
    pub fn download<W: Write>(self, writer: W) -> (Result<u64, Error>, Report) {
        self.0.drive_with(|request| Download::of(request, writer))
    }

    /// See [`RetryRequest::json`].
    #[cfg(feature = "json")]
    pub fn json<T: serde::de::DeserializeOwned>(self) -> (Result<T, Error>, Report) {
        self.0.drive(Whole(Response::json))
    }
}

impl fmt::Debug for ReportedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReportedRequest").field(&self.0).finish()
    }
}
