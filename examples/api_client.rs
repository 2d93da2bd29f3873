//! A typed client of an API that many tasks share: one of them renews the expired token for all, and a list of pages
//! resumes at the page that failed.
//!
//!     cargo run -p examples --example api_client

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use retryable::http::testing::{Server, cut_after, reply, reset};
use retryable::http::{self, RequestBuilderExt};
use retryable::{Class, Classify, retryable};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct User {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Page {
    users: Vec<User>,
    /// The path of the next page.
    next: Option<String>,
}

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    #[error("the token has expired")]
    #[classify(refused)] // not processed; the next attempt has a new token
    Expired,

    #[error(transparent)]
    #[classify(inner)] // knows the status, its hints and the method
    Http(#[from] http::Error),
}

struct Api {
    client: Client,
    base: String,
    /// `None` if the token has expired. The lock is held while it is renewed, so that other callers wait for the result.
    token: tokio::sync::Mutex<Option<Arc<str>>>,
}

#[retryable(max = 5, base = "5ms")]
impl Api {
    #[retryable]
    async fn user(&self, id: u64) -> Result<User, ApiError> {
        let request = self.client.get(format!("{}/users/{id}", self.base));
        Ok(self.send(request).await?.json().await?)
    }

    #[retryable]
    async fn page(&self, path: &str) -> Result<Page, ApiError> {
        let request = self.client.get(format!("{}{path}", self.base));
        Ok(self.send(request).await?.json().await?)
    }

    /// An order must not be placed twice: it is sent again only if it was certainly not processed.
    #[retryable(on = "refused")]
    async fn order(&self, item: &str) -> Result<(), ApiError> {
        let request = self.client.post(format!("{}/orders", self.base));
        self.send(request.body(item.to_owned())).await.map(drop)
    }

    /// Getting two new tokens does no harm, so it is repeated even if the first one may have been issued.
    #[retryable(on = "ambiguous")]
    async fn new_token(&self) -> Result<String, http::Error> {
        let request = self.client.post(format!("{}/token", self.base));
        request.send_checked().await?.text().await
    }

    async fn send(&self, request: RequestBuilder) -> Result<http::Response, ApiError> {
        let token = self.token().await?;
        match request.bearer_auth(&token).send_checked().await {
            Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
                let mut current = self.token.lock().await;
                // Unless another caller has renewed it since.
                if current.as_ref() == Some(&token) {
                    *current = None;
                }
                Err(ApiError::Expired)
            }
            sent => Ok(sent?),
        }
    }

    async fn token(&self) -> Result<Arc<str>, ApiError> {
        let mut current = self.token.lock().await;
        let token = match current.take() {
            Some(token) => token,
            None => self.new_token().await?.into(),
        };
        Ok(Arc::clone(current.insert(token)))
    }
}

/// All users, page by page.
struct Users<'a> {
    api: &'a Api,
    next: Option<String>,
}

impl Users<'_> {
    /// Returns the users of the next page. After an error, the next call requests the same page.
    async fn next(&mut self) -> Result<Option<Vec<User>>, ApiError> {
        let Some(path) = &self.next else {
            return Ok(None);
        };
        let page = self.api.page(path).await?;
        self.next = page.next;
        Ok(Some(page.users))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = serve();
    let api = Arc::new(Api {
        client: Client::builder().no_proxy().build()?,
        base: server.url(),
        token: tokio::sync::Mutex::new(Some("stale".into())),
    });

    let mut tasks = tokio::task::JoinSet::new();
    for id in 1..=50 {
        let api = Arc::clone(&api);
        tasks.spawn(async move { api.user(id).await });
    }
    while let Some(user) = tasks.join_next().await {
        assert!((1..=50).contains(&user??.id));
    }
    // The first request for a token was reset.
    let tokens = count(&server, "/token");
    println!("50 callers had an expired token, and sent {tokens} requests for a new one");
    assert_eq!(tokens, 2);

    let mut ids = Vec::new();
    let mut users = Users {
        api: &api,
        next: Some("/users?page=1".to_owned()),
    };
    // The server is down while page 3 is requested. The pages before it are not requested again.
    for run in 1..=2 {
        let outcome = loop {
            match users.next().await {
                Ok(Some(page)) => ids.extend(page.into_iter().map(|user| user.id)),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        match &outcome {
            Ok(()) => println!("run {run}: users {ids:?}"),
            Err(error) => println!("run {run}: users {ids:?}, then: {error}"),
        }
        assert_eq!(outcome.is_ok(), run == 2);
    }
    assert_eq!(ids, [1, 2, 3]);
    let pages = [1, 2, 3].map(|page| count(&server, &format!("/users?page={page}")));
    assert_eq!(pages, [1, 2, 6]);

    let order = api.order("apples").await.unwrap_err();
    println!("the order may have been placed: {order}");
    assert_eq!(order.classify(), Class::Ambiguous);
    assert_eq!(count(&server, "/orders"), 2);
    Ok(())
}

fn count(server: &Server, path: &str) -> usize {
    let requests = server.requests();
    requests.iter().filter(|seen| seen.path == path).count()
}

fn serve() -> Server {
    let seen = Mutex::new(HashMap::new());
    Server::respond_with(move |_, request| {
        let path = request.path.as_str();
        if path != "/token" && request.header("authorization") != Some("Bearer fresh") {
            return reply(401);
        }
        let mut seen = seen.lock().expect("no reply panics");
        let number = seen.entry(path.to_owned()).or_insert(0);
        *number += 1;
        match (path, *number) {
            ("/token", 1) | ("/orders", 2) => reset(),
            ("/token", _) => reply(200).body("fresh").after(Duration::from_millis(20)),
            ("/orders", _) => reply(429),
            ("/users/7", 1) | ("/users?page=3", ..=5) => reply(503),
            ("/users?page=1", _) => {
                reply(200).body(r#"{"users": [{"id": 1}], "next": "/users?page=2"}"#)
            }
            ("/users?page=2", 1) => cut_after(10, r#"{"users": [{"id": 2}]}"#),
            ("/users?page=2", _) => {
                reply(200).body(r#"{"users": [{"id": 2}], "next": "/users?page=3"}"#)
            }
            ("/users?page=3", _) => reply(200).body(r#"{"users": [{"id": 3}]}"#),
            _ => reply(200).body(format!(r#"{{"id": {}}}"#, path.replace("/users/", ""))),
        }
    })
}
