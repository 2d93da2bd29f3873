//! Tests against servers of tonic and of h2, on 127.0.0.1.

mod acceptance;
mod calls;
mod deadlines;
mod nested;
mod server;
#[cfg(feature = "service-config")]
mod service_config;
mod streams;
mod transport;
