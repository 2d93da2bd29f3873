//! `RetryClient`, for requests that block the thread.

use reqwest::IntoUrl;
use reqwest::Method;

use super::RetryRequest;
use crate::retry::requests;

/// A [`RetryClient`](crate::RetryClient) whose requests block the thread.
///
/// # Examples
///
/// ```no_run
/// use retryable::Policy;
/// use retryable::http::blocking::RetryClient;
///
/// # fn user(id: u64) -> Result<String, retryable::http::Error> {
/// let client = RetryClient::new(reqwest::blocking::Client::new(), Policy::new());
/// client.get(format!("https://example.com/users/{id}")).text()
/// # }
/// ```
pub type RetryClient = crate::RetryClient<reqwest::blocking::Client>;

requests!(reqwest::blocking::Client);
