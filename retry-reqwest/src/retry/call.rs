//! A `RetryRequest` becomes a call.

use std::future::Future;

use reqwest::Request;
use retry_core::Report;

use super::drive::drive;
use super::exchange::{Exchange, Exchanges};
use super::hosts::Hosts;
use super::template::Template;
use super::{Read, RetryRequest, begin};
use crate::classify::Safety;
use crate::error::Error;

impl RetryRequest<'_> {
    /// `finish` says what becomes of the outcome and the report.
    pub(crate) fn drive<D, T>(self, read: D, finish: Finish<D, T>) -> impl Future<Output = T>
    where
        D: Read,
    {
        self.drive_with(|_| read, finish)
    }

    /// `read` is made for the request, if that could be built.
    ///
    /// No `async fn`, and neither are those that call it: the future holds no more than it needs.
    pub(super) fn drive_with<D, T>(
        self,
        read: impl FnOnce(Option<&Request>) -> D,
        finish: Finish<D, T>,
    ) -> impl Future<Output = T>
    where
        D: Read,
    {
        let (client, request) = self.request.build_split();
        let mut request = request.map_err(Error::from);
        // One that was not built is not repeated anyway.
        let mut repeatable = Safety::Once;
        if let Ok(built) = &mut request {
            match self.settings.apply(built) {
                Ok(safe) => repeatable = safe,
                Err(error) => request = Err(error),
            }
        }
        let url = request.as_ref().ok().map(Request::url);
        let budget = Hosts::budget_of(self.hosts, url);
        let exchange = Exchange::new(
            read(request.as_ref().ok()),
            repeatable,
            self.settings.hints(),
        );
        let mut attempts = Exchanges { client, exchange };
        let mut template = Template::new(request, self.settings.body(), &self.settings);
        let (policy, mut told) = (self.policy, self.told);
        self.settings.tell(&mut told);
        async move {
            let mut call = begin(policy, budget.as_deref(), told);
            finish(drive(&mut call, &mut template, repeatable, &mut attempts).await)
        }
    }
}

type Ended<T> = (Result<T, Error>, Report);
type Finish<D, T> = fn(Ended<<D as Read>::Output>) -> T;

/// The outcome alone.
pub(super) fn only<T>(call: Ended<T>) -> Result<T, Error> {
    call.0
}
