//! HTTP: requests, clients, middleware, layers and downloads, awaited and blocking.

use std::future::Future;

use retryable::http::testing::{Server, reply};
use retryable::http::{
    self, RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware, blocking,
};
use retryable::{DynPolicy, LivePolicy, NoDelay, Policy};
use tower::{Layer, ServiceExt};

type Live = LivePolicy<http::Error>;

fn up_to(max: u32) -> DynPolicy<http::Error> {
    Policy::with_backoff(NoDelay).max_attempts(max).erase()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    client.build().expect("a client")
}

fn blocking_client() -> reqwest::blocking::Client {
    let client = reqwest::blocking::Client::builder().no_proxy();
    client.build().expect("a client")
}

/// Sends two GETs to the URL, one after the other.
type Form = (&'static str, fn(Live, &str));

const FORMS: &[Form] = &[
    ("request", |live, url| {
        for _ in 0..2 {
            let _ = block_on(client().get(url).retry(&live).send());
        }
    }),
    ("client", |live, url| {
        let client = RetryClient::new(client(), live);
        for _ in 0..2 {
            let _ = block_on(client.get(url).send());
        }
    }),
    ("download", |live, url| {
        let client = RetryClient::new(client(), live);
        for _ in 0..2 {
            let _ = block_on(client.get(url).download(Vec::new()));
        }
    }),
    ("middleware", |live, url| {
        let client = reqwest_middleware::ClientBuilder::new(client())
            .with(RetryMiddleware::new(live))
            .build();
        for _ in 0..2 {
            let _ = block_on(client.get(url).send());
        }
    }),
    ("layer", |live, url| {
        let layer = RetryLayer::new(live);
        for _ in 0..2 {
            let request = client().get(url).build().expect("a request");
            let _ = block_on(layer.layer(client()).oneshot(request));
        }
    }),
    ("blocking request", |live, url| {
        use blocking::RequestBuilderExt;

        for _ in 0..2 {
            let _ = blocking_client().get(url).retry(&live).send();
        }
    }),
    ("blocking client", |live, url| {
        let client = blocking::RetryClient::new(blocking_client(), live);
        for _ in 0..2 {
            let _ = client.get(url).send();
        }
    }),
];

/// The server replaces the policy while the first call is under way: that call still makes its three attempts, and the
/// next one makes two.
#[test]
fn every_form_keeps_the_policy_that_its_call_began_with() {
    for (form, call) in FORMS {
        let live = Live::new(up_to(3));
        let server = {
            let live = live.clone();
            Server::respond_with(move |_, _| {
                live.replace(up_to(2));
                reply(503)
            })
        };
        call(live, &server.url());
        assert_eq!(server.requests().len(), 3 + 2, "{form}");
    }
}
