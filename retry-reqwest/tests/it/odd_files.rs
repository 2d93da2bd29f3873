//! Files whose length is not what it seems: sent whole, or an error, in every form of a request.
#![cfg(target_os = "linux")]

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_LENGTH;
use retry_core::{NoDelay, Policy};
use retry_reqwest::testing::Server;
use retry_reqwest::{Error, ErrorKind, ReplayBody, RequestBuilderExt};

use crate::replay::file;
use crate::server::{bodies, client, ok};

static POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(2);

type Outcome = Result<(), Error>;

async fn awaited(method: Method, url: String, path: PathBuf) -> Outcome {
    let request = client().request(method, url).retry(&POLICY);
    let request = request.replay_body(ReplayBody::from_file(path));
    request.send().await.map(drop)
}

#[cfg(feature = "blocking")]
async fn blocking(method: Method, url: String, path: PathBuf) -> Outcome {
    use retry_reqwest::blocking::{ReplayBody, RequestBuilderExt};

    let send = |client: reqwest::blocking::Client| {
        let request = client.request(method, url).retry(&POLICY);
        let request = request.replay_body(ReplayBody::from_file(path));
        request.send().map(drop)
    };
    crate::blocking::blocking(send).await
}

#[cfg(feature = "tower")]
async fn layer(method: Method, url: String, path: PathBuf) -> Outcome {
    use retry_reqwest::{RetryLayer, RetrySettings};
    use tower::{Layer, ServiceExt};

    let settings = RetrySettings::new().replay_body(ReplayBody::from_file(path));
    let layer = RetryLayer::new(POLICY).settings_by(move |_| settings.clone());
    let request = client().request(method, url).build()?;
    layer.layer(client()).oneshot(request).await.map(drop)
}

#[cfg(feature = "middleware")]
async fn middleware(method: Method, url: String, path: PathBuf) -> Outcome {
    use retry_reqwest::{RetryMiddleware, RetrySettings};

    let settings = RetrySettings::new().replay_body(ReplayBody::from_file(path));
    let client = reqwest_middleware::ClientBuilder::new(client())
        .with(RetryMiddleware::new(POLICY))
        .build();
    let request = client.request(method, url).with_extension(settings);
    request.send().await.map(drop).map_err(|error| match error {
        reqwest_middleware::Error::Middleware(error) => error.downcast().unwrap(),
        reqwest_middleware::Error::Reqwest(error) => Error::from(error),
    })
}

/// Uploads the file in each form, and gives the outcomes.
async fn upload(method: &Method, url: &str, path: &Path) -> Vec<Outcome> {
    let (of, to) = (|| path.to_owned(), || url.to_owned());
    let mut outcomes = vec![awaited(method.clone(), to(), of()).await];
    #[cfg(feature = "blocking")]
    outcomes.push(blocking(method.clone(), to(), of()).await);
    #[cfg(feature = "tower")]
    outcomes.push(layer(method.clone(), to(), of()).await);
    #[cfg(feature = "middleware")]
    outcomes.push(middleware(method.clone(), to(), of()).await);
    outcomes
}

#[tokio::test]
async fn what_is_no_regular_file_is_an_error_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    let cases = [
        (pipe.as_path(), "is a pipe"),
        (&link, "is a pipe"),
        (&socket, "is a socket or a device"),
        (Path::new("/dev/zero"), "is a socket or a device"),
        (folder.path(), "is a folder"),
    ];
    let server = Server::repeat_last([ok()]);
    for (path, what) in cases {
        for outcome in upload(&Method::PUT, &server.url(), path).await {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotReplayable, "{error:?}");
            let message = error.to_string();
            assert!(message.contains(what), "{message}");
            let advice = message.contains("use `ReplayBody::buffered`");
            assert_eq!(advice, what != "is a folder", "{message}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_says_to_be_empty_and_is_not_is_sent_whole() {
    let path = Path::new("/proc/self/cmdline");
    let content = std::fs::read(path).unwrap();
    assert!(!content.is_empty() && path.metadata().unwrap().len() == 0);
    let server = Server::repeat_last([ok()]);
    for outcome in upload(&Method::PUT, &server.url(), path).await {
        outcome.unwrap();
    }
    for seen in server.requests() {
        assert!(seen.has_body(&content));
        assert_eq!(seen.headers.get(CONTENT_LENGTH), None);
    }
}

#[tokio::test]
async fn an_empty_file_announces_its_length() {
    let empty = file(b"");
    for method in [Method::PUT, Method::POST] {
        let server = Server::repeat_last([ok()]);
        let outcomes = upload(&method, &server.url(), empty.path()).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        for seen in server.requests() {
            assert_eq!(seen.headers[CONTENT_LENGTH], "0", "{method}");
        }
        assert_eq!(server.requests().len(), outcomes.len());
    }
}

#[tokio::test]
async fn other_empty_bodies_of_known_length_announce_it_too() {
    let bodies = [
        ReplayBody::from_bytes(""),
        ReplayBody::from_fn(|| reqwest::Body::from("")),
    ];
    for body in bodies {
        let server = Server::repeat_last([ok()]);
        let request = client().put(server.url()).retry(&POLICY);
        request.replay_body(body).send().await.unwrap();
        assert_eq!(server.requests()[0].headers[CONTENT_LENGTH], "0");
    }
}

#[tokio::test]
async fn a_link_to_a_file_is_that_file() {
    let (folder, file) = (tempfile::tempdir().unwrap(), file(b"whole"));
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(file.path(), &link).unwrap();
    let server = Server::repeat_last([ok()]);
    for outcome in upload(&Method::PUT, &server.url(), &link).await {
        outcome.unwrap();
    }
    for seen in server.requests() {
        assert!(seen.has_body("whole"));
        assert_eq!(seen.headers[CONTENT_LENGTH], "5");
    }
}

/// More than the buffers of a connection hold, so that the file is not sent before it changes.
const LARGE: u64 = 64 << 20;

/// Reads one request after `change`, and says how many bytes of its body came.
fn reading(listener: &TcpListener, change: impl FnOnce()) -> u64 {
    let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    change();
    let mut read = 0;
    let mut piece = vec![0; 1 << 20];
    while read < LARGE {
        match stream.read(&mut piece) {
            Ok(length) if length > 0 => read += length as u64,
            _ => return read,
        }
    }
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    read
}

async fn changed(longer: bool) {
    let message = if longer {
        "the file became longer while it was sent"
    } else {
        "the file became shorter while it was sent"
    };
    let uploads = [
        |url, path| tokio::spawn(awaited(Method::PUT, url, path)),
        #[cfg(feature = "blocking")]
        |url, path| tokio::spawn(blocking(Method::PUT, url, path)),
    ];
    for upload in uploads {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(LARGE).unwrap();
        let path = file.path().to_owned();
        // Not the server of the test kit: the file changes while this one has read only a part of it.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            let length = if longer { LARGE + 1 } else { LARGE / 2 };
            reading(&listener, || file.set_len(length).unwrap())
        });
        let outcome = upload(url, file.path().to_owned()).await.unwrap();
        let read = server.join().unwrap();
        assert!(read < LARGE, "{read} bytes of {LARGE} came");
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotReplayable, "{error:?}");
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_becomes_longer_while_it_is_sent_fails_the_attempt() {
    changed(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_becomes_shorter_while_it_is_sent_fails_the_attempt() {
    changed(false).await;
}

/// All of tokio's blocking threads are taken, so that no file can be opened.
#[test]
fn a_file_that_cannot_be_opened_in_time_is_cut_off_and_holds_nothing_else_up() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let file = file(b"whole");
    runtime.block_on(async {
        let server = Server::repeat_last([ok()]);
        let (free, taken) = std::sync::mpsc::channel::<()>();
        let thread = tokio::task::spawn_blocking(move || taken.recv());
        let policy = POLICY.attempt_timeout(Duration::from_millis(20));
        let upload = || {
            let request = client().put(server.url()).retry(&policy);
            request.replay_body(ReplayBody::from_file(file.path()))
        };
        let (outcome, report) = upload().report().send().await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(
            error.url().map(reqwest::Url::as_str),
            Some(&*(server.url() + "/"))
        );
        assert_eq!(report.attempts, 2);
        #[cfg(feature = "tower")]
        {
            use retry_reqwest::{RetryLayer, RetrySettings};
            use tower::{Layer, ServiceExt};

            let settings = RetrySettings::new().replay_body(ReplayBody::from_file(file.path()));
            let layer = RetryLayer::new(policy).settings_by(move |_| settings.clone());
            let request = client().put(server.url()).build().unwrap();
            let error = layer.layer(client()).oneshot(request).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
        }
        assert!(server.requests().is_empty());
        drop(free);
        let _ = thread.await;
        let patient = POLICY.attempt_timeout(Duration::from_secs(5));
        let request = client().put(server.url()).retry(&patient);
        let request = request.replay_body(ReplayBody::from_file(file.path()));
        request.send().await.unwrap();
        assert_eq!(bodies(&server), [Some("whole".into())]);
    });
}
