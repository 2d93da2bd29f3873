//! A typed client of an API: annotated methods, an error with a class for each variant, and a token that is renewed
//! between attempts.
//!
//!     cargo run -p examples --example api_client

use reqwest::{Client, StatusCode};
use retryable::http::testing::{Server, reply, reset};
use retryable::http::{self, RequestBuilderExt};
use retryable::{Class, Classify, retryable};
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct User {
    id: u64,
    name: String,
}

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    /// Not processed, and worth another attempt, because the token will be renewed first.
    #[error("the token has expired")]
    #[classify(refused)]
    Expired,

    #[error("there is no user {0}")] // no class: permanent
    NoSuchUser(u64),

    #[error(transparent)]
    #[classify(inner)] // knows the status, its hints and the method
    Http(#[from] http::Error),
}

impl From<reqwest::Error> for ApiError {
    fn from(error: reqwest::Error) -> Self {
        ApiError::Http(error.into())
    }
}

struct Api {
    client: Client,
    base: String,
    token: String,
    expired: bool,
}

impl Api {
    /// Makes at most five requests; those for a new token do not count.
    #[retryable(max = 5, base = "5ms", before_retry = self.renew().await?)]
    async fn user(&mut self, id: u64) -> Result<User, ApiError> {
        let request = self.client.get(format!("{}/users/{id}", self.base));
        match request.bearer_auth(&self.token).send_checked().await {
            Ok(response) => Ok(response.json().await?),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => {
                Err(ApiError::NoSuchUser(id))
            }
            Err(error) => Err(self.refused(error)),
        }
    }

    /// An order must not be placed twice: it is sent again only if it was certainly not processed.
    #[retryable(on = "refused", base = "5ms", before_retry = self.renew().await?)]
    async fn order(&mut self, item: &str) -> Result<(), ApiError> {
        let request = self.client.post(format!("{}/orders", self.base));
        let request = request.bearer_auth(&self.token).body(item.to_owned());
        let sent = request.send_checked().await;
        sent.map(drop).map_err(|error| self.refused(error))
    }

    fn refused(&mut self, error: http::Error) -> ApiError {
        self.expired = error.status() == Some(StatusCode::UNAUTHORIZED);
        if self.expired {
            return ApiError::Expired;
        }
        ApiError::Http(error)
    }

    /// Runs before each retry. Renews the token if it was the reason.
    async fn renew(&mut self) -> Result<(), ApiError> {
        if std::mem::take(&mut self.expired) {
            let request = self.client.post(format!("{}/token", self.base));
            self.token = request.send_checked().await?.text().await?;
            println!("the token was renewed");
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::script([
        // The user.
        reply(401),
        reply(200).body("fresh"),
        reply(503).header("retry-after-ms", "20"),
        reset(),
        reply(200).body("{\"id\": 7, \"name\": \"Ada\"}"),
        // A user who does not exist.
        reply(404),
        // The order.
        reply(429),
        reset(),
    ]);
    let mut api = Api {
        client: Client::builder().no_proxy().build()?,
        base: server.url(),
        token: "stale".to_owned(),
        expired: false,
    };

    let ada = api.user(7).await?;
    println!("{ada:?}");
    assert_eq!((ada.id, ada.name.as_str()), (7, "Ada"));

    let missing = api.user(8).await.unwrap_err();
    println!("{missing}");
    assert_eq!(missing.classify(), Class::Permanent);

    let order = api.order("apples").await.unwrap_err();
    println!("the order may have been placed: {order}");
    assert_eq!(order.classify(), Class::Ambiguous);

    // Every request after the new token carries it. `finish` fails unless each reply was used once.
    let requests = server.finish();
    let tokens = requests.iter().map(|seen| seen.header("authorization"));
    let tokens: Vec<_> = tokens.map(Option::unwrap_or_default).collect();
    assert_eq!(tokens[0], "Bearer stale");
    assert!(tokens[2..].iter().all(|token| *token == "Bearer fresh"));
    Ok(())
}
