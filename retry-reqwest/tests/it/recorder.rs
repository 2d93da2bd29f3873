//! A server that remembers what it was sent, and whether bodies came whole.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What becomes of one request. The last of a script is repeated for ever.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Reads the body to its end, and answers.
    Status(u16, &'static [(&'static str, &'static str)]),
    /// Answers without waiting for the body.
    Early(u16),
    /// Sends the client on to this URL.
    Redirect(String),
    /// Closes the connection once so many bytes of the body have come.
    CloseAfter(usize),
}

pub(crate) const OK: Reply = Reply::Status(200, &[]);
pub(crate) const BUSY: Reply = Reply::Status(503, &[("retry-after-ms", "1")]);

/// One request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// `None` where it broke off, or was not waited for.
    pub(crate) body: Option<Bytes>,
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Recorder {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Recorder {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let script: Arc<[Reply]> = script.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, counter) = (Arc::clone(&seen), Arc::clone(&connections));
        let requests = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                let requests = Arc::clone(&requests);
                let service = hyper::service::service_fn(move |request| {
                    let number = requests.fetch_add(1, Ordering::SeqCst);
                    let reply = script.get(number).or(script.last()).cloned();
                    answer(request, reply.unwrap_or(OK), Arc::clone(&log))
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self {
            url,
            seen,
            connections,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn bodies(&self) -> Vec<Option<Bytes>> {
        self.seen().into_iter().map(|seen| seen.body).collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Answer = Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>>;

async fn answer(request: Request<Incoming>, reply: Reply, log: Arc<Mutex<Vec<Seen>>>) -> Answer {
    let (head, mut body) = request.into_parts();
    let record = |body| {
        log.lock().unwrap().push(Seen {
            method: head.method.clone(),
            path: head.uri.to_string(),
            headers: head.headers.clone(),
            body,
        });
    };
    let mut response = Response::new(Full::from("answer"));
    match reply {
        Reply::Status(status, headers) => {
            let whole = body.collect().await.map(Collected::to_bytes);
            record(whole.as_ref().ok().cloned());
            whole?;
            *response.status_mut() = StatusCode::from_u16(status)?;
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse()?);
            }
        }
        Reply::Early(status) => {
            record(None);
            *response.status_mut() = StatusCode::from_u16(status)?;
        }
        Reply::Redirect(url) => {
            record(None);
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            response.headers_mut().insert("location", url.parse()?);
        }
        Reply::CloseAfter(bytes) => {
            let mut seen = 0;
            while let (true, Some(frame)) = (seen < bytes, body.frame().await) {
                seen += frame?.into_data().map_or(0, |data| data.len());
            }
            record(None);
            return Err("enough".into());
        }
    }
    Ok(response)
}
