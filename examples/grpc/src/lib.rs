//! A gRPC service of orders, a client whose calls are retried, and a server that fails now and then.

pub mod client;
pub mod orders;
pub mod server;
