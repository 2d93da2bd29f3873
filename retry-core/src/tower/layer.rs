//! `RetryLayer`: a tower layer that retries the requests of any service.

use std::sync::Arc;

use tower_layer::Layer;

use super::{RetryService, setters};
use crate::driver::Hooks;
use crate::event::{GiveUpEvent, RetryEvent};
use crate::timer::{DefaultTimer, Timer};

/// A layer that retries the requests of any service whose requests are `Clone` and whose errors the policy can classify.
///
/// - **Readiness.** `poll_ready` of the layer's service is that of the inner one. Each retry is made on a clone of the inner
///   service, once that clone is ready. Its error is a failure of the attempt, as one of `call` is.
/// - **Context.** An attempt includes `call` of the inner service and its wait for readiness, so
///   [`attempt()`](crate::attempt()), nested retries, [`attempt_timeout`](crate::Policy::attempt_timeout) and deadlines work in
///   the layers below.
/// - **Requests.** The last attempt takes the request; each other one takes a clone. Every request may be repeated: if
///   some of them must not be, use `on(On::Refused)`, or put them on a stack without this layer.
/// - **Cost.** A call that succeeds allocates nothing and reads no clock. The future has no `Box`.
///
/// Put the layer above those that each attempt goes through, such as a limit of the rate or of the time.
///
/// # Cancel safety
///
/// Dropping the future cancels everything; no tasks are spawned.
///
/// # Examples
///
/// ```
/// use retryable::tower::RetryLayer;
/// use retryable::{Classified, Policy, attempt, transient};
/// use std::time::Duration;
/// use tower::{Layer, ServiceExt};
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Classified<&'static str>> {
/// let inner = tower::service_fn(async |name: String| match attempt() {
///     Some(attempt) if attempt.number() < 3 => Err(transient("busy")),
///     _ => Ok(format!("hello {name}")),
/// });
/// let service = RetryLayer::new(POLICY)
///     .until(|greeting: &String| !greeting.is_empty())
///     .layer(inner);
/// assert_eq!(service.oneshot("world".to_owned()).await?, "hello world");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it wraps a service"]
pub struct RetryLayer<P, H = Hooks, C = DefaultTimer> {
    pub(super) policy: P,
    pub(super) hooks: H,
    pub(super) timer: C,
}

impl<P, H, C> RetryLayer<P, H, C> {
    fn from_parts(policy: P, hooks: H, timer: C) -> Self {
        Self {
            policy,
            hooks,
            timer,
        }
    }

    fn into_parts(self) -> (P, H, C) {
        (self.policy, self.hooks, self.timer)
    }
}

setters!(RetryLayer);

impl<S, P: Clone, H: Clone, C: Clone> Layer<S> for RetryLayer<P, H, C> {
    type Service = RetryService<S, P, H, C>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}
