//! The loop of a call.

use std::error::Error as StdError;
use std::mem;

use http::{Request, Response};
use retry_core::{
    DefaultTimer, GiveUpEvent, Hooks, NoHook, OnGiveUp, OnRetry, PolicyView, Retry, RetryEvent,
};
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::attempt::Template;
use super::message::Message;
use super::name;
use super::settings::Settings;
use super::timeout::{self, GRPC_TIMEOUT};
use crate::error::Error;

/// Makes attempts until one succeeds or the call gives up. The first is made on `service`, each other one on a clone.
pub(super) async fn drive<S, B>(
    settings: &Settings,
    mut service: S,
    request: Request<Body>,
) -> Result<Response<B>, Status>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let message = match Message::read(body, settings.max_message).await? {
        Message::Single(message) => message,
        Message::Stream(body) => {
            let request = Request::from_parts(parts, body);
            let response = service.call(request).await;
            return response.map_err(|error| Status::from_error(error.into()));
        }
    };
    let can_repeat = message.len() <= settings.max_message;
    let path = parts.uri.path();
    let template = Template {
        settings,
        is_idempotent: settings.is_idempotent(path, &parts.extensions),
        parts,
        message,
    };
    let mut call = begin(&template);
    loop {
        let (number, limit) = (call.number(), call.attempt_limit());
        let next = service.clone();
        let attempt = template.send(mem::replace(&mut service, next), number, limit);
        let outcome = template.hold(limit, call.attempt(attempt)).await;
        let failure = match outcome {
            Ok(response) => {
                call.succeeded();
                return Ok(response);
            }
            Err(failure) => failure,
        };
        if failure.error.asked_to_stop() || !can_repeat {
            call.stop(&failure.error);
            return failure.end();
        }
        let Some(delay) = call.wait_after(&failure.error, None) else {
            return failure.end();
        };
        delay.await;
        if call.give_up_if_late(&failure.error) {
            return failure.end();
        }
    }
}

/// One call in progress.
type Call<'c, R, G> = Retry<'c, PolicyView<'c, Error>, DefaultTimer, Hooks<NoHook, R, G>>;

fn begin<'c>(
    template: &'c Template<'_>,
) -> Call<'c, impl OnRetry<Error> + use<'c>, impl OnGiveUp<Error> + use<'c>> {
    let (settings, parts) = (template.settings, &template.parts);
    let path = parts.uri.path();
    let policy = settings.policies.of(path).view();
    let policy = match name::of_method(&parts.extensions) {
        Some(name) => policy.name_by_default(name),
        None => policy,
    };
    let mut call: Retry<'c, _, _> = policy.start_owned();
    let requested = parts.headers.get(&GRPC_TIMEOUT).and_then(timeout::parse);
    for timeout in requested.into_iter().chain(settings.policies.timeout(path)) {
        call = call.deadline(timeout);
    }
    let (on_retry, on_give_up) = (&settings.on_retry, &settings.on_give_up);
    if on_retry.is_some() || on_give_up.is_some() {
        call = call.timed();
    }
    call.untimed_hooks(
        move |event: &RetryEvent<'_, Error>| {
            if let Some(hook) = on_retry {
                hook(event);
            }
        },
        move |event: &GiveUpEvent<'_, Error>| {
            if let Some(hook) = on_give_up {
                hook(event);
            }
        },
    )
}
