//! The forms that a request can take, each with its own client and connections.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy as Follow;
use reqwest::{Client, Error as Plain, Response};
use reqwest_middleware::{ClientBuilder, Error as MiddlewareError};
use retryable::http::{
    Error, RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware, blocking, classify_status,
    redirects,
};
use retryable::{Class, Classify, Exponential, Policy, retryable};
use tower::{Layer, ServiceExt};

const ATTEMPTS: u32 = 4;
const BASE: Duration = Duration::from_millis(1);
const CAP: Duration = Duration::from_millis(4);
const POLICY: Policy = Policy::with_backoff(Exponential::new(BASE).cap(CAP)).max_attempts(ATTEMPTS);

/// The receipt, or the description of the error.
type Outcome = Result<Vec<u8>, Class>;
type Sending = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A way to send an order, or to fetch a receipt.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) at_once: usize,
    /// Whether it fetches the receipts of orders that have taken effect.
    pub(crate) fetches: bool,
    send: Box<dyn Fn(String, Vec<u8>) -> Sending + Send + Sync>,
}

impl Form {
    fn new<F, C>(name: &'static str, send: F) -> Self
    where
        F: Fn(String, Vec<u8>) -> C + Send + Sync + 'static,
        C: Future<Output = Outcome> + Send + 'static,
    {
        Self {
            name,
            at_once: 64,
            fetches: false,
            send: Box::new(move |url, order| Box::pin(send(url, order))),
        }
    }

    pub(crate) fn send(&self, url: String, order: Vec<u8>) -> Sending {
        (self.send)(url, order)
    }
}

/// Returns all forms. Each is created when its turn comes.
pub(crate) const FORMS: [fn() -> Form; 8] = [
    annotated,
    request,
    retry_client,
    middleware,
    layer,
    blocking_request,
    keyed,
    download,
];

/// Connects to loopback directly, even if the machine has a proxy.
fn client() -> Client {
    let client = Client::builder().no_proxy().build();
    client.expect("the client builds")
}

fn annotated() -> Form {
    #[retryable(max = ATTEMPTS, base = BASE, cap = CAP)]
    async fn place(client: &Client, url: &str, order: &[u8]) -> Result<String, Error> {
        let request = client.post(url).body(order.to_vec());
        let receipt = request.send_checked().await?.text().await?;
        Ok(receipt)
    }
    let client = client();
    Form::new("`#[retryable]`, `send_checked`", move |url, order| {
        let client = client.clone();
        async move { receipt(place(&client, &url, &order).await) }
    })
}

fn request() -> Form {
    let client = client();
    Form::new("`request.retry`", move |url, order| {
        let request = client.post(url).body(order).retry(const { &POLICY });
        async move { receipt(request.text().await) }
    })
}

fn retry_client() -> Form {
    let client = Arc::new(RetryClient::new(client(), POLICY));
    Form::new("`RetryClient`", move |url, order| {
        let client = Arc::clone(&client);
        async move {
            let request = client.post(url).with(|request| request.body(order));
            receipt(request.text().await)
        }
    })
}

fn keyed() -> Form {
    let client = client();
    Form::new("`request.retry`, `idempotency_key`", move |url, order| {
        let request = client.post(url).body(order).retry(const { &POLICY });
        async move { receipt(request.idempotency_key().text().await) }
    })
}

fn middleware() -> Form {
    let client = ClientBuilder::new(client())
        .with(RetryMiddleware::new(POLICY))
        .build();
    Form::new("`RetryMiddleware`", move |url, order| {
        let request = client.post(url).body(order);
        async move {
            match request.send().await {
                Ok(response) => body(response).await,
                Err(MiddlewareError::Reqwest(error)) => Err(class(&error)),
                Err(MiddlewareError::Middleware(_)) => Err(Class::Permanent),
            }
        }
    })
}

fn layer() -> Form {
    let client = client();
    let service = RetryLayer::new(POLICY).layer(client.clone());
    Form::new("`RetryLayer`", move |url, order| {
        let (service, request) = (service.clone(), client.post(url).body(order).build());
        async move {
            let request = request.map_err(|error| class(&error))?;
            match service.oneshot(request).await {
                Ok(response) => body(response).await,
                Err(error) => Err(error.classify()),
            }
        }
    })
}

fn blocking_request() -> Form {
    use blocking::RequestBuilderExt;

    // A blocking request notices redirects only in this way: see the page "Requests" of `retryable::http`.
    let client = reqwest::blocking::Client::builder()
        .redirect(redirects(Follow::default()))
        .no_proxy()
        .build();
    let client = client.expect("the client builds");
    let form = Form::new("`blocking`, on threads", move |url, order| {
        let client = client.clone();
        let call = move || {
            let request = client.post(url).body(order);
            receipt(request.retry(const { &POLICY }).text())
        };
        async { tokio::task::spawn_blocking(call).await.expect("no panic") }
    });
    Form {
        at_once: 16,
        ..form
    }
}

fn download() -> Form {
    let client = client();
    let form = Form::new("`download` of a receipt", move |url, _| {
        let request = client.get(url).retry(const { &POLICY });
        async move {
            let mut receipt = Vec::new();
            match request.download(&mut receipt).await {
                Ok(_) => Ok(receipt),
                Err(error) => Err(error.classify()),
            }
        }
    });
    Form {
        fetches: true,
        ..form
    }
}

fn receipt(outcome: Result<String, Error>) -> Outcome {
    outcome
        .map(String::into_bytes)
        .map_err(|error| error.classify())
}

/// Reads the response of the middleware or the layer, which end at its head and return failed responses too.
async fn body(response: Response) -> Outcome {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return Err(classify_status(status, response.headers()));
    }
    let receipt = response.bytes().await.map_err(|error| class(&error))?;
    Ok(receipt.to_vec())
}

fn class(error: &Plain) -> Class {
    error.classify()
}
