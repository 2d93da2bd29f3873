//! Downloads of nginx' static files, over connections that do not last.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::RequestBuilder;
use retry_core::{NoDelay, Policy};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use super::Nginx;
use crate::files::file;
use crate::server::{builder, client};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(8);

/// Forwards connections to a port, and closes each after so many bytes of responses; those after the
/// last number live on.
async fn cutting(port: u16, cuts: &[u64]) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let (counted, cuts) = (connections.clone(), cuts.to_vec());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let cut = cuts.get(number).copied().unwrap_or(u64::MAX);
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::spawn(pass(client, server, cut));
        }
    });
    (own, connections)
}

/// Either side may go away first.
async fn pass(mut client: TcpStream, mut server: TcpStream, cut: u64) {
    let (mut from_client, mut to_client) = client.split();
    let (from_server, mut to_server) = server.split();
    let answers = async {
        let _ = copy(&mut from_server.take(cut), &mut to_client).await;
        let _ = to_client.shutdown().await;
    };
    tokio::select! {
        () = answers => {}
        _ = copy(&mut from_client, &mut to_server) => {}
    }
}

async fn download(request: RequestBuilder) -> (Result<u64, Error>, Vec<u8>) {
    let mut written = Vec::new();
    let outcome = request.retry(&POLICY).download(&mut written).await;
    (outcome, written)
}

fn at(port: u16, path: &str) -> String {
    format!("http://127.0.0.1:{port}/{path}")
}

#[tokio::test]
async fn files_of_every_size_arrive_whole_however_often_they_are_cut() {
    let Some(nginx) = Nginx::start("", "").await else {
        return;
    };
    for size in [0, 1, 1000, 100_000, 5_000_000] {
        let content = file(size, 0);
        nginx.write("file", &content);
        let length = size as u64;
        // The first cut is within the head, or just after it.
        let cuts = [100, 300, 300 + length / 3, 300 + length / 7];
        let (port, connections) = cutting(nginx.http, &cuts).await;
        let (outcome, written) = download(client().get(at(port, "file"))).await;
        assert_eq!(outcome.unwrap(), length);
        assert!(written == content);
        assert!(
            connections.load(Ordering::SeqCst) > 1 || size == 0,
            "{size}"
        );
    }
}

#[tokio::test]
async fn a_range_of_the_callers_is_continued() {
    let Some(nginx) = Nginx::start("", "").await else {
        return;
    };
    let content = file(100_000, 0);
    nginx.write("file", &content);
    let cases: [(&str, Bytes); 3] = [
        ("bytes=1000-", content.slice(1000..)),
        ("bytes=1000-60999", content.slice(1000..61_000)),
        ("bytes=-50000", content.slice(50_000..)),
    ];
    for (range, part) in cases {
        let (port, connections) = cutting(nginx.http, &[10_000, 20_000]).await;
        let request = client().get(at(port, "file")).header("range", range);
        let (outcome, written) = download(request).await;
        assert_eq!(outcome.unwrap(), part.len() as u64, "{range}");
        assert!(written == part, "{range}");
        assert_eq!(connections.load(Ordering::SeqCst), 3);
    }
}

#[tokio::test]
async fn a_date_that_is_old_enough_stands_in_for_a_tag() {
    let Some(nginx) = Nginx::start("", "etag off;").await else {
        return;
    };
    let content = file(100_000, 0);
    nginx.write("file", &content);
    let (port, _) = cutting(nginx.http, &[10_000]).await;
    let (outcome, written) = download(client().get(at(port, "file"))).await;
    let error = outcome.unwrap_err();
    assert_eq!(
        error.explain().rule,
        "the ETag or Last-Modified is too weak to join parts"
    );
    assert_eq!(error.bytes_written(), Some(written.len() as u64));
    assert!(content.starts_with(&written));

    nginx.modified("file", SystemTime::now() - Duration::from_secs(3600));
    let (port, _) = cutting(nginx.http, &[10_000]).await;
    let (outcome, written) = download(client().get(at(port, "file"))).await;
    assert_eq!(outcome.unwrap(), 100_000);
    assert!(written == content);
}

#[tokio::test]
async fn a_file_that_changes_in_between_is_not_joined() {
    let Some(nginx) = Nginx::start("", "location = /whole { max_ranges 0; }").await else {
        return;
    };
    let old = file(100_000, 0);
    nginx.write("file", &old);
    let (port, _) = cutting(nginx.http, &[10_000]).await;
    let request = client().get(at(port, "file"));
    let mut written = Vec::new();
    let changing = request
        .retry(&POLICY)
        .on_retry(|_| nginx.write("file", file(100_001, 1)));
    let error = changing.download(&mut written).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResumeRefused);
    assert_eq!(error.bytes_written(), Some(written.len() as u64));
    assert!(!written.is_empty() && old.starts_with(&written));

    nginx.write("whole", &old);
    let (port, _) = cutting(nginx.http, &[10_000]).await;
    let (outcome, written) = download(client().get(at(port, "whole"))).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ResumeRefused);
    assert!(!written.is_empty() && old.starts_with(&written));
}

/// nginx compresses what it is allowed to; the download does not allow it.
#[tokio::test]
async fn a_file_that_could_be_compressed_is_not() {
    let locations = "gzip on; gzip_min_length 1; gzip_types *;";
    let Some(nginx) = Nginx::start("", locations).await else {
        return;
    };
    let content = "all the same ".repeat(10_000);
    nginx.write("file", &content);
    let (port, connections) = cutting(nginx.http, &[10_000]).await;
    let (outcome, written) = download(client().get(at(port, "file"))).await;
    assert_eq!(outcome.unwrap(), content.len() as u64);
    assert!(written == content.as_bytes());
    assert_eq!(connections.load(Ordering::SeqCst), 2);

    let zipped = client()
        .get(at(port, "file"))
        .header("accept-encoding", "gzip");
    let (outcome, written) = download(zipped).await;
    assert_eq!(outcome.unwrap(), content.len() as u64);
    assert!(written == content.as_bytes(), "decoded by reqwest");
}

#[tokio::test]
async fn a_body_is_continued_over_http_2_and_after_it_stalls() {
    let Some(nginx) = Nginx::start("", "limit_rate_after 200k; limit_rate 1k;").await else {
        return;
    };
    let content = file(500_000, 0);
    nginx.write("file", &content);
    let client = builder()
        .tls_certs_only([nginx.authority.clone()])
        .build()
        .unwrap();
    let policy = POLICY.attempt_timeout(Duration::from_millis(90));
    let mut written = Vec::new();
    let request = client.get(nginx.https("file")).retry(&policy);
    assert_eq!(request.download(&mut written).await.unwrap(), 500_000);
    assert!(written == content);
}
