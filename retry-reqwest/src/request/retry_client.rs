//! `RetryClient`: one policy for all requests of a client.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Client, IntoUrl, Method, Request};
use retry_core::{AnyPolicy, Budget, GiveUpEvent, RetryEvent};

use super::hosts::Hosts;
use super::http_client::{Accepts, HttpClient};
use super::policy::{CallHooks, SharedPolicy};
use super::retry_request::RetryRequest;
use super::settings::RetrySettings;
use crate::error::Error;

/// A client whose requests are retried under one policy.
///
/// Cloning it is cheap: clones share their connections, as those of `reqwest::Client` do. For blocking requests, use
/// `blocking::RetryClient`.
///
/// # Examples
///
/// ```
/// use retryable::Policy;
/// use retryable::http::RetryClient;
/// use std::time::Duration;
///
/// # async fn user(id: u64) -> Result<String, retryable::http::Error> {
/// let policy = Policy::new().max_attempts(5).deadline(Duration::from_secs(30));
/// let client = RetryClient::new(reqwest::Client::new(), policy);
/// client.get(format!("https://example.com/users/{id}")).text().await
/// # }
/// ```
#[derive(Clone)]
pub struct RetryClient<C: HttpClient = Client> {
    client: C,
    policy: SharedPolicy,
    pub(crate) settings: RetrySettings<C>,
    hosts: Option<Arc<Hosts>>,
}

impl<C: HttpClient> RetryClient<C> {
    /// Creates a client that sends its requests with `client`, and retries them under `policy`.
    pub fn new<P>(client: C, policy: P) -> Self
    where
        P: AnyPolicy<Error> + Send + Sync + 'static,
        C: Accepts<P>,
    {
        Self {
            client,
            policy: Arc::new(policy),
            settings: RetrySettings::none(),
            hosts: None,
        }
    }

    /// Sets a function that makes a [`Budget`] for each host, when the host is first called. A host that is down then
    /// uses up its own retries only.
    ///
    /// A host is a name with a port, as in the URL of the request; redirects do not count. If the budget of the host
    /// is empty, the call gives up with [`GiveUp::Budget`](retry_core::GiveUp::Budget). A budget of the policy counts
    /// too. Default: none.
    ///
    /// The 1024 hosts that were called most recently have budgets; see [`max_hosts`](Self::max_hosts). Clones of the
    /// client share them.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, Policy};
    /// use retryable::http::RetryClient;
    ///
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new())
    ///     .budget_per_host(|| Budget::new(0.1).burst(10));
    /// # let _ = client;
    /// ```
    pub fn budget_per_host(mut self, budget: impl Fn() -> Budget + Send + Sync + 'static) -> Self {
        self.hosts = Some(Arc::new(Hosts::new(budget)));
        self
    }

    /// Sets how many hosts have a [budget](Self::budget_per_host), at least 1. Call it after
    /// [`budget_per_host`](Self::budget_per_host). Default: 1024.
    ///
    /// If there are more hosts, the host that was called least recently loses its budget, and gets a new one when it is
    /// called again.
    pub fn max_hosts(self, hosts: usize) -> Self {
        if let Some(budgets) = &self.hosts {
            budgets.at_most(hosts);
        }
        self
    }

    /// Sets [`RetryRequest::attempt_header`] on every request.
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.attempt_header(name);
        self
    }

    /// Sets [`RetryRequest::remaining_header`] on every request.
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.remaining_header(name);
        self
    }

    /// Sets [`RetryRequest::hint_header`] on every request.
    pub fn hint_header<F>(mut self, name: HeaderName, parse: F) -> Self
    where
        F: Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    {
        self.settings = self.settings.hint_header(name, parse);
        self
    }

    /// Sets [`RetryRequest::on_retry`] on every request. A callback of the request itself runs first.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::RetryClient;
    ///
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new())
    ///     .on_retry(|event| eprintln!("attempt {} failed", event.attempt))
    ///     .on_give_up(|event| eprintln!("gave up: {}", event.reason));
    /// # let _ = client;
    /// ```
    pub fn on_retry<F>(mut self, on_retry: F) -> Self
    where
        F: Fn(&RetryEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.settings = self.settings.on_retry(on_retry);
        self
    }

    /// Sets [`RetryRequest::on_give_up`] on every request. A callback of the request itself runs first.
    pub fn on_give_up<F>(mut self, on_give_up: F) -> Self
    where
        F: Fn(&GiveUpEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.settings = self.settings.on_give_up(on_give_up);
        self
    }

    /// Sets [`RetryRequest::chaos`] on every request.
    #[cfg(feature = "chaos")]
    pub fn chaos(mut self, chaos: &crate::Chaos) -> Self {
        self.settings = self.settings.chaos(chaos);
        self
    }

    /// Sets [`RetryRequest::spans`] on every request.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::RetryClient;
    ///
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new()).spans();
    /// # let _ = client;
    /// ```
    #[cfg(feature = "tracing")]
    pub fn spans(mut self) -> Self {
        self.settings = self.settings.spans();
        self
    }

    /// Returns the client inside, for requests that must not be retried.
    pub fn client(&self) -> &C {
        &self.client
    }

    /// Returns the policy of every request.
    pub fn policy(&self) -> &(dyn AnyPolicy<Error> + Send + Sync) {
        &*self.policy
    }

    /// Begins a `GET` request.
    pub fn get(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::GET, url)
    }

    /// Begins a `HEAD` request.
    pub fn head(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::HEAD, url)
    }

    /// Begins a `PUT` request.
    pub fn put(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::PUT, url)
    }

    /// Begins a `DELETE` request.
    pub fn delete(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::DELETE, url)
    }

    /// Begins a `POST` request. It is repeated only if it was certainly not processed, is declared
    /// [`idempotent`](RetryRequest::idempotent), or has a [key](RetryRequest::idempotency_key).
    pub fn post(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::POST, url)
    }

    /// Begins a `PATCH` request. It is repeated under the conditions of a [`POST`](Self::post).
    pub fn patch(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::PATCH, url)
    }

    /// Begins a request with any method. If the URL cannot be parsed, sending the request fails.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RetryRequest<'_, C> {
        RetryRequest {
            request: self.client.request(method, url),
            policy: &*self.policy,
            hooks: CallHooks::none(),
            settings: self.settings.clone(),
            hosts: self.hosts.as_deref(),
            is_bare: true,
        }
    }
}

impl RetryClient {
    /// Sets [`RetryRequest::before_attempt`] on every request that does not set its own.
    pub fn before_attempt<F, Fut>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request, Error>> + Send + 'static,
    {
        self.settings = self.settings.before_attempt(before);
        self
    }
}

impl<C: HttpClient> fmt::Debug for RetryClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client would show its default headers.
        f.debug_struct("RetryClient")
            .field("policy", &self.policy.view())
            .field("settings", &self.settings)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
