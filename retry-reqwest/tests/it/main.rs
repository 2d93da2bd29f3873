//! Failures of real sockets on loopback, and what they are taken for.

mod connect;
mod download;
mod drain;
mod error;
mod exchange;
mod files;
mod hints;
mod http2;
mod lies;
mod method;
mod policy;
mod random_cuts;
mod retry;
mod server;
mod status;
mod tls;
