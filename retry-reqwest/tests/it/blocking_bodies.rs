//! Bodies of blocking requests that are sent again: whole, or not at all.

use std::io::{self, Cursor, Read};

use reqwest::StatusCode;
use reqwest::blocking::Body;
use retry_core::{NoDelay, On, Policy};
use retry_reqwest::blocking::{ReplayBody, RequestBuilderExt};
use retry_reqwest::{Error, ErrorKind};

use retry_reqwest::testing::{Server, close};

use crate::blocking::blocking;
use crate::replay::{content, file};
use crate::server::{bodies, busy, ok};

/// Even what the class says not to repeat, so that it is the body that decides.
static STUBBORN: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(4).on(On::Any);

async fn put(server: &Server, body: ReplayBody) -> Result<StatusCode, Error> {
    let url = server.url();
    blocking(move |client| {
        let request = client.put(url).retry(&STUBBORN);
        Ok(request.replay_body(body).send()?.status())
    })
    .await
}

/// Gives a few bytes at a time, which do not fall in with the blocks of the copy.
struct Slow(Cursor<Vec<u8>>);

impl Slow {
    fn new(content: &[u8]) -> Self {
        Self(Cursor::new(content.to_vec()))
    }
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = buffer.len().min(1000);
        self.0.read(&mut buffer[..some])
    }
}

fn replays(content: &[u8]) -> Vec<(&'static str, ReplayBody, Option<tempfile::NamedTempFile>)> {
    let file = file(content);
    let bytes = content.to_vec();
    let make = move || Ok::<_, io::Error>(Body::new(Cursor::new(bytes.clone())));
    let slow = Slow::new(content);
    vec![
        ("bytes", ReplayBody::from_bytes(content.to_vec()), None),
        ("file", ReplayBody::from_file(file.path()), Some(file)),
        ("fn", ReplayBody::from_fn(make), None),
        ("buffered", ReplayBody::buffered(slow, content.len()), None),
    ]
}

#[tokio::test]
async fn every_attempt_sends_the_whole_body() {
    for length in [0, 1, 999, 16 * 1024, 300_000] {
        let content = content(length);
        for (name, body, _file) in replays(&content) {
            let server = Server::repeat_last([busy(), busy(), ok()]);
            assert_eq!(put(&server, body).await.unwrap(), 200, "{name}");
            assert_eq!(bodies(&server).len(), 3);
            for body in bodies(&server) {
                assert_eq!(body.unwrap(), content, "{name}, {length}");
            }
        }
    }
}

#[tokio::test]
async fn an_interrupted_upload_starts_again_from_its_first_byte() {
    let content = content(3_000_000);
    for (name, body, _file) in replays(&content) {
        let server =
            Server::repeat_last([close().read_at_most(500_000), close().read_at_most(1), ok()]);
        assert_eq!(put(&server, body).await.unwrap(), 200, "{name}");
        assert_eq!(
            bodies(&server),
            [None, None, Some(content.clone().into())],
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_is_transient() {
    let server = Server::repeat_last([close().read_at_most(500_000)]);
    let url = server.url();
    let errors = blocking(move |client| {
        let upload = Body::new(Cursor::new(content(3_000_000)));
        let put = client.put(&url).body(upload).send_checked();
        let upload = Body::new(Cursor::new(content(3_000_000)));
        let post = client.post(&url).body(upload).send_checked();
        [put.unwrap_err(), post.unwrap_err()]
    })
    .await;
    let classes = errors.map(|error| error.explain().class.to_string());
    assert_eq!(classes, ["transient", "ambiguous"]);
}

#[tokio::test]
async fn over_the_cap_the_attempt_under_way_finishes_and_no_other_follows() {
    let content = content(5000);
    let server = Server::repeat_last([busy(), ok()]);
    let error = put(&server, ReplayBody::buffered(Slow::new(&content), 4999)).await;
    assert_eq!(
        error.unwrap_err().status(),
        Some(StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(bodies(&server), [Some(content.into())]);
}

#[tokio::test]
async fn a_reader_that_fails_is_not_read_again() {
    struct Broken(bool);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("no more"));
            }
            buffer[..4].copy_from_slice(b"half");
            Ok(4)
        }
    }

    let server = Server::repeat_last([ok()]);
    let error = put(&server, ReplayBody::buffered(Broken(false), 1024)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(bodies(&server).iter().flatten().count(), 0);
    assert!(server.requests().len() <= 1);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_permanent_and_nothing_is_sent() {
    let server = Server::repeat_last([ok()]);
    let error = put(&server, ReplayBody::from_file("no such file")).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotReplayable);
    assert!(server.requests().is_empty());
}
