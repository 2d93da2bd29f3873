//! What all calls of a layer share.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::Extensions;
use retry_core::{AnyPolicy, GiveUpEvent, RetryEvent};
use tonic::{Request, Status};

use crate::error::Error;
#[cfg(feature = "service-config")]
use crate::service_config::ServiceConfig;

/// The limit of linkerd for messages that it sends again.
const MAX_MESSAGE: usize = 64 * 1024;

/// Declares that one request may be repeated, in the extensions of the request. For a method that is sometimes safe to
/// repeat, such as one with a request id by which the server recognizes it.
///
/// # Examples
///
/// ```
/// use retry_tonic::Idempotent;
///
/// let mut request = tonic::Request::new("the message");
/// request.extensions_mut().insert(Idempotent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idempotent;

pub(super) type BeforeAttempt = dyn Fn(Request<()>) -> Pin<Box<dyn Future<Output = Result<Request<()>, Status>> + Send>>
    + Send
    + Sync;

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) policies: Policies,
    /// Paths without their first slash.
    idempotent: HashSet<String>,
    pub(super) max_message: usize,
    pub(super) on_retry: Option<Arc<dyn Fn(&RetryEvent<'_, Error>) + Send + Sync>>,
    pub(super) on_give_up: Option<Arc<dyn Fn(&GiveUpEvent<'_, Error>) + Send + Sync>>,
    pub(super) before_attempt: Option<Arc<BeforeAttempt>>,
}

/// The policy of each method.
#[derive(Clone)]
pub(super) enum Policies {
    One(Arc<dyn AnyPolicy<Error> + Send + Sync>),
    #[cfg(feature = "service-config")]
    Config(Arc<ServiceConfig>),
}

impl Settings {
    pub(super) fn new(policies: Policies) -> Self {
        Self {
            policies,
            idempotent: HashSet::new(),
            max_message: MAX_MESSAGE,
            on_retry: None,
            on_give_up: None,
            before_attempt: None,
        }
    }

    pub(super) fn declare(&mut self, path: String) {
        let path = match path.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => path,
        };
        self.idempotent.insert(path);
    }

    /// Whether the method of this path may run twice, or this request may be repeated.
    pub(super) fn is_idempotent(&self, path: &str, extensions: &Extensions) -> bool {
        if extensions.get::<Idempotent>().is_some() {
            return true;
        }
        let path = path.strip_prefix('/').unwrap_or(path);
        let service = path.rfind('/').and_then(|slash| path.get(..=slash));
        self.idempotent.contains(path)
            || service.is_some_and(|service| self.idempotent.contains(service))
    }
}

impl Policies {
    #[cfg_attr(
        not(feature = "service-config"),
        expect(unused_variables, reason = "one policy is that of every method")
    )]
    pub(super) fn of(&self, path: &str) -> &(dyn AnyPolicy<Error> + Send + Sync) {
        match self {
            Self::One(policy) => &**policy,
            #[cfg(feature = "service-config")]
            Self::Config(config) => config.policy_of(path),
        }
    }

    /// Returns the limit of a call that is not in its policy.
    #[cfg_attr(
        not(feature = "service-config"),
        expect(unused_variables, reason = "only a service config has one")
    )]
    pub(super) fn timeout(&self, path: &str) -> Option<Duration> {
        match self {
            Self::One(_) => None,
            #[cfg(feature = "service-config")]
            Self::Config(config) => config.timeout_of(path),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Settings");
        match &self.policies {
            Policies::One(policy) => shown.field("policy", &policy.view()),
            #[cfg(feature = "service-config")]
            Policies::Config(config) => shown.field("config", config),
        };
        shown
            .field("idempotent", &self.idempotent)
            .field("max_message", &self.max_message)
            .finish_non_exhaustive()
    }
}
