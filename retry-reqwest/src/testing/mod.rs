//! A server that misbehaves on demand, for tests of code that sends requests.
//!
//! [`Server`] runs on 127.0.0.1 and plays a script: one [`Reply`] for each request, in the order in which requests
//! arrive. It can do what a mock of responses cannot: reset a connection, cut a body off, hang, and send slowly. It
//! records every request that it receives.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use retryable::Policy;
//! use retryable::http::RequestBuilderExt;
//! use retryable::http::testing::{Server, cut_after, reply, reset};
//! use std::time::Duration;
//!
//! const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
//!
//! let server = Server::script([
//!     reply(503).header("retry-after-ms", "1"),
//!     reset(),
//!     cut_after(5, "hello world"),
//!     reply(200).body("hello world"),
//! ]);
//! let request = reqwest::Client::new().get(server.url());
//! assert_eq!(request.retry(&POLICY).text().await?, "hello world");
//!
//! // Panics unless there was one request for each reply.
//! let requests = server.finish();
//! assert_eq!(requests[3].method, "GET");
//! # Ok(())
//! # }
//! ```
//!
//! # Which reply does what
//!
//! | reply | the client sees |
//! |---|---|
//! | [`reply`] | a response; [`header`](Reply::header) and [`body`](Reply::body) complete it |
//! | [`redirect`] | a response with a `Location` |
//! | [`cut_after`] | a body that ends before its `Content-Length` |
//! | [`drip`] | a body that arrives a few bytes at a time |
//! | [`reset`] | a connection that is reset after the request was sent |
//! | [`close`] | a connection that is closed after the request was sent |
//! | [`hang`] | nothing at all, until its own timeout |
//! | [`raw`] | exactly these bytes, valid HTTP or not |
//!
//! A reply is a value with settings, so they combine: `raw("HTTP/1.1 200 OK\r\n").hang()` stops in the middle of the
//! headers, `reply(200).after(Duration::from_millis(50))` responds late, and `reset().read_at_most(1000)` resets the
//! connection in the middle of an upload.
//!
//! # Limits
//!
//! The server speaks HTTP/1.1 without TLS. It runs on threads of the standard library, so it works with every runtime
//! and with blocking clients. Its time is real: a test under tokio's paused clock times out against it, because that
//! clock advances while the socket is idle.

mod head;
mod play;
mod recorded;
mod reply;
mod server;

pub use recorded::Recorded;
pub use reply::{Reply, close, cut_after, drip, hang, raw, redirect, reply, reset};
pub use server::Server;
