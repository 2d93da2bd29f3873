//! What a `reqwest::Error` means for the next attempt.

use retry_core::{Class, Classify};
use retry_http::Verdict;

use super::error_type::error_type;
use super::failure::judge;

/// Marks that this crate classifies the error: `Classify<Http> for reqwest::Error`.
#[derive(Clone, Copy, Debug)]
pub enum Http {}

/// Calls [`classify`].
impl Classify<Http> for reqwest::Error {
    fn classify(&self) -> Class {
        classify(self)
    }

    fn error_type(&self) -> Option<&str> {
        Some(error_type(self))
    }
}

/// Returns the class of a failure of `reqwest`, by the table in the [crate's
/// documentation](index.html#which-failure-is-what).
///
/// The error knows neither the method of its request nor the headers of the response. The error of
/// [`RequestBuilderExt::send_checked`](crate::RequestBuilderExt::send_checked) knows both.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retryable::Class;
///
/// // A port that nothing listens on.
/// let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
/// let error = reqwest::get(format!("http://127.0.0.1:{port}/")).await.unwrap_err();
/// assert_eq!(retryable::http::classify(&error), Class::Refused);
/// # Ok(())
/// # }
/// ```
pub fn classify(error: &reqwest::Error) -> Class {
    explain(error).class
}

/// Like [`classify`], with the rule that decided.
///
/// # Examples
///
/// ```
/// let error = reqwest::Client::new().get("no url").build().unwrap_err();
/// assert_eq!(retryable::http::explain(&error).rule, "the request cannot be built");
/// ```
pub fn explain(error: &reqwest::Error) -> Verdict {
    judge(error).verdict()
}
