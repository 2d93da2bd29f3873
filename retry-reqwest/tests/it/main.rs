//! Failures of real sockets on loopback, and what they are taken for.

mod connect;
mod drain;
mod error;
mod exchange;
mod hints;
mod http2;
mod method;
mod policy;
mod retry;
mod server;
mod status;
mod tls;
