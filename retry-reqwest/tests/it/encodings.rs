//! Bodies in each encoding that reqwest decodes, cut off at their origin: their framing is whole.

use retry_core::Class;

use retry_reqwest::testing::{Server, raw};

use crate::server::{assert_rule, client, failure};

/// "hello " many times.
const DEFLATE: &[u8] = &[
    120, 156, 203, 72, 205, 201, 201, 87, 200, 24, 37, 105, 76, 2, 0, 97, 95, 132, 49,
];
const GZIP: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 200, 24, 37, 105, 76, 2, 0, 190,
    108, 64, 208, 104, 1, 0, 0,
];
const ZSTD: &[u8] = &[
    40, 181, 47, 253, 4, 88, 109, 0, 0, 48, 104, 101, 108, 108, 111, 32, 1, 0, 95, 81, 75, 17, 79,
    67, 219, 98,
];
/// Not compressed: a block of 18 bytes as it is, and the last, empty one.
const BROTLI: &[u8] = b"\x10\x01\x10hello hello hello \x03";

const ENCODED: [(&str, &[u8]); 4] = [
    ("deflate", DEFLATE),
    ("gzip", GZIP),
    ("zstd", ZSTD),
    ("br", BROTLI),
];

fn response(encoding: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn an_encoded_body_that_was_cut_off_at_its_origin_is_transient() {
    for (encoding, body) in ENCODED {
        for end in 1..body.len() {
            println!("{encoding}, {end} of {} bytes", body.len());
            let cut = response(encoding, &body[..end]);
            let server = Server::repeat_last([raw(cut).close()]);
            let error = failure(&client(), &server.url()).await;
            assert_rule(&error, Class::Transient, "the body ended too early");
        }
    }
}

#[tokio::test]
async fn an_encoded_body_that_is_whole_is_decoded() {
    for (encoding, body) in ENCODED {
        let whole = response(encoding, body);
        let server = Server::repeat_last([raw(whole).close()]);
        let text = client().get(server.url()).send().await.unwrap().text();
        let text = text.await.unwrap();
        assert!(text.starts_with("hello hello hello "), "{encoding}: {text}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_in_its_encoding_is_permanent() {
    for (encoding, _) in ENCODED {
        let other = response(encoding, &[0xff; 64]);
        let server = Server::repeat_last([raw(other).close()]);
        let error = failure(&client(), &server.url()).await;
        assert_rule(&error, Class::Permanent, "the body does not decode");
    }
}
