//! What a download is written to: it may fail, is flushed at the end, and may be a file.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use retry_core::{Class, Classify, On};
use retry_reqwest::{ErrorKind, RequestBuilderExt};
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};

use crate::download::{POLICY, cutting};
use crate::files::{End, file};
use crate::server::client;

/// Fails after so many bytes, and records whether it was flushed.
struct Full {
    room: usize,
    flushed: Arc<AtomicBool>,
}

impl AsyncWrite for Full {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.room == 0 {
            return Poll::Ready(Err(io::ErrorKind::StorageFull.into()));
        }
        let taken = self.room.min(bytes.len());
        self.room -= taken;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushed.store(true, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn an_error_of_the_writer_is_passed_through_and_never_retried() {
    let server = cutting(&[30], End::Close).await;
    let full = Full {
        room: 42,
        flushed: Arc::default(),
    };
    let policy = POLICY.on(On::Any);
    let request = client().get(server.url()).retry(&policy);
    let error = request.download(full).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.classify()),
        (ErrorKind::Writer, Class::Permanent)
    );
    assert_eq!(error.bytes_written(), Some(42));
    let source = std::error::Error::source(&error).unwrap();
    let kind = source.downcast_ref::<io::Error>().unwrap().kind();
    assert_eq!(kind, io::ErrorKind::StorageFull);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn the_writer_is_flushed_whether_the_call_succeeds_or_not() {
    for (cuts, ok) in [(&[][..], true), (&[30, 30, 10, 10, 10][..], false)] {
        let server = cutting(cuts, End::Close).await;
        let flushed = Arc::new(AtomicBool::new(false));
        let writer = Full {
            room: 1000,
            flushed: flushed.clone(),
        };
        let request = client().get(server.url()).retry(&POLICY);
        assert_eq!(request.download(writer).await.is_ok(), ok);
        assert!(flushed.load(Ordering::SeqCst));
    }
}

#[tokio::test]
async fn a_writer_that_takes_nothing_has_failed() {
    let server = cutting(&[], End::Keep).await;
    let mut small = [0; 10];
    let request = client().get(server.url()).retry(&POLICY);
    let writer = io::Cursor::new(&mut small[..]);
    let error = request.download(writer).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.bytes_written()),
        (ErrorKind::Writer, Some(10))
    );
    assert_eq!(small, file(100, 0)[..10]);
}

#[tokio::test]
async fn a_download_into_a_buffered_file_may_be_spawned() {
    let server = cutting(&[30, 30], End::Reset).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut writer = BufWriter::new(tokio::fs::File::create(&path).await.unwrap());
    let request = client().get(server.url());
    let call = tokio::spawn(async move {
        let outcome = request.retry(&POLICY).download(&mut writer).await;
        writer.shutdown().await.unwrap();
        outcome
    });
    assert_eq!(call.await.unwrap().unwrap(), 100);
    assert_eq!(std::fs::read(path).unwrap(), file(100, 0));
}
