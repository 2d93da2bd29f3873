//! A file as a body of known length, in small pieces.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use reqwest::Body;
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

const PIECE: usize = 64 * 1024;

/// Opens the file. Its length is what it is now.
pub(super) fn open(path: &Path) -> io::Result<Body> {
    let file = std::fs::File::open(path)?;
    let left = file.metadata()?.len();
    let mut file = File::from_std(file);
    file.set_max_buf_size(PIECE);
    let piece = BytesMut::new();
    Ok(Body::wrap(FileBody { file, left, piece }))
}

struct FileBody {
    file: File,
    left: u64,
    piece: BytesMut,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let Self { file, left, piece } = &mut *self;
        let length = usize::try_from(*left).unwrap_or(PIECE).min(PIECE);
        piece.resize(length, 0);
        let mut buffer = ReadBuf::new(piece);
        let read = ready!(Pin::new(file).poll_read(cx, &mut buffer));
        let filled = buffer.filled().len();
        if let Err(error) = read {
            return Poll::Ready(Some(Err(error)));
        }
        if filled == 0 {
            let error = io::Error::other("the file became shorter while it was sent");
            return Poll::Ready(Some(Err(error)));
        }
        *left -= filled as u64;
        let piece = piece.split_to(filled).freeze();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
