//! A server whose responses a function makes, and the forms in which a request can reach it.

use bytes::Bytes;
use http_body_util::Full;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use retry_core::Policy;
use retry_reqwest::testing::{Recorded, Reply, Server};
use retry_reqwest::{Error, ReplayBody, RequestBuilderExt, RetryClient};

pub(crate) const POLICY: Policy =
    Policy::exponential(std::time::Duration::from_millis(1)).max_attempts(4);

/// A server whose replies a function makes.
#[derive(Debug)]
pub(crate) struct Site(Server);

impl Site {
    /// `reply` is called with the number of requests that came before.
    pub(crate) fn start<F>(reply: F) -> Self
    where
        F: Fn(usize, &Recorded) -> Reply + Send + Sync + 'static,
    {
        Self(Server::respond_with(reply))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.0.url() + path
    }

    pub(crate) fn seen(&self) -> Vec<Recorded> {
        self.0.requests()
    }

    pub(crate) fn count(&self, method: &Method) -> usize {
        let seen = self.seen();
        seen.iter().filter(|seen| seen.method == method).count()
    }

    /// The bodies that arrived at this path.
    pub(crate) fn bodies(&self, path: &str) -> Vec<Bytes> {
        let seen = self.seen().into_iter().filter(|seen| seen.path == path);
        seen.map(|seen| seen.body).collect()
    }
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `send_checked` in `policy.run`, the reading of the body included.
    Checked,
    /// `request.retry(&policy)`.
    Retry,
    /// A `RetryClient`.
    RetryClient,
    /// `download`.
    Download,
    #[cfg(feature = "middleware")]
    Middleware,
    #[cfg(feature = "tower")]
    Layer,
    /// `retry` of a blocking request.
    #[cfg(feature = "blocking")]
    Blocking,
    /// `send_checked` of a blocking request, in `policy.run_blocking`.
    #[cfg(feature = "blocking")]
    BlockingChecked,
}

impl Form {
    pub(crate) const ALL: &[Self] = &[
        Self::Checked,
        Self::Retry,
        Self::RetryClient,
        Self::Download,
        #[cfg(feature = "middleware")]
        Self::Middleware,
        #[cfg(feature = "tower")]
        Self::Layer,
        #[cfg(feature = "blocking")]
        Self::Blocking,
        #[cfg(feature = "blocking")]
        Self::BlockingChecked,
    ];

    /// Those that can make a body again.
    pub(crate) fn replays(self) -> bool {
        #[cfg(feature = "blocking")]
        if self == Self::BlockingChecked {
            return false;
        }
        self != Self::Checked
    }

    /// Those that see when reqwest follows a redirect.
    pub(crate) fn sees_redirects(self) -> bool {
        #[cfg(feature = "blocking")]
        if self == Self::Blocking {
            return false;
        }
        true
    }

    /// Those that tell a proxy that is down from a redirect to a host that is down.
    pub(crate) fn knows_proxies(self, sent: &Sent) -> bool {
        let own = [
            Self::Checked,
            Self::Retry,
            Self::RetryClient,
            Self::Download,
        ];
        #[cfg(feature = "blocking")]
        if [Self::Blocking, Self::BlockingChecked].contains(&self) {
            return false;
        }
        // The error of a middleware is a plain one of reqwest, which does not tell them apart.
        #[cfg(feature = "middleware")]
        if self == Self::Middleware {
            return false;
        }
        own.contains(&self) || matches!(sent, Sent::Bytes(_))
    }
}

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Nothing,
    /// On the request itself.
    Bytes(&'static str),
    /// By a `ReplayBody`, from a file.
    File(std::path::PathBuf),
    /// By a `ReplayBody`, made for each attempt as something that reqwest cannot clone.
    Made(&'static str),
    /// By a `ReplayBody`, from a stream.
    Buffered(&'static str),
}

impl Sent {
    fn replay(&self) -> Option<ReplayBody> {
        match self.clone() {
            Self::Nothing | Self::Bytes(_) => None,
            Self::File(path) => Some(ReplayBody::from_file(path)),
            Self::Made(text) => Some(ReplayBody::from_fn(move || {
                reqwest::Body::wrap(Full::new(Bytes::from_static(text.as_bytes())))
            })),
            Self::Buffered(text) => {
                let pieces = futures_util::stream::iter([std::io::Result::Ok(text)]);
                Some(ReplayBody::buffered(pieces, 1000))
            }
        }
    }

    #[cfg(feature = "blocking")]
    fn replay_blocking(&self) -> Option<retry_reqwest::blocking::ReplayBody> {
        use retry_reqwest::blocking::ReplayBody;
        match self.clone() {
            Self::Nothing | Self::Bytes(_) => None,
            Self::File(path) => Some(ReplayBody::from_file(path)),
            Self::Made(text) => Some(ReplayBody::from_fn(move || {
                let reader = std::io::Cursor::new(text);
                Ok::<_, std::io::Error>(reqwest::blocking::Body::new(reader))
            })),
            Self::Buffered(text) => Some(ReplayBody::buffered(std::io::Cursor::new(text), 1000)),
        }
    }
}

/// The body of the response, or the failure; a failed response that comes back is one.
pub(crate) async fn send(
    form: Form,
    client: impl std::borrow::Borrow<Client>,
    method: Method,
    url: String,
    headers: HeaderMap,
    sent: Sent,
) -> Result<String, Error> {
    let client: &Client = client.borrow();
    let request = || {
        let request = client
            .request(method.clone(), &url)
            .headers(headers.clone());
        match sent {
            Sent::Bytes(body) => request.body(body),
            _ => request,
        }
    };
    let settings = || {
        let settings = retry_reqwest::RetrySettings::new();
        match sent.replay() {
            Some(body) => settings.replay_body(body),
            None => settings,
        }
    };
    match form {
        Form::Checked => {
            POLICY
                .run(async || request().send_checked().await?.text().await)
                .await
        }
        Form::Retry => {
            let mut call = request().retry(&POLICY);
            if let Some(body) = sent.replay() {
                call = call.replay_body(body);
            }
            call.send().await?.text().await
        }
        Form::RetryClient => {
            let client = RetryClient::new(client.clone(), POLICY);
            let mut call = client.request(method.clone(), &url).with(|_| request());
            if let Some(body) = sent.replay() {
                call = call.replay_body(body);
            }
            call.text().await
        }
        Form::Download => {
            let mut call = request().retry(&POLICY);
            if let Some(body) = sent.replay() {
                call = call.replay_body(body);
            }
            let mut written = Vec::new();
            call.download(&mut written).await?;
            Ok(String::from_utf8(written).unwrap())
        }
        #[cfg(feature = "middleware")]
        Form::Middleware => {
            let stack = reqwest_middleware::ClientBuilder::new(client.clone())
                .with(retry_reqwest::RetryMiddleware::new(POLICY))
                .build();
            let request = request().build().unwrap();
            let mut extensions = http::Extensions::new();
            extensions.insert(settings());
            let response = stack
                .execute_with_extensions(request, &mut extensions)
                .await;
            let response = response.map_err(|error| match error {
                reqwest_middleware::Error::Reqwest(error) => Error::from(error),
                reqwest_middleware::Error::Middleware(error) => error.downcast().unwrap(),
            })?;
            Ok(response.error_for_status()?.text().await?)
        }
        #[cfg(feature = "tower")]
        Form::Layer => {
            use tower::{Layer, ServiceExt};
            let settings = settings();
            let layer = retry_reqwest::RetryLayer::new(POLICY);
            let layer = layer.settings_by(move |_| settings.clone());
            let response = layer
                .layer(client.clone())
                .oneshot(request().build().unwrap())
                .await?;
            Ok(response.error_for_status()?.text().await?)
        }
        #[cfg(feature = "blocking")]
        Form::Blocking | Form::BlockingChecked => {
            let built = request().build().unwrap();
            tokio::task::spawn_blocking(move || blocking(form, &built, &sent))
                .await
                .unwrap()
        }
    }
}

/// Of the two blocking forms, `BlockingChecked` has a client whose redirect policy is wrapped.
#[cfg(feature = "blocking")]
fn blocking(form: Form, built: &reqwest::Request, sent: &Sent) -> Result<String, Error> {
    use retry_reqwest::blocking::RequestBuilderExt;

    let mut client = reqwest::blocking::Client::builder()
        .no_proxy()
        .tls_certs_only([]);
    if form == Form::BlockingChecked {
        client = client.redirect(retry_reqwest::redirects(
            reqwest::redirect::Policy::default(),
        ));
    }
    let client = client.build().unwrap();
    let request = || {
        let request = client.request(built.method().clone(), built.url().clone());
        let request = request.headers(built.headers().clone());
        match sent {
            Sent::Bytes(body) => request.body(*body),
            _ => request,
        }
    };
    if form == Form::BlockingChecked {
        return POLICY.run_blocking(|| request().send_checked()?.text());
    }
    let mut call = request().retry(&POLICY);
    if let Some(body) = sent.replay_blocking() {
        call = call.replay_body(body);
    }
    call.text()
}
