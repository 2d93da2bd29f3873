//! Downloads that redirects lead elsewhere: no byte comes from there, and no secret goes there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use retry_reqwest::RequestBuilderExt;

use crate::download::POLICY;
use crate::files::{End, FileServer, Reply, file};
use crate::lies::assert_refused;
use crate::server::client;

const TAG: &str = "\"v1\"";

/// The file is served by another server than the one that is asked.
fn redirecting(hosts: usize) -> (FileServer, Vec<FileServer>) {
    let mut others = Vec::new();
    for _ in 0..hosts {
        let cuts = AtomicU16::new(40);
        let other = FileServer::start(move |_, asked| {
            let reply = Reply::honest(asked, &file(100, 0), TAG);
            match cuts.swap(100, Ordering::SeqCst) {
                40 => reply.cut(40, End::Close),
                _ => reply,
            }
        });
        others.push(other);
    }
    let places: Arc<[String]> = others.iter().map(FileServer::url).collect();
    let entry = FileServer::start(move |number, _| {
        let place = &places[number % places.len()];
        Reply::status(302).with("location", &format!("{place}?signed={number}"))
    });
    (entry, others)
}

#[tokio::test]
async fn a_resume_follows_redirects_to_where_the_beginning_came_from() {
    let (entry, others) = redirecting(1);
    let request = client().get(entry.url()).bearer_auth("secret");
    let request = request.header("cookie", "secret").retry(&POLICY);
    let mut written = Vec::new();
    assert_eq!(request.download(&mut written).await.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    assert_eq!(others[0].ranges(), [None, Some("bytes=40-".to_owned())]);
    for asked in others[0].seen() {
        assert_eq!(
            (asked.header("authorization"), asked.header("cookie")),
            (None, None)
        );
    }
    for asked in entry.seen() {
        assert_eq!(asked.header("authorization"), Some("Bearer secret"));
    }
}

#[tokio::test]
async fn a_resume_on_another_host_writes_no_byte_and_sends_no_secret() {
    let (entry, others) = redirecting(2);
    let url = entry.url().replace("http://", "http://secret:secret@");
    let request = client().get(url).header("cookie", "secret").retry(&POLICY);
    let mut written = Vec::new();
    let outcome = request.download(&mut written).await;
    let error = outcome.as_ref().unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("secret"),
        "{error:?}"
    );
    assert!(
        !format!("{error} {error:?}").contains("signed"),
        "{error:?}"
    );
    assert_refused(
        outcome,
        &written,
        40,
        "redirects led to another place than before",
    );
    for asked in others.iter().flat_map(FileServer::seen) {
        assert_eq!(
            (asked.header("authorization"), asked.header("cookie")),
            (None, None)
        );
    }
    assert_eq!(
        entry.seen()[1].header("authorization"),
        entry.seen()[0].header("authorization")
    );
}

#[tokio::test]
async fn a_resume_that_is_sent_to_another_host_takes_no_secret_along() {
    let other = FileServer::start(|_, asked| Reply::honest(asked, &file(100, 0), TAG));
    let place = other.url();
    let first = FileServer::start(move |number, asked| match number {
        0 => Reply::honest(asked, &file(100, 0), TAG).cut(40, End::Close),
        _ => Reply::status(307).with("location", &place),
    });
    let request = client().get(first.url()).bearer_auth("secret");
    let request = request.header("cookie", "secret").retry(&POLICY);
    let mut written = Vec::new();
    let outcome = request.download(&mut written).await;
    assert_refused(
        outcome,
        &written,
        40,
        "redirects led to another place than before",
    );
    let seen = other.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("range"), Some("bytes=40-"));
    assert_eq!(
        (seen[0].header("authorization"), seen[0].header("cookie")),
        (None, None)
    );
}
