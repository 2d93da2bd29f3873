//! The line on the card, as it is written there, against a real server: nothing else is imported.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

mod api {
    use retryable::retryable;

    #[retryable(max = 5, backoff = "exp", on = "transient")]
    pub(super) async fn get(url: String) -> Result<String, reqwest::Error> {
        reqwest::get(url).await?.text().await
    }

    #[retryable(max = 5, backoff = "exp", on = "transient")]
    pub(super) async fn broken(calls: &std::cell::Cell<u32>) -> Result<(), reqwest::Error> {
        calls.set(calls.get() + 1);
        let client = reqwest::Client::new();
        client.get("this is no URL").send().await?;
        Ok(())
    }
}

/// Resets the connections of the first `failures` requests, then responds with `ok`.
fn server(failures: u32) -> (SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let requests = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // What is not read when the socket closes turns the close into a reset.
            let mut first = [0; 1];
            if stream.read_exact(&mut first).is_err() {
                continue;
            }
            if counted.fetch_add(1, SeqCst) < failures {
                continue;
            }
            let mut rest = [0; 4096];
            let _ = stream.read(&mut rest).expect("the rest of the request");
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            stream.write_all(answer).expect("an answer");
        }
    });
    (address, requests)
}

// The clock is paused, so that no wait takes time; the sockets are real.
#[tokio::test(start_paused = true)]
async fn a_server_that_always_resets_is_called_five_times() {
    let (address, requests) = server(u32::MAX);
    let error = api::get(format!("http://{address}/")).await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(requests.load(SeqCst), 5, "five calls in all");
}

#[tokio::test(start_paused = true)]
async fn the_call_succeeds_as_soon_as_the_server_recovers() {
    let (address, requests) = server(3);
    let text = api::get(format!("http://{address}/")).await;
    assert_eq!(text.expect("the fourth call succeeds"), "ok");
    assert_eq!(requests.load(SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_built_is_called_once() {
    let calls = std::cell::Cell::new(0);
    let error = api::broken(&calls).await.unwrap_err();
    assert!(error.is_builder(), "{error:?}");
    assert_eq!(calls.get(), 1);
}
