//! An axum handler that calls another service, in the time that its own caller has left: it retries while there is
//! time, and responds instead of waiting when there is not.
//!
//!     cargo run -p examples --example handler

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reqwest::Client;
use retryable::http::testing::{Server, reply};
use retryable::http::{self, RequestBuilderExt};
use retryable::server::UpstreamLayer;
use retryable::{Attempt, attempt, retryable};

/// The headers in which a caller says which attempt this is, and how long it waits, in milliseconds.
const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
const REMAINING: HeaderName = HeaderName::from_static("x-remaining-ms");

struct Shop {
    client: Client,
    stock: String,
}

impl Shop {
    /// Ends after two seconds, or when the caller's time is over, if that is sooner.
    #[retryable(max = 5, base = "10ms", deadline = "2s")]
    async fn in_stock(&self, item: &str) -> Result<String, http::Error> {
        if let Some((number, Some(left))) = attempt().map(|at| (at.number(), at.remaining())) {
            println!("  attempt {number}, {} ms left", left.as_millis());
        }
        let url = format!("{}/stock/{item}", self.stock);
        self.client.get(url).send_checked().await?.text().await
    }
}

/// What the shop responds if the stock is unknown. With a status of 400 or above, `UpstreamLayer` adds
/// `x-should-retry: false`, so that the caller does not repeat what the handler has already tried.
struct Unknown(http::Error);

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        let status = match self.0.status() {
            Some(StatusCode::NOT_FOUND) => StatusCode::NOT_FOUND,
            Some(_) => StatusCode::BAD_GATEWAY,
            None => StatusCode::GATEWAY_TIMEOUT,
        };
        (status, self.0.to_string()).into_response()
    }
}

async fn item(State(shop): State<Arc<Shop>>, Path(item): Path<String>) -> Result<String, Unknown> {
    let in_stock = shop.in_stock(&item).await.map_err(Unknown)?;
    // Optional work, for callers that still have the time.
    match attempt().and_then(Attempt::remaining) {
        Some(left) if left < Duration::from_millis(500) => {
            Ok(format!("{in_stock} {item}, no more time"))
        }
        _ => Ok(format!(
            "{in_stock} {item}, and pears, which others bought too"
        )),
    }
}

fn app(shop: Shop) -> Router {
    Router::new()
        .route("/items/{item}", get(item))
        .with_state(Arc::new(shop))
        .layer(
            UpstreamLayer::new()
                .attempt_header(ATTEMPT)
                .remaining_header(REMAINING),
        )
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let stock = Server::respond_with(|number, request| match request.path.as_str() {
        "/stock/apples" if number % 2 == 0 => reply(503),
        "/stock/apples" => reply(200).body("7"),
        "/stock/plums" => reply(503).header("retry-after", "30"),
        "/stock/figs" => reply(200).body("1").after(Duration::from_secs(20)),
        _ => reply(404),
    });
    let client = Client::builder().no_proxy().build()?;
    let shop = Shop {
        client: client.clone(),
        stock: stock.url(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app(shop)).await });

    // The item, the caller's time in milliseconds, the expected status, and a part of the response.
    for (item, time, status, expected) in [
        ("apples", Some(60_000), 200, "7 apples, and pears"),
        ("apples", Some(400), 200, "7 apples, no more time"),
        ("apples", None, 200, "7 apples, and pears"),
        // A wait of 30 s does not fit in the time: the handler responds at once.
        ("plums", Some(1000), 502, "503"),
        // The attempt is cut off when the time is over.
        ("figs", Some(300), 504, "took longer"),
        ("nuts", Some(1000), 404, "404"),
    ] {
        println!("{item}, for a caller that waits for {time:?} ms:");
        let mut request = client.get(format!("{url}/items/{item}"));
        if let Some(time) = time {
            request = request.header(ATTEMPT, 1).header(REMAINING, time);
        }
        let begin = Instant::now();
        let response = request.send().await?;
        let took = begin.elapsed();
        let retry = response.headers().get("x-should-retry").cloned();
        assert_eq!(response.status(), status);
        let text = response.text().await?;
        println!("  {status} in {took:.0?}: {text}");
        assert!(text.contains(expected), "{text}");
        assert!(took < Duration::from_secs(2), "{took:?}");
        // A 404 is not repeated anyway.
        let gave_up = status >= 500;
        assert_eq!(retry.is_some_and(|value| value == "false"), gave_up);
    }
    Ok(())
}
