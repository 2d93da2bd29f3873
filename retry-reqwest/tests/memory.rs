//! What an upload holds in memory: alone in its process, so that nothing else is measured.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use retry_core::Policy;
use retry_reqwest::{ReplayBody, RequestBuilderExt};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(2);
const GIBIBYTE: u64 = 1 << 30;
const LIMIT: u64 = 16 * 1024;

/// From `/proc/self/status`, in KiB.
fn status(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap();
    let number = line.split_ascii_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

/// Reads a request with a body of this length, whose head it returns.
fn read(stream: &mut TcpStream, length: u64) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let body = std::io::copy(&mut stream.take(length), &mut std::io::sink()).ok()?;
    assert_eq!(body, length);
    String::from_utf8(head).ok()
}

/// Not the server of the test kit, which hashes each byte: that takes 6 s more without optimization.
///
/// Fails the first request as soon as half of the body has come, and takes the second whole.
fn server() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        read(&mut first, GIBIBYTE / 2).unwrap();
        drop(first);
        let (mut second, _) = listener.accept().unwrap();
        let head = read(&mut second, GIBIBYTE).unwrap();
        second
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        head
    });
    (url, server)
}

#[test]
fn a_file_of_a_gibibyte_is_sent_in_less_than_16_mebibytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(GIBIBYTE).unwrap();
    let (url, server) = server();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    let before = status("VmRSS");
    // From now on, the peak is that of what follows.
    fs::write("/proc/self/clear_refs", "5").unwrap();

    let request = client.put(url).retry(&POLICY);
    let request = request.replay_body(ReplayBody::from_file(file.path()));
    let (outcome, report) = runtime.block_on(request.report().send());
    assert_eq!(outcome.unwrap().status(), 200);
    assert_eq!(report.attempts, 2);

    let grown = status("VmHWM").saturating_sub(before);
    println!("grew by {grown} KiB");
    assert!(grown < LIMIT, "grew by {grown} KiB");
    let head = server.join().unwrap().to_ascii_lowercase();
    assert!(head.contains("content-length: 1073741824"), "{head}");
}
