//! Turning a `RetryRequest` into a call.

use std::future::Future;
use std::sync::Arc;

use reqwest::Client;
use retry_core::{Budget, Report};

use super::drive::drive;
use super::exchange::ClientAttempts;
use super::hosts::Hosts;
use super::http_client::HttpClient;
use super::policy::{AnyHttpPolicy, CallHooks, begin};
use super::read::ReadResponse;
use super::retry_request::RetryRequest;
use super::template::Template;
use crate::chaos::Injector;
use crate::classify::{HintHeaders, Safety};
use crate::error::Error;

/// The parts of a call that is about to begin, awaited or blocking.
pub(crate) struct Start<'p, C: HttpClient> {
    pub(crate) client: C,
    pub(crate) template: Template<C>,
    /// Whether the server may process the request twice.
    pub(crate) repeatable: Safety,
    pub(crate) hints: Option<Arc<HintHeaders>>,
    pub(crate) chaos: Injector,
    pub(crate) policy: &'p AnyHttpPolicy<'p>,
    /// The budget of the host.
    pub(crate) budget: Option<Arc<Budget>>,
    pub(crate) hooks: CallHooks<'p>,
}

impl<'p, C: HttpClient> RetryRequest<'p, C> {
    // Inlined, as the functions that it calls: a request is large to move.
    #[inline]
    pub(crate) fn start(self) -> Start<'p, C> {
        let settings = self.settings;
        let (client, request) = C::build_split(self.request);
        let mut request = request.map_err(Error::from);
        // Unused if the request cannot be built, because then nothing is sent.
        let mut repeatable = Safety::Once;
        if let Ok(built) = &mut request {
            match settings.apply(built) {
                Ok(safety) => repeatable = safety,
                Err(error) => request = Err(error),
            }
        }
        let template = Template::new(request, &settings, self.is_bare);
        let budget = Hosts::budget_of(self.hosts, template.url());
        let mut hooks = self.hooks;
        settings.add_hooks(&mut hooks);
        Start {
            client,
            template,
            repeatable,
            hints: settings.hints,
            chaos: settings.chaos,
            policy: self.policy,
            budget,
            hooks,
        }
    }
}

impl RetryRequest<'_> {
    /// Runs the call. `finish` makes the output from the outcome and the report.
    ///
    /// Neither this function nor its callers are an `async fn`, whose future would also store `self`.
    #[inline]
    pub(crate) fn drive<D, T>(self, read: D, finish: Finish<D, T>) -> impl Future<Output = T>
    where
        D: ReadResponse,
    {
        let Start::<Client> {
            client,
            mut template,
            repeatable,
            hints,
            chaos,
            policy,
            budget,
            hooks,
        } = self.start();
        let mut attempts = ClientAttempts::new(client, read, repeatable);
        attempts.hints = hints;
        attempts.chaos = chaos;
        // On the heap: callers move the future of a call, and this is all of it.
        Box::pin(async move {
            let mut call = begin(policy, budget.as_deref(), hooks);
            finish(drive(&mut call, &mut template, repeatable, &mut attempts).await)
        })
    }
}

type Ended<T> = (Result<T, Error>, Report);
type Finish<D, T> = fn(Ended<<D as ReadResponse>::Output>) -> T;

/// Returns the outcome without the report.
pub(super) fn only<T>(call: Ended<T>) -> Result<T, Error> {
    call.0
}
