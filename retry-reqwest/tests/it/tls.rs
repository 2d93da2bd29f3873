//! Failures while TLS is being set up.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use retry_core::Class;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::server::{assert_rule, builder, client, failure};

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[derive(Clone, Copy, Debug)]
pub(crate) enum Clients {
    Any,
    Certified,
}

pub(crate) struct Authority {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) certificate: reqwest::Certificate,
}

/// A certificate for this name, signed by itself.
pub(crate) fn self_signed(name: &str, clients: Clients) -> Authority {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.into()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        Clients::Any => config.with_no_client_auth(),
        Clients::Certified => {
            let mut roots = RootCertStore::empty();
            roots.add(cert.der().clone()).unwrap();
            let provider = Arc::new(default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let config = config
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    Authority {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        certificate: reqwest::Certificate::from_der(cert.der()).unwrap(),
    }
}

/// Responds to every request over TLS, to the good ones with an empty 200; a body ends early by closing
/// the connection without TLS' own goodbye.
pub(crate) async fn https(acceptor: TlsAcceptor, answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = match acceptor.accept(stream).into_fallible().await {
                Ok(stream) => stream,
                Err((_, mut stream)) => {
                    // Unread bytes would turn the alert that was sent into a reset.
                    let _ = stream.read_to_end(&mut Vec::new()).await;
                    continue;
                }
            };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.flush().await;
        }
    });
    format!("https://127.0.0.1:{port}/")
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_permanent() {
    let url = https(self_signed("127.0.0.1", Clients::Any).acceptor, EMPTY).await;
    let error = failure(&client(), &url).await;
    assert!(
        error.is_connect(),
        "a failed handshake no longer counts as connecting"
    );
    assert_rule(
        &error,
        Class::Permanent,
        "TLS certificate or protocol error",
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_permanent() {
    let authority = self_signed("example.org", Clients::Any);
    let url = https(authority.acceptor, EMPTY).await;
    let client = builder().tls_certs_only([authority.certificate]);
    let error = failure(&client.build().unwrap(), &url).await;
    assert_rule(
        &error,
        Class::Permanent,
        "TLS certificate or protocol error",
    );
}

/// With TLS 1.3 the client learns of it only when it reads the response.
#[tokio::test]
async fn a_server_that_wants_a_certificate_of_the_client_is_permanent() {
    let authority = self_signed("127.0.0.1", Clients::Certified);
    let url = https(authority.acceptor, EMPTY).await;
    let client = builder().tls_certs_only([authority.certificate]);
    let error = failure(&client.build().unwrap(), &url).await;
    assert!(!error.is_connect(), "the alert comes during the handshake");
    assert_rule(
        &error,
        Class::Permanent,
        "TLS certificate or protocol error",
    );
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_permanent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 1024]).await;
    });
    let error = failure(&client(), &format!("https://127.0.0.1:{port}/")).await;
    assert_rule(
        &error,
        Class::Permanent,
        "TLS certificate or protocol error",
    );
}

#[tokio::test]
async fn a_handshake_that_is_cut_off_was_refused() {
    for reset_it in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            if reset_it {
                stream.set_zero_linger().unwrap();
            }
        });
        let error = failure(&client(), &format!("https://127.0.0.1:{port}/")).await;
        assert_rule(
            &error,
            Class::Refused,
            "connection lost before the request was sent",
        );
    }
}

#[tokio::test]
async fn a_body_cut_off_under_tls_is_transient() {
    let authority = self_signed("127.0.0.1", Clients::Any);
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let url = https(authority.acceptor, cut).await;
    let client = builder().tls_certs_only([authority.certificate]);
    let error = failure(&client.build().unwrap(), &url).await;
    assert_rule(&error, Class::Transient, "the body ended too early");
}
