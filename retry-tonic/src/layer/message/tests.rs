use std::future::pending;

use tokio_stream::{Stream, StreamExt, iter};

use super::*;

/// A body of these pieces.
struct Pieces<S>(S);

impl<S: Stream<Item = Result<Bytes, Status>> + Unpin> http_body::Body for Pieces<S> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let piece = Pin::new(&mut self.0).poll_next(cx);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

fn body(pieces: &[&'static [u8]]) -> Body {
    let pieces: Vec<_> = pieces
        .iter()
        .map(|piece| Ok(Bytes::from_static(piece)))
        .collect();
    Body::new(Pieces(iter(pieces)))
}

async fn bytes(mut body: Body) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        all.extend(frame.unwrap().into_data().unwrap());
    }
    all
}

#[tokio::test]
async fn one_message_is_single_however_it_comes() {
    let message = b"\0\0\0\0\x02hi";
    let empty = b"\0\0\0\0\0";
    let cases: [&[&'static [u8]]; 5] = [
        &[message],
        &[b"\0\0", b"\0\0\x02h", b"i"],
        &[b"", message, b""],
        &[empty],
        &[b"\x01\0\0\0\x01z"],
    ];
    for pieces in cases {
        let Message::Single(read) = Message::read(body(pieces), 100).await.unwrap() else {
            panic!("a single message: {pieces:?}");
        };
        assert_eq!(read, pieces.concat());
        // Twice, as two attempts send it.
        assert_eq!(bytes(body_of(read.clone())).await, read);
        assert_eq!(bytes(body_of(read.clone())).await, read);
    }
}

#[tokio::test]
async fn everything_else_is_a_stream_and_stays_whole() {
    let cases: [&[&'static [u8]]; 6] = [
        &[],
        &[b"\0\0\0"],
        &[b"\0\0\0\0\x02h"],
        &[b"\0\0\0\0\x02hi\0\0\0\0\0"],
        &[b"\0\0\0\0\x02hi", b"\0\0\0\0\0"],
        &[b"\0\0\0\0\x02hi\0"],
    ];
    for pieces in cases {
        let Message::Stream(read) = Message::read(body(pieces), 100).await.unwrap() else {
            panic!("a stream: {pieces:?}");
        };
        assert_eq!(bytes(read).await, pieces.concat());
    }
}

#[tokio::test]
async fn a_long_message_in_one_piece_is_single() {
    let read = Message::read(body(&[b"\0\0\0\0\x05hello"]), 3)
        .await
        .unwrap();
    assert!(matches!(read, Message::Single(_)));
}

#[tokio::test]
async fn a_long_message_in_pieces_is_not_read_to_its_end() {
    let pieces: [&[u8]; 3] = [b"\0\0\0\0\x05h", b"el", b"lo"];
    let Message::Stream(read) = Message::read(body(&pieces), 3).await.unwrap() else {
        panic!("a stream");
    };
    assert_eq!(bytes(read).await, pieces.concat());
}

#[tokio::test]
async fn nothing_waits_for_a_message() {
    let message = iter([Ok(Bytes::from_static(b"\0\0\0\0\x02hi"))]).chain(never());
    let read = Message::read(Body::new(Pieces(Box::pin(message))), 100).await;
    assert!(matches!(read, Ok(Message::Stream(_))));
}

fn never() -> impl Stream<Item = Result<Bytes, Status>> {
    tokio_stream::once(()).then(|()| pending())
}

#[tokio::test]
async fn a_message_that_cannot_be_encoded_is_an_error() {
    let failed = iter([Err(Status::internal("too long"))]);
    let error = Message::read(Body::new(Pieces(failed)), 100)
        .await
        .unwrap_err();
    assert_eq!(error.message(), "too long");
}
