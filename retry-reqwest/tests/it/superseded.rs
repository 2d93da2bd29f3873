//! An upload that a retry has overtaken: nothing of it is left, on either side.
//!
//! The tests read and respond themselves, because the order of both is what they are about.

use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use retry_core::Policy;
use retry_reqwest::{ReplayBody, RequestBuilderExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::server::{client, read_head};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(2);
const PATIENCE: Duration = Duration::from_secs(5);

/// What still comes on this connection until its other side closes it.
async fn rest(mut connection: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, connection.read_to_end(&mut rest)).await;
    // Closed in good order, or reset: either ends the upload.
    let _ = closed.expect("the connection of an attempt that is over stays open");
    rest
}

async fn chunk(connection: &mut TcpStream, expected: &str) {
    let expected = format!("{:X}\r\n{expected}\r\n", expected.len());
    let mut chunk = vec![0; expected.len()];
    connection.read_exact(&mut chunk).await.unwrap();
    assert_eq!(String::from_utf8(chunk).unwrap(), expected);
}

/// The first attempt gets a response while its upload waits for more, which comes once the second one has
/// begun, as it does if `more` is sent.
async fn overtaken(more: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<io::Result<Bytes>>();
    send.send(Ok("first".into())).unwrap();
    let stream = stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|item| (item, receive))
    });
    let body = ReplayBody::buffered(stream, 1024);
    let call = tokio::spawn(async move {
        let request = client().put(url).retry(&POLICY).replay_body(body);
        request.send().await.map(|response| response.status())
    });

    let (mut old, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    read_head(&mut old).await.unwrap();
    chunk(&mut old, "first").await;
    // Its length is said, so that nothing but the upload is in progress.
    old.write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();

    let (mut new, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    read_head(&mut new).await.unwrap();
    chunk(&mut new, "first").await;
    if more {
        send.send(Ok("second".into())).unwrap();
        chunk(&mut new, "second").await;
    }
    // The old upload has stopped, with nothing sent after it was overtaken, not even its end.
    assert_eq!(String::from_utf8(rest(old).await).unwrap(), "");

    if !more {
        send.send(Ok("second".into())).unwrap();
        chunk(&mut new, "second").await;
    }
    drop(send);
    let mut end = [0; 5];
    new.read_exact(&mut end).await.unwrap();
    assert_eq!(&end, b"0\r\n\r\n");
    new.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(
        timeout(PATIENCE, call).await.unwrap().unwrap().unwrap(),
        200
    );
}

#[tokio::test]
async fn an_upload_that_waits_for_its_stream_is_closed_once_it_is_overtaken() {
    overtaken(false).await;
}

#[tokio::test]
async fn an_upload_that_was_overtaken_gets_nothing_of_what_still_comes() {
    overtaken(true).await;
}

#[tokio::test]
async fn an_upload_is_closed_when_its_call_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let first = stream::once(async { io::Result::Ok("first") });
    let stream = stream::StreamExt::chain(first, stream::once(pending()));
    let body = ReplayBody::buffered(stream, 1024);
    let call = tokio::spawn(async move {
        let request = client().put(url).retry(&POLICY).replay_body(body);
        request.send().await.map(|response| response.status())
    });
    let (mut connection, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    read_head(&mut connection).await.unwrap();
    chunk(&mut connection, "first").await;
    call.abort();
    assert_eq!(rest(connection).await, b"");
}
