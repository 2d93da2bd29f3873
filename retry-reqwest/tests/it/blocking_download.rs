//! Downloads that block, by the same rules as those that are awaited.

use std::io::{self, Write};
use std::time::Duration;

use reqwest::header::RANGE;
use retry_core::{GiveUp, NoDelay, Policy};
use retry_reqwest::blocking::{RequestBuilderExt, RetryRequest};
use retry_reqwest::{Error, ErrorKind};

use crate::blocking::blocking;
use crate::files::{End, FileServer, Reply, file};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);
const TAG: &str = "\"v1\"";

type Request = RetryRequest<'static>;

/// What came of a download, the request changed as the caller says.
async fn download(
    server: &FileServer,
    change: fn(Request) -> Request,
) -> (Result<u64, Error>, Vec<u8>) {
    static SHARED: Policy<NoDelay> = POLICY;
    let url = server.url();
    blocking(move |client| {
        let mut written = Vec::new();
        let request = change(client.get(url).retry(&SHARED));
        (request.download(&mut written), written)
    })
    .await
}

#[tokio::test]
async fn a_body_that_breaks_off_is_continued_where_it_ended() {
    let server = FileServer::start(|number, asked| {
        let reply = Reply::honest(asked, &file(100_000, 0), TAG);
        match number {
            0 => reply.cut(40_000, End::Close),
            1 => reply.cut(20_000, End::Close),
            _ => reply,
        }
    });
    let (outcome, written) = download(&server, |request| request).await;
    assert_eq!(outcome.unwrap(), 100_000);
    assert_eq!(written, file(100_000, 0));
    let ranges = server.ranges();
    assert_eq!(ranges[1].as_deref(), Some("bytes=40000-"));
    assert_eq!(ranges[2].as_deref(), Some("bytes=60000-"));
    assert_eq!(server.seen()[2].header("if-range"), Some(TAG));
    assert_eq!(server.seen()[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_body_that_has_changed_is_refused_and_says_how_much_is_good() {
    let server = FileServer::start(|number, asked| match number {
        0 => Reply::honest(asked, &file(100, 0), TAG).cut(30, End::Close),
        _ => Reply::honest(asked, &file(100, 1), "\"v2\""),
    });
    let (outcome, written) = download(&server, |request| request).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResumeRefused);
    assert_eq!(error.bytes_written(), Some(30));
    assert_eq!(written, file(100, 0)[..30]);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_range_of_the_callers_is_kept_and_continued() {
    let server = FileServer::start(|number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match number {
            0 => reply.cut(5, End::Close),
            _ => reply,
        }
    });
    let (outcome, written) = download(&server, |request| {
        request.with(|request| request.header(RANGE, "bytes=20-39"))
    })
    .await;
    assert_eq!(outcome.unwrap(), 20);
    assert_eq!(written, file(100, 0)[20..40]);
    assert_eq!(server.ranges()[1].as_deref(), Some("bytes=25-39"));
}

/// Takes little at a time, is interrupted, and fails in the end.
#[derive(Debug)]
struct Fragile {
    written: Vec<u8>,
    interrupted: bool,
    room: usize,
}

impl Write for Fragile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let taken = bytes.len().min(7).min(self.room - self.written.len());
        self.written.extend_from_slice(&bytes[..taken]);
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_byte_that_the_writer_took_is_counted_and_its_error_is_final() {
    let server = FileServer::start(|_, asked| Reply::honest(asked, &file(100, 0), TAG));
    let url = server.url();
    let (error, report, writer) = blocking(move |client| {
        let mut writer = Fragile {
            written: Vec::new(),
            interrupted: false,
            room: 50,
        };
        let request = client.get(url).retry(&POLICY).report();
        let (outcome, report) = request.download(&mut writer);
        (outcome.unwrap_err(), report, writer)
    })
    .await;
    assert_eq!(error.kind(), ErrorKind::Writer);
    let source = std::error::Error::source(&error).unwrap();
    let source = source.downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(error.bytes_written(), Some(50));
    assert_eq!(writer.written, file(100, 0)[..50]);
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::NotRetryable))
    );
}

#[tokio::test]
async fn a_body_that_stalls_is_continued_once_its_request_times_out() {
    let server = FileServer::start(|number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match number {
            0 => reply.cut(30, End::Hang),
            _ => reply,
        }
    });
    let (outcome, written) = download(&server, |request| {
        request.with(|request| request.timeout(Duration::from_millis(200)))
    })
    .await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    assert_eq!(server.ranges()[1].as_deref(), Some("bytes=30-"));
}

/// Takes all, and says that it took more.
#[derive(Debug, Default)]
struct Boasting(Vec<u8>);

impl Write for Boasting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len() + 5)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_writer_that_says_it_took_more_than_there_was_moves_no_byte() {
    let server = FileServer::start(|number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match number {
            0 => reply.cut(30, End::Close),
            _ => reply,
        }
    });
    let url = server.url();
    let (outcome, writer) = blocking(move |client| {
        let mut writer = Boasting::default();
        let request = client.get(url).retry(&POLICY);
        (request.download(&mut writer), writer)
    })
    .await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(writer.0, file(100, 0));
}
