//! Injected faults, with every form of request.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest_middleware::ClientBuilder;
use retry_core::testing;
use retry_core::{Budget, Class, Classify, Fixed, GiveUp, Policy};
use retry_reqwest::testing::{Server, hang, redirect, reply};
use retry_reqwest::{
    Chaos, Error, ErrorKind, RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware,
    RetrySettings,
};
use tower::{Layer, ServiceExt};

use crate::blocking::blocking;
use crate::server::client;

const POLICY: Policy<Fixed> = Policy::fixed(Duration::from_secs(60)).max_attempts(4);
const RESET: &str = "connection reset during the exchange";
const TRUNCATED: &str = "the body ended too early";
const CALLS: u64 = 150;

/// What the hooks of many calls have seen: the rule of each failed attempt.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn add(&self, error: Option<&Error>) {
        let error = error.unwrap();
        let rule = match error.status() {
            Some(status) => status.as_u16().to_string(),
            None => error.explain().rule.to_owned(),
        };
        self.0.lock().unwrap().push(rule);
    }

    fn count(&self, rule: &str) -> u64 {
        let seen = self.0.lock().unwrap();
        seen.iter().filter(|seen| *seen == rule).count() as u64
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Hooks that record, for the middleware and the layer.
    fn settings(&self, chaos: &Chaos) -> RetrySettings {
        let (retried, ended) = (self.clone(), self.clone());
        RetrySettings::new()
            .chaos(chaos)
            .on_retry(move |event| retried.add(event.error))
            .on_give_up(move |event| ended.add(event.error))
    }

    fn client(&self, chaos: &Chaos) -> RetryClient {
        let (retried, ended) = (self.clone(), self.clone());
        RetryClient::new(client(), POLICY)
            .chaos(chaos)
            .on_retry(move |event| retried.add(event.error))
            .on_give_up(move |event| ended.add(event.error))
    }
}

fn chaos(seed: u64) -> Chaos {
    Chaos::new()
        .seed(seed)
        .status(503, 0.1)
        .status(500, 0.05)
        .resets(0.1)
}

/// Checks that the report, the hooks and the server agree.
#[track_caller]
fn assert_agree(chaos: &Chaos, seen: &Seen, server: &Server) {
    let report = chaos.report();
    println!("{report}");
    assert_eq!(report.statuses[&503], seen.count("503"));
    assert_eq!(report.statuses[&500], seen.count("500"));
    assert_eq!(report.resets, seen.count(RESET));
    assert_eq!(report.cut_bodies, seen.count(TRUNCATED));
    assert_eq!(report.faults(), seen.all().len() as u64);
    let sent = report.attempts - report.statuses.values().sum::<u64>();
    // A status is not sent; a reset and a cut body are.
    assert_eq!(server.requests().len() as u64, sent);
    let near = |count: u64, rate: f64| {
        let expected = rate * f64::from(u32::try_from(report.attempts).unwrap());
        let count = f64::from(u32::try_from(count).unwrap());
        let bound = 4.0 * (expected * (1.0 - rate)).sqrt();
        assert!(
            (count - expected).abs() < bound,
            "{count} for {expected}: {report}"
        );
    };
    near(report.statuses[&503], 0.1);
    near(report.statuses[&500], 0.05);
    near(report.resets, 0.1);
}

#[tokio::test]
async fn a_client_reports_what_its_hooks_see() {
    let _quick = testing::no_delay();
    let server = Server::repeat_last([reply(200).body("a body of some length")]);
    let (chaos, seen) = (chaos(1).cut_bodies(0.1), Seen::default());
    let retrying = seen.client(&chaos);
    for _ in 0..CALLS {
        let text = retrying.get(server.url()).text().await;
        assert!(text.is_err() || text.unwrap() == "a body of some length");
    }
    assert!(chaos.report().cut_bodies > 5);
    assert_agree(&chaos, &seen, &server);
}

#[tokio::test]
async fn a_request_and_its_download_report_what_their_hooks_see() {
    let _quick = testing::no_delay();
    let server = Server::repeat_last([reply(200).header("etag", "\"1\"").body("a body")]);
    let (chaos, seen) = (chaos(2).cut_bodies(0.1), Seen::default());
    let client = client();
    for number in 0..CALLS {
        let request = client.get(server.url()).retry(&POLICY).chaos(&chaos);
        let request = request
            .on_retry(|event| seen.add(event.error))
            .on_give_up(|event| seen.add(event.error));
        if number % 2 == 0 {
            let mut file = Vec::new();
            let _ = request.download(&mut file).await;
        } else {
            let _ = request.bytes().await;
        }
    }
    // A download that cannot be resumed ends with another error than that of the cut body.
    let (report, refused) = (chaos.report(), seen.all());
    let refused = refused
        .iter()
        .filter(|rule| rule.contains("whole file"))
        .count();
    assert_eq!(report.faults() + refused as u64, seen.all().len() as u64);
    assert_eq!(report.resets, seen.count(RESET));
    assert_eq!(report.cut_bodies, seen.count(TRUNCATED));
}

#[tokio::test]
async fn a_middleware_reports_what_its_hooks_see() {
    let _quick = testing::no_delay();
    let server = Server::repeat_last([reply(200)]);
    let (chaos, seen) = (chaos(3), Seen::default());
    let middleware = RetryMiddleware::new(POLICY).settings(seen.settings(&chaos));
    let stack = ClientBuilder::new(client()).with(middleware).build();
    for _ in 0..CALLS {
        let _ = stack.get(server.url()).send().await;
    }
    assert_agree(&chaos, &seen, &server);
}

#[tokio::test]
async fn a_middleware_injects_into_requests_that_have_their_own_settings() {
    let server = Server::repeat_last([reply(200)]);
    let (all, own) = (Chaos::new().status(503, 1.0), Chaos::new().status(418, 1.0));
    let middleware = RetryMiddleware::new(POLICY.max_attempts(1));
    let middleware = middleware.settings(RetrySettings::new().chaos(&all));
    let stack = ClientBuilder::new(client()).with(middleware).build();
    for (settings, status) in [
        (RetrySettings::new().idempotent(), 503),
        (RetrySettings::new().chaos(&own), 418),
    ] {
        let request = stack.get(server.url()).with_extension(settings);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_layer_reports_what_its_hooks_see() {
    let _quick = testing::no_delay();
    let server = Server::repeat_last([reply(200)]);
    let (chaos, seen) = (chaos(4), Seen::default());
    let settings = seen.settings(&chaos);
    let layer = RetryLayer::new(POLICY).settings_by(move |_| settings.clone());
    let client = client();
    let service = layer.layer(client.clone());
    for _ in 0..CALLS {
        let request = client.get(server.url()).build().unwrap();
        let _ = service.clone().oneshot(request).await;
    }
    assert_agree(&chaos, &seen, &server);
}

#[tokio::test]
async fn a_blocking_client_reports_what_its_hooks_see() {
    let server = Server::repeat_last([reply(200).body("a body of some length")]);
    let (chaos, seen) = (chaos(5).cut_bodies(0.1), Seen::default());
    let (url, faults, all) = (server.url(), chaos.clone(), seen.clone());
    blocking(move |client| {
        let _quick = testing::no_delay();
        let (retried, ended) = (all.clone(), all);
        let retrying = retry_reqwest::blocking::RetryClient::new(client, POLICY)
            .chaos(&faults)
            .on_retry(move |event| retried.add(event.error))
            .on_give_up(move |event| ended.add(event.error));
        for _ in 0..CALLS {
            let text = retrying.get(&url).text();
            assert!(text.is_err() || text.unwrap() == "a body of some length");
        }
    })
    .await;
    assert!(chaos.report().cut_bodies > 5);
    assert_agree(&chaos, &seen, &server);
}

#[tokio::test]
async fn the_same_seed_injects_the_same_faults() {
    let _quick = testing::no_delay();
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let server = Server::repeat_last([reply(200).body("a body of some length")]);
        let (chaos, seen) = (chaos(seed).cut_bodies(0.1), Seen::default());
        let retrying = seen.client(&chaos);
        for _ in 0..50 {
            let _ = retrying.get(server.url()).text().await;
        }
        let report = chaos.report();
        assert_eq!(report.seed, seed);
        runs.push((report.attempts, report.statuses, seen.all()));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[1], runs[2]);
}

/// Sends one request in each form, and returns the error of each. `POST`, which is not safe to repeat.
async fn errors(chaos: &Chaos, url: &str) -> Vec<Error> {
    let once = Policy::new().max_attempts(1);
    let text = client().post(url).retry(&once).chaos(chaos).text().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = |seen: &Arc<Mutex<Vec<_>>>| {
        let seen = Arc::clone(seen);
        RetrySettings::new().chaos(chaos).on_give_up(move |event| {
            seen.lock().unwrap().push(event.error.unwrap().explain());
        })
    };
    let middleware = RetryMiddleware::new(once).settings(hook(&seen));
    let stack = ClientBuilder::new(client()).with(middleware).build();
    let sent = stack.post(url).send().await;
    // As in an outage: code outside of the middleware receives an error of reqwest.
    let reqwest_middleware::Error::Reqwest(plain) = sent.unwrap_err() else {
        panic!("not reqwest's error");
    };
    let settings = hook(&seen);
    let layer = RetryLayer::new(once).settings_by(move |_| settings.clone());
    let request = client().post(url).build().unwrap();
    let layered = layer.layer(client()).oneshot(request).await;
    let (chaos, address) = (chaos.clone(), url.to_owned());
    let blocked = blocking(move |client| {
        use retry_reqwest::blocking::RequestBuilderExt;
        client.post(address).retry(&once).chaos(&chaos).text()
    });
    assert_eq!(seen.lock().unwrap().len(), 2);
    let errors = vec![
        text.unwrap_err(),
        layered.unwrap_err(),
        blocked.await.unwrap_err(),
    ];
    for verdict in seen.lock().unwrap().iter() {
        assert_eq!(verdict.class, errors[0].explain().class);
    }
    assert_eq!(
        plain.url().map(reqwest::Url::as_str),
        errors[0].url().map(reqwest::Url::as_str)
    );
    errors
}

#[tokio::test]
async fn a_reset_is_never_refused_and_its_request_was_sent() {
    let server = Server::repeat_last([reply(200).body("done")]);
    let url = format!("{}/orders?token=secret", server.url());
    for error in errors(&Chaos::new().resets(1.0), &url).await {
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert_eq!(error.error_type(), Some("body"));
        assert_eq!(error.explain().class, Class::Ambiguous);
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("injected") && !shown.contains("secret"),
            "{shown}"
        );
    }
    // Each of the four forms has sent its order.
    assert_eq!(server.requests().len(), 4);

    // The same rule as that of a real one, whose word differs.
    let real = Server::repeat_last([retry_reqwest::testing::reset()]);
    let real = client().post(real.url()).send_checked().await.unwrap_err();
    let once = Policy::new().max_attempts(1);
    let chaos = Chaos::new().resets(1.0);
    let injected = client().post(&url).retry(&once).chaos(&chaos).send().await;
    assert_eq!(injected.unwrap_err().explain(), real.explain());
    assert_eq!(real.error_type(), Some("other"));

    let get = client()
        .get(&url)
        .retry(&POLICY)
        .chaos(&Chaos::new().resets(1.0));
    let (error, record) = testing::with(
        testing::Mode::new().no_retries(),
        testing::record_async(get.send()),
    )
    .await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.explain().class, error.explain().rule),
        (Class::Transient, RESET)
    );
    assert_eq!(record.classes(), [Class::Transient]);
}

#[tokio::test]
async fn a_cut_body_is_ambiguous_for_a_post_and_resumes_a_download() {
    let server = Server::repeat_last([reply(200).body("0123456789")]);
    let chaos = Chaos::new().seed(1).cut_bodies(1.0);
    let once = Policy::new().max_attempts(1);
    let post = || client().post(server.url()).retry(&once).chaos(&chaos);
    let error = post().text().await.unwrap_err();
    assert_eq!(error.explain().class, Class::Ambiguous);
    // With `send`, the caller reads the body.
    let response = post().send().await.unwrap();
    assert_eq!(response.content_length(), Some(10));
    assert_eq!(
        response.text().await.unwrap_err().explain().class,
        Class::Ambiguous
    );
    // There is no body to cut.
    let head = client().head(server.url()).retry(&once).chaos(&chaos);
    assert!(head.text().await.is_ok());
    assert_eq!(chaos.report().cut_bodies, 2);

    let body = "x".repeat(100_000);
    let whole = body.clone();
    let server = Server::respond_with(move |_, request| {
        let start = request.header("range").map_or(0, |range| {
            range
                .trim_matches(|c: char| !c.is_ascii_digit())
                .parse()
                .unwrap()
        });
        let rest = reply(if start == 0 { 200 } else { 206 }).header("etag", "\"1\"");
        let range = format!("bytes {start}-{}/{}", whole.len() - 1, whole.len());
        rest.header("content-range", &range)
            .body(whole[start..].to_owned())
    });
    let _quick = testing::no_delay();
    let chaos = Chaos::new().seed(1).cut_bodies(0.7);
    let policy = POLICY.max_attempts(30);
    let mut file = Vec::new();
    let request = client().get(server.url()).retry(&policy).chaos(&chaos);
    let (length, report) = request.report().download(&mut file).await;
    assert_eq!((length.unwrap(), file.len()), (100_000, 100_000));
    assert_eq!(u64::from(report.attempts), 1 + chaos.report().cut_bodies);
    assert!(report.attempts > 1);
}

#[tokio::test]
async fn a_status_is_judged_as_that_of_a_server_and_nothing_is_sent() {
    let server = Server::repeat_last([reply(200)]);
    let chaos = Chaos::new()
        .status(503, 1.0)
        .retry_after(Duration::from_millis(1500));
    let retrying = RetryClient::new(client(), POLICY).chaos(&chaos);
    let _quick = testing::no_delay();
    let (error, record) = testing::record_async(retrying.post(server.url()).send()).await;
    let error = error.unwrap_err();
    // Unavailable for two seconds: not processed, so a POST is repeated.
    assert!(matches!(error.explain().class, Class::Throttled { .. }));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    assert_eq!(record.attempts(), 4);
    assert!(error.body().starts_with(b"injected"));
    assert_eq!(
        error.url().map(ToString::to_string),
        Some(server.url() + "/")
    );
    assert!(server.requests().is_empty());
    assert_eq!(chaos.report().statuses[&503], 4);
}

#[tokio::test]
async fn a_budget_limits_the_retries_of_injected_failures() {
    static BUDGET: Budget = Budget::new(0.0).burst(5).min_per_second(0);
    let server = Server::repeat_last([reply(200)]);
    let chaos = Chaos::new().resets(1.0);
    let retrying = RetryClient::new(client(), POLICY.budget(&BUDGET)).chaos(&chaos);
    let _quick = testing::no_delay();
    let mut reasons = Vec::new();
    for _ in 0..4 {
        let (_, record) = testing::record_async(retrying.get(server.url()).send()).await;
        reasons.push(record.give_up());
    }
    assert_eq!(reasons[0], Some(GiveUp::Exhausted));
    assert_eq!(reasons[1..], [Some(GiveUp::Budget); 3]);
    assert_eq!(chaos.report().resets, 4 + 5);
}

#[tokio::test]
async fn latency_counts_for_every_time_limit() {
    let server = Server::repeat_last([reply(200)]);
    let hour = Duration::from_secs(3600);
    let late = Chaos::new().latency(1.0, hour..=hour);
    let begun = Instant::now();

    let policy = Policy::new()
        .max_attempts(1)
        .attempt_timeout(Duration::from_millis(20));
    let request = client().get(server.url()).retry(&policy).chaos(&late);
    assert_eq!(
        request.send().await.unwrap_err().kind(),
        ErrorKind::TimedOut
    );

    let policy = Policy::new().deadline(Duration::from_millis(20));
    let request = client().get(server.url()).retry(&policy).chaos(&late);
    assert_eq!(
        request.send().await.unwrap_err().kind(),
        ErrorKind::TimedOut
    );

    // The timeout of the request itself. A POST: it may have been sent.
    let short = Duration::from_millis(20);
    let once = Policy::new().max_attempts(1);
    let request = client().post(server.url()).timeout(short);
    let error = request.retry(&once).chaos(&late).send().await.unwrap_err();
    assert_eq!(error.explain().class, Class::Ambiguous);
    assert!(error.as_reqwest().is_some_and(reqwest::Error::is_timeout));

    let (url, chaos) = (server.url(), late.clone());
    let error = blocking(move |client| {
        use retry_reqwest::blocking::RequestBuilderExt;
        let request = client.post(url).timeout(short).retry(&once).chaos(&chaos);
        request.send().unwrap_err()
    })
    .await;
    assert_eq!(error.explain().class, Class::Ambiguous);
    assert!(error.as_reqwest().is_some_and(reqwest::Error::is_timeout));

    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(late.report().delayed, 4);
}

#[tokio::test]
async fn latency_delays_a_request_that_succeeds() {
    let server = Server::repeat_last([reply(200).body("42")]);
    let short = Duration::from_millis(30);
    let chaos = Chaos::new().latency(1.0, short..=short);
    let begun = Instant::now();
    let request = client().get(server.url()).retry(&POLICY).chaos(&chaos);
    assert_eq!(request.text().await.unwrap(), "42");
    let (url, faults) = (server.url(), chaos.clone());
    let text = blocking(move |client| {
        use retry_reqwest::blocking::RequestBuilderExt;
        client.get(url).retry(&POLICY).chaos(&faults).text()
    });
    assert_eq!(text.await.unwrap(), "42");
    assert!(begun.elapsed() >= 2 * short);
    assert_eq!((chaos.report().delayed, chaos.report().faults()), (2, 0));
}

#[tokio::test]
async fn a_fault_has_no_latency() {
    let server = Server::repeat_last([hang()]);
    let hour = Duration::from_secs(3600);
    let chaos = Chaos::new().status(503, 1.0).latency(1.0, hour..=hour);
    let _quick = testing::no_delay();
    let request = client().get(server.url()).retry(&POLICY).chaos(&chaos);
    assert_eq!(request.send().await.unwrap_err().status().unwrap(), 503);
    assert_eq!(chaos.report().delayed, 0);
}

#[tokio::test]
async fn a_failure_of_the_server_itself_is_not_counted() {
    let server = Server::repeat_last([retry_reqwest::testing::reset()]);
    let chaos = Chaos::new().seed(1).resets(0.5).cut_bodies(0.5);
    let _quick = testing::no_delay();
    let request = client().get(server.url()).retry(&POLICY).chaos(&chaos);
    assert_eq!(
        request.text().await.unwrap_err().explain().class,
        Class::Transient
    );
    assert_eq!((chaos.report().attempts, chaos.report().faults()), (4, 0));
}

#[tokio::test]
async fn a_redirect_that_is_followed_has_no_fault_of_its_own() {
    let server = Server::respond_with(|_, request| match request.path.as_str() {
        "/moved" => reply(200).body("42"),
        _ => redirect(307, "/moved"),
    });
    let chaos = Chaos::new().latency(1.0, Duration::ZERO..=Duration::ZERO);
    let body = || retry_reqwest::ReplayBody::from_fn(|| reqwest::Body::from("order"));
    let request = client().put(server.url()).retry(&POLICY).chaos(&chaos);
    assert_eq!(request.replay_body(body()).text().await.unwrap(), "42");
    assert_eq!(server.requests().len(), 2);
    assert_eq!(chaos.report().attempts, 1);
}

#[tokio::test]
async fn stopped_faults_change_nothing() {
    let server = Server::repeat_last([reply(200).body("42")]);
    let chaos = Chaos::new().status(503, 1.0);
    let retrying = RetryClient::new(client(), POLICY.max_attempts(1)).chaos(&chaos);
    chaos.set_active(false);
    assert_eq!(retrying.get(server.url()).text().await.unwrap(), "42");
    assert_eq!(chaos.report().attempts, 0);
    chaos.set_active(true);
    assert!(retrying.get(server.url()).text().await.is_err());
}
