//! Failures of real sockets on loopback, and what they are taken for.

mod attempt_headers;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "blocking")]
mod blocking_bodies;
#[cfg(feature = "blocking")]
mod blocking_download;
#[cfg(all(
    feature = "blocking",
    feature = "chaos",
    feature = "middleware",
    feature = "tower"
))]
mod chaos;
mod client;
mod connect;
mod deadlines;
mod download;
mod download_writers;
mod drain;
mod encodings;
mod error;
mod error_type;
mod exchange;
mod files;
mod hops;
mod hosts;
mod http2;
mod lateness;
#[cfg(feature = "tower")]
mod layer;
mod lies;
mod method;
#[cfg(feature = "middleware")]
mod middleware;
mod nginx;
mod obeyed_hints;
mod odd_files;
mod policy;
mod random_cuts;
mod reading;
mod redirected_uploads;
mod redirects;
mod replay;
#[cfg(all(feature = "blocking", feature = "middleware", feature = "tower"))]
mod request_hooks;
mod retry;
mod runtimes;
mod secrets;
mod server;
mod services;
mod shared_bodies;
mod site;
#[cfg(all(
    feature = "blocking",
    feature = "middleware",
    feature = "tower",
    feature = "tracing"
))]
mod spans;
mod status;
mod superseded;
mod test_modes;
mod testing;
mod tls;
mod tunnels;
mod upstream;
