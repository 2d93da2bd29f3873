//! `ConfigError`: why a service config is not valid.

use std::fmt;

/// Why a service config is not valid: where in the document, and what is wrong there.
///
/// # Examples
///
/// ```
/// use retry_tonic::ServiceConfig;
///
/// let json = r#"{ "methodConfig": [{ "name": [{}], "retryPolicy": { "maxAttempts": 1 } }] }"#;
/// let error = ServiceConfig::from_json(json).unwrap_err();
/// assert_eq!(error.path(), "methodConfig[0].retryPolicy.maxAttempts");
/// assert_eq!(
///     error.to_string(),
///     "`methodConfig[0].retryPolicy.maxAttempts` is 1, but must be at least 2",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    path: String,
    message: String,
}

impl ConfigError {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// Returns the path of the faulty value; empty if the text is not JSON.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => write!(f, "the service config {}", self.message),
            path => write!(f, "`{path}` {}", self.message),
        }
    }
}

impl std::error::Error for ConfigError {}
