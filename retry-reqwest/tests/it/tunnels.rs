//! Proxies and SOCKS servers that open no tunnel: nothing of the request was sent.

use reqwest::{Client, Proxy};
use retry_core::Class;
use retry_reqwest::RequestBuilderExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use retry_reqwest::testing::{Server, close, raw, reset};

use crate::server::{Refusing, assert_rule, failure, respond};

const NO_TUNNEL: &str = "the proxy did not open a tunnel";
const NO_SOCKS: &str = "the SOCKS server did not reach the host";
const HTTPS: &str = "https://service.invalid/";
const HTTP: &str = "http://service.invalid/";

fn through(proxy: &str) -> Client {
    let proxy = Proxy::all(proxy).unwrap();
    Client::builder()
        .proxy(proxy)
        .tls_certs_only([])
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_tunnel_that_a_proxy_does_not_open_was_refused() {
    let acts = [
        respond(502, "", "no route"),
        respond(503, "", "busy"),
        respond(403, "", "blocked"),
        close(),
        raw("HTTP/1.1 200").close(),
    ];
    for act in acts {
        let proxy = Server::repeat_last([act]);
        let error = failure(&through(&proxy.url()), HTTPS).await;
        assert_rule(&error, Class::Refused, NO_TUNNEL);
    }
}

#[tokio::test]
async fn a_proxy_that_resets_the_connection_has_refused() {
    let proxy = Server::repeat_last([reset()]);
    let error = failure(&through(&proxy.url()), HTTPS).await;
    let rule = "connection lost before the request was sent";
    assert_rule(&error, Class::Refused, rule);
}

#[tokio::test]
async fn a_proxy_that_requires_credentials_is_permanent() {
    let proxy = Server::repeat_last([respond(407, "", "who is it?")]);
    let error = failure(&through(&proxy.url()), HTTPS).await;
    let rule = "the proxy requires credentials";
    assert_rule(&error, Class::Permanent, rule);
}

#[tokio::test]
async fn a_proxy_that_is_down_has_refused() {
    let down = Refusing::start();
    for url in [HTTP, HTTPS] {
        for body in ["", "order"] {
            let request = through(&down.url()).post(url).body(body);
            let verdict = request.send_checked().await.unwrap_err().explain();
            let rule = "connection refused before the request was sent";
            assert_eq!((verdict.class, verdict.rule), (Class::Refused, rule));
        }
    }
}

/// It might as well be the second hop of a redirect that is down.
#[tokio::test]
async fn a_plain_error_does_not_tell_a_proxy_that_is_down_from_a_redirect() {
    let down = Refusing::start();
    let error = failure(&through(&down.url()), HTTP).await;
    let rule =
        "connecting to another address than that of the URL failed: behind a redirect or a proxy";
    assert_rule(&error, Class::Transient, rule);
}

/// The method makes no difference, because the request never left.
#[tokio::test]
async fn a_post_through_a_proxy_without_a_tunnel_was_refused() {
    let proxy = Server::repeat_last([respond(503, "", "busy")]);
    let request = through(&proxy.url()).post(HTTPS).body("order");
    let error = request.send_checked().await.unwrap_err();
    assert_eq!(error.explain().class, Class::Refused, "{error:?}");
}

/// What a SOCKS server does with a request for a connection.
#[derive(Clone, Copy, Debug)]
enum Socks {
    /// Replies to it, after a handshake that accepts every client.
    Reply5(u8),
    Reply4(u8),
    /// Accepts no way to authenticate.
    NoMethod,
    Close,
    Reset,
    /// Sends something else.
    Garbage,
}

async fn socks(acts: Socks) -> String {
    async fn serve(mut stream: TcpStream, acts: Socks) -> std::io::Result<()> {
        let mut asked = [0; 300];
        let _ = stream.read(&mut asked).await?;
        match acts {
            Socks::Reply5(reply) => {
                stream.write_all(&[5, 0]).await?;
                let _ = stream.read(&mut asked).await?;
                let reply = [5, reply, 0, 1, 0, 0, 0, 0, 0, 0];
                stream.write_all(&reply).await?;
            }
            Socks::Reply4(reply) => stream.write_all(&[0, reply, 0, 0, 0, 0, 0, 0]).await?,
            Socks::NoMethod => stream.write_all(&[5, 0xff]).await?,
            Socks::Close => {}
            Socks::Reset => stream.set_zero_linger().unwrap(),
            Socks::Garbage => stream.write_all(b"no SOCKS at all").await?,
        }
        Ok(())
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = serve(stream, acts).await;
        }
    });
    match acts {
        Socks::Reply4(_) => format!("socks4a://{address}"),
        _ => format!("socks5h://{address}"),
    }
}

/// RFC 1928 section 6: general failure, network unreachable, host unreachable, connection refused, TTL
/// expired. Version 4 has one reply for all of them.
#[tokio::test]
async fn a_socks_server_that_cannot_reach_the_host_has_refused() {
    let replies = [1, 3, 4, 5, 6].map(Socks::Reply5);
    for acts in replies.into_iter().chain([Socks::Reply4(91)]) {
        let error = failure(&through(&socks(acts).await), HTTP).await;
        assert_rule(&error, Class::Refused, NO_SOCKS);
    }
}

/// Not allowed, command not supported, type of address not supported; the client's name is not the one
/// that the server wants (version 4).
#[tokio::test]
async fn a_socks_server_that_forbids_the_host_is_permanent() {
    let replies = [2, 7, 8].map(Socks::Reply5).into_iter();
    let replies = replies.chain([92, 93].map(Socks::Reply4));
    for acts in replies.chain([Socks::NoMethod, Socks::Garbage]) {
        let error = failure(&through(&socks(acts).await), HTTP).await;
        let rule = "the connection cannot be set up";
        assert_rule(&error, Class::Permanent, rule);
    }
}

#[tokio::test]
async fn a_socks_server_that_ends_the_handshake_has_refused() {
    for acts in [Socks::Close, Socks::Reset] {
        let error = failure(&through(&socks(acts).await), HTTP).await;
        assert_rule(&error, Class::Refused, NO_SOCKS);
    }
}

#[tokio::test]
async fn a_socks_server_that_is_down_has_refused() {
    let down = Refusing::start();
    for scheme in ["socks4://", "socks4a://", "socks5://", "socks5h://"] {
        let client = through(&down.url().replace("http://", scheme));
        // No name: the schemes without a letter at the end resolve it here.
        let error = failure(&client, "http://127.0.0.1:9/").await;
        assert_rule(&error, Class::Refused, NO_SOCKS);
    }
}
