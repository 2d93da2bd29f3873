//! Calls that share one buffered body: the newest one gets the stream, and no other disturbs it.
//!
//! Where two calls overlap, the test reads and responds itself, because the order of both is what it is about.

use std::future::Future;
use std::io;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use retry_core::{NoDelay, On, Policy};
use retry_reqwest::testing::Server;
use retry_reqwest::{Error, ErrorKind, ReplayBody, RequestBuilderExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::server::{bodies, client, ok, read_head};

/// Even what the class says not to repeat, so that it is the body that decides.
const STUBBORN: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(4).on(On::Any);

async fn soon<F: Future>(future: F) -> F::Output {
    let patience = Duration::from_secs(5);
    timeout(patience, future).await.expect("nothing happens")
}

/// A stream whose items the test sends, and which reports each time that it is asked for one.
fn controlled() -> (
    UnboundedSender<io::Result<Bytes>>,
    UnboundedReceiver<()>,
    ReplayBody,
) {
    let (send, receive) = unbounded_channel();
    let (ask, asked) = unbounded_channel();
    let stream = stream::unfold((receive, ask), |(mut receive, ask)| async {
        let _ = ask.send(());
        receive.recv().await.map(|item| (item, (receive, ask)))
    });
    (send, asked, ReplayBody::buffered(stream, 1024))
}

fn put(url: &str, body: &ReplayBody) -> JoinHandle<Result<String, Error>> {
    let request = client().put(url).retry(&STUBBORN).replay_body(body.clone());
    tokio::spawn(async move { request.text().await })
}

fn assert_superseded(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::NotReplayable, "{error:?}");
    let message = "another call has begun to send the body of the request";
    assert_eq!(error.to_string(), message);
}

#[tokio::test]
async fn the_newest_of_several_calls_gets_the_stream() {
    for calls in [2, 3] {
        let server = Server::repeat_last([ok()]);
        let (send, mut asked, body) = controlled();
        send.send(Ok("first, ".into())).unwrap();
        let mut call = put(&server.url(), &body);
        // It has sent the first piece, and waits for the next one.
        soon(asked.recv()).await.unwrap();
        soon(asked.recv()).await.unwrap();
        for _ in 1..calls {
            let newer = put(&server.url(), &body);
            let older = std::mem::replace(&mut call, newer);
            assert_superseded(&soon(older).await.unwrap().unwrap_err());
        }
        send.send(Ok("second".into())).unwrap();
        drop(send);
        assert_eq!(soon(call).await.unwrap().unwrap(), "answer");
        let whole: Vec<_> = bodies(&server).into_iter().flatten().collect();
        assert_eq!(whole, ["first, second"]);
    }
}

#[tokio::test]
async fn calls_one_after_the_other_send_the_whole_body_each() {
    let server = Server::repeat_last([ok()]);
    let (send, _asked, body) = controlled();
    send.send(Ok("whole".into())).unwrap();
    drop(send);
    for _ in 0..3 {
        soon(put(&server.url(), &body)).await.unwrap().unwrap();
    }
    assert_eq!(bodies(&server), vec![Some(Bytes::from("whole")); 3]);
}

/// The connection of the older call, which has sent all of "whole", and that of the newer one, which has
/// begun to send it.
async fn two_uploads(
    body: &ReplayBody,
) -> (
    [TcpStream; 2],
    [JoinHandle<Result<String, Error>>; 2],
    TcpListener,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let older = put(&url, body);
    let (mut first, _) = soon(listener.accept()).await.unwrap();
    upload(&mut first).await;
    let newer = put(&url, body);
    let (mut second, _) = soon(listener.accept()).await.unwrap();
    upload(&mut second).await;
    ([first, second], [older, newer], listener)
}

async fn upload(connection: &mut TcpStream) {
    read_head(connection).await.unwrap();
    let mut whole = [0; 15];
    soon(connection.read_exact(&mut whole)).await.unwrap();
    assert_eq!(&whole, b"5\r\nwhole\r\n0\r\n\r\n");
}

async fn answer(connection: &mut TcpStream, status: &str) {
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok");
    connection.write_all(answer.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn an_older_call_that_ends_does_not_disturb_the_newer_one() {
    for (status, ok) in [("200 OK", true), ("503 Busy", false)] {
        let body = ReplayBody::buffered(stream::iter([io::Result::Ok("whole")]), 1024);
        let ([mut first, mut second], [older, newer], listener) = two_uploads(&body).await;
        answer(&mut first, status).await;
        let older = soon(older).await.unwrap();
        // Its own failure is returned: the server has had the whole body, and said no.
        assert_eq!(older.is_ok(), ok, "{older:?}");
        if let Err(error) = older {
            assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
        }
        // The newer one still has its body: it is retried.
        answer(&mut second, "503 Busy").await;
        let again = async {
            upload(&mut second).await;
            answer(&mut second, "200 OK").await;
        };
        soon(again).await;
        assert_eq!(soon(newer).await.unwrap().unwrap(), "ok");
        drop(listener);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_call_whose_wait_ends_does_not_take_the_stream_from_the_newer_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (send, mut asked, body) = controlled();
    send.send(Ok("first, ".into())).unwrap();

    // The older call fails, and its wait lasts until the newer call sends the body.
    let (failed, mut has_failed) = unbounded_channel();
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let request = client()
        .put(&url)
        .retry(&STUBBORN)
        .replay_body(body.clone());
    let request = request.on_retry(move |_| {
        let _ = failed.send(());
        let _ = wait.lock().unwrap().recv();
    });
    let older = tokio::spawn(async move { request.text().await });
    let (mut first, _) = soon(listener.accept()).await.unwrap();
    read_head(&mut first).await.unwrap();
    answer(&mut first, "503 Busy").await;
    soon(has_failed.recv()).await.unwrap();

    let newer = put(&url, &body);
    let (mut second, _) = soon(listener.accept()).await.unwrap();
    read_head(&mut second).await.unwrap();
    let mut piece = [0; 12];
    soon(second.read_exact(&mut piece)).await.unwrap();
    assert_eq!(&piece, b"7\r\nfirst, \r\n");
    while asked.try_recv().is_ok() {}

    go.send(()).unwrap();
    assert_superseded(&soon(older).await.unwrap().unwrap_err());
    send.send(Ok("second".into())).unwrap();
    drop(send);
    let mut rest = [0; 16];
    soon(second.read_exact(&mut rest)).await.unwrap();
    assert_eq!(&rest, b"6\r\nsecond\r\n0\r\n\r\n");
    answer(&mut second, "200 OK").await;
    assert_eq!(soon(newer).await.unwrap().unwrap(), "ok");
}

#[tokio::test]
async fn a_call_that_comes_too_late_for_the_copy_does_not_stop_the_upload() {
    let server = Server::repeat_last([ok()]);
    let (send, receive) = unbounded_channel::<io::Result<Bytes>>();
    let (ask, mut asked) = unbounded_channel();
    let stream = stream::unfold((receive, ask), |(mut receive, ask)| async {
        let _ = ask.send(());
        receive.recv().await.map(|item| (item, (receive, ask)))
    });
    let body = ReplayBody::buffered(stream, 4);
    send.send(Ok("first, ".into())).unwrap();
    let older = put(&server.url(), &body);
    soon(asked.recv()).await.unwrap();
    soon(asked.recv()).await.unwrap();
    let error = soon(put(&server.url(), &body)).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotReplayable);
    send.send(Ok("second".into())).unwrap();
    drop(send);
    assert_eq!(soon(older).await.unwrap().unwrap(), "answer");
    assert_eq!(bodies(&server), [Some("first, second".into())]);
}

#[cfg(feature = "blocking")]
mod blocking {
    use std::io::Read;
    use std::thread;

    use reqwest::blocking::Client;
    use retry_reqwest::blocking::{ReplayBody, RequestBuilderExt};

    use super::*;

    /// A reader whose bytes the test sends, and which reports each time that it is asked for some.
    struct Controlled(mpsc::Receiver<&'static str>, mpsc::Sender<()>);

    impl Read for Controlled {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let _ = self.1.send(());
            let piece = self.0.recv().unwrap_or_default();
            buffer[..piece.len()].copy_from_slice(piece.as_bytes());
            Ok(piece.len())
        }
    }

    fn client() -> Client {
        Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap()
    }

    fn put(
        client: &Client,
        url: &str,
        body: &ReplayBody,
    ) -> thread::JoinHandle<Result<String, Error>> {
        let request = client.put(url);
        let body = body.clone();
        thread::spawn(move || request.retry(&STUBBORN).replay_body(body).text())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_newer_of_two_calls_gets_the_reader() {
        let server = Server::repeat_last([ok()]);
        let url = server.url();
        let sent = tokio::task::spawn_blocking(move || {
            // Built before the calls: the older one would read on while the newer one builds its client.
            let client = client();
            let (send, receive) = mpsc::channel();
            let (ask, asked) = mpsc::channel();
            let body = ReplayBody::buffered(Controlled(receive, ask), 1 << 20);
            let mut whole = String::new();
            let mut piece = |piece| {
                whole.push_str(piece);
                send.send(piece).unwrap();
            };
            let older = put(&client, &url, &body);
            asked.recv().unwrap();
            piece("first, ");
            asked.recv().unwrap();
            // A read that has begun cannot be interrupted: the newer call gets what it reads.
            let newer = put(&client, &url, &body);
            piece("next, ");
            while !older.is_finished() {
                if asked.recv_timeout(Duration::from_millis(1)).is_ok() {
                    piece("next, ");
                }
            }
            assert_superseded(&older.join().unwrap().unwrap_err());
            drop(send);
            assert_eq!(newer.join().unwrap().unwrap(), "answer");
            whole
        });
        let sent = sent.await.unwrap();
        let whole: Vec<_> = bodies(&server).into_iter().flatten().collect();
        assert_eq!(whole, [sent]);
    }

    #[tokio::test]
    async fn calls_one_after_the_other_send_the_whole_body_each() {
        let server = Server::repeat_last([ok()]);
        let url = server.url();
        let calls = move || {
            let client = client();
            let body = ReplayBody::buffered(&b"whole"[..], 1024);
            for _ in 0..3 {
                put(&client, &url, &body).join().unwrap().unwrap();
            }
        };
        tokio::task::spawn_blocking(calls).await.unwrap();
        assert_eq!(bodies(&server), vec![Some(Bytes::from("whole")); 3]);
    }
}
