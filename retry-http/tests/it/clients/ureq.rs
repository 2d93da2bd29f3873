//! ureq, by a blocking policy.

use http::Request;
use retry_core::{Class, Classified, Classify, NoDelay, Policy};
use retry_http::RequestFacts;
use ureq::{Agent, Timeout};

use super::ATTEMPTS;

type Error = super::Error<ureq::Error>;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(ATTEMPTS);

fn class_of(error: &ureq::Error) -> Class {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Class::Refused,
        ureq::Error::Timeout(_) => Class::Transient,
        ureq::Error::Io(error) => error.classify(),
        _ => Class::Permanent,
    }
}

fn send_once(agent: &Agent, request: Request<&'static str>) -> Result<String, Error> {
    let facts = RequestFacts::of(&request);
    let lost = |error: ureq::Error| {
        let class = facts.class(class_of(&error));
        Error::Transport(Classified::new(error, class))
    };
    let mut response = agent.run(request).map_err(lost)?;
    facts.check(&response).map_err(Error::Status)?;
    response.body_mut().read_to_string().map_err(lost)
}

fn by_policy(request: &Request<&'static str>) -> Result<(), Class> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0);
    let agent = Agent::new_with_config(config.build());
    let sent = POLICY.run_blocking(|| send_once(&agent, request.clone()));
    sent.map(drop).map_err(|error| error.classify())
}

#[test]
fn a_policy_repeats_the_requests_of_ureq_that_may_be_repeated() {
    super::check(by_policy);
}

#[test]
fn a_refused_connection_of_ureq_is_refused() {
    super::check_a_refused_connection(by_policy);
}
