//! Downloads cut anywhere, from servers that lie at random: right bytes, or an error that knows how many.

use std::io;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::Config;
use reqwest::Client;
use retry_core::{NoDelay, Policy};
use retry_reqwest::{Error, RequestBuilderExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWrite;
use tokio::runtime::Runtime;

use crate::files::{Asked, End, FileServer, LARGEST, Reply, file};
use crate::server::builder;

/// Keeps a hash of what it took; takes little at a time, and sometimes nothing yet.
struct Hashing {
    hash: Sha256,
    length: usize,
    most: usize,
    waits: bool,
    calls: usize,
}

impl Hashing {
    fn new(most: usize, waits: bool) -> Self {
        Self {
            hash: Sha256::new(),
            length: 0,
            most,
            waits,
            calls: 0,
        }
    }

    fn holds(&self, expected: &[u8]) -> bool {
        expected.len() == self.length && self.hash.clone().finalize() == Sha256::digest(expected)
    }
}

impl AsyncWrite for Hashing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.calls += 1;
        if self.waits && self.calls % 3 == 0 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let taken = &bytes[..bytes.len().min(self.most)];
        self.hash.update(taken);
        self.length += taken.len();
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What is wrong with a response.
#[derive(Clone, Copy, Debug)]
enum Lie {
    /// From another byte than was asked for, and announced as it is.
    Shifted(bool),
    /// The right bytes, announced as others.
    Misnamed(bool),
    /// Another version of the file.
    Changed,
    /// Another version, from a server that does not know `If-Range`.
    ChangedUnseen,
    Weak,
    Untagged,
    Unranged,
    Longer,
    Shorter,
    Chunked,
    Gzip,
    Parts,
    Status(u16),
}

fn lies() -> impl Strategy<Value = Lie> {
    prop_oneof![
        any::<bool>().prop_map(Lie::Shifted),
        any::<bool>().prop_map(Lie::Misnamed),
        Just(Lie::Changed),
        Just(Lie::ChangedUnseen),
        Just(Lie::Weak),
        Just(Lie::Untagged),
        Just(Lie::Unranged),
        Just(Lie::Longer),
        Just(Lie::Shorter),
        Just(Lie::Chunked),
        Just(Lie::Gzip),
        Just(Lie::Parts),
        prop::sample::select(vec![204, 206, 304, 404, 412, 416, 429, 500, 503])
            .prop_map(Lie::Status),
    ]
}

/// One response: how much of its body is sent, out of 1000, how it ends, and what is wrong with it.
type Plan = (usize, End, Option<Lie>);

fn plans(lie: impl Strategy<Value = Option<Lie>>) -> impl Strategy<Value = Plan> {
    let end = prop::sample::select(vec![End::Close, End::Reset]);
    (0_usize..=1000, end, lie)
}

fn tag(version: usize) -> String {
    format!("\"v{version}\"")
}

fn reply(asked: &Asked, size: usize, plan: Option<&Plan>) -> Reply {
    let honest = |asked: &Asked, version| Reply::honest(asked, &file(size, version), &tag(version));
    let reply = honest(asked, 0);
    let Some(&(sent, end, lie)) = plan else {
        return reply;
    };
    let length = reply.body.len();
    // A complete body that is shorter, or empty, cannot be recognized.
    let lie = match lie {
        Some(Lie::Shorter | Lie::Status(204)) if asked.header("if-range").is_none() => None,
        lie => lie,
    };
    let reply = match lie {
        None => reply,
        Some(Lie::Shifted(earlier)) => honest(&asked.shifted(earlier), 0),
        Some(Lie::Misnamed(earlier)) => {
            let other = honest(&asked.shifted(earlier), 0);
            match other.header("content-range") {
                Some(range) => reply.with("content-range", range),
                None => reply,
            }
        }
        Some(Lie::Changed) => honest(asked, 1),
        Some(Lie::ChangedUnseen) => honest(&asked.without("if-range"), 1),
        Some(Lie::Weak) => reply.with("etag", &format!("W/{}", tag(0))),
        Some(Lie::Untagged) => reply.without("etag"),
        Some(Lie::Unranged) => honest(&Asked::default(), 0),
        Some(Lie::Longer) => reply.with("content-length", &(length + 1).to_string()),
        Some(Lie::Shorter) => reply.with("content-length", &length.saturating_sub(1).to_string()),
        Some(Lie::Chunked) => reply.chunked(),
        Some(Lie::Gzip) => reply.with("content-encoding", "gzip"),
        Some(Lie::Parts) => reply.with("content-type", "multipart/byteranges; boundary=x"),
        Some(Lie::Status(code)) => {
            let mut reply = reply;
            reply.code = code;
            reply
        }
    };
    let sent = reply.body.len() * sent / 1000;
    reply.cut(sent, end)
}

async fn download(
    size: usize,
    range: Option<String>,
    plan: Vec<Plan>,
    writer: &mut Hashing,
) -> Result<u64, Error> {
    let policy: Policy<NoDelay> =
        Policy::with_backoff(NoDelay).max_attempts(u32::try_from(plan.len()).unwrap() + 1);
    let plan = move |number: usize, asked: &Asked| reply(asked, size, plan.get(number));
    let server = FileServer::start(plan);
    let mut request = SHARED.1.get(server.url());
    if let Some(range) = range {
        request = request.header("range", range);
    }
    request.retry(&policy).download(writer).await
}

/// One client for all cases: to make one takes longer than what is done with it.
static SHARED: LazyLock<(Runtime, Client)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let client = builder().pool_max_idle_per_host(0).build();
    (runtime.unwrap(), client.unwrap())
});

fn block_on<T>(future: impl Future<Output = T>) -> T {
    SHARED.0.block_on(future)
}

/// Right bytes, or the right number of right bytes.
fn check(
    outcome: &Result<u64, Error>,
    writer: &Hashing,
    whole: &[Bytes],
) -> Result<(), TestCaseError> {
    let written = match outcome {
        Ok(written) => *written,
        Err(error) => error.bytes_written().unwrap(),
    };
    prop_assert_eq!(written, writer.length as u64, "{:?}", outcome);
    let right = whole.iter().any(|whole| match outcome {
        Ok(_) => writer.holds(whole),
        Err(_) => writer.length <= whole.len() && writer.holds(&whole[..writer.length]),
    });
    prop_assert!(right, "{:?}", outcome);
    Ok(())
}

proptest! {
    #![proptest_config(Config::with_cases(384))]

    #[test]
    fn an_honest_server_is_downloaded_from_wherever_it_breaks_off(
        size in prop_oneof![0_usize..200, 0_usize..300_000],
        plan in prop::collection::vec(plans(Just(None)), 0..6),
        most in 1_usize..100_000,
        waits in any::<bool>(),
    ) {
        let mut writer = Hashing::new(most.max(size / 1000 + 1), waits);
        let outcome = block_on(download(size, None, plan, &mut writer));
        prop_assert!(outcome.is_ok(), "{outcome:?}");
        check(&outcome, &writer, &[file(size, 0)])?;
    }

    #[test]
    fn a_server_that_lies_never_makes_a_wrong_byte(
        size in prop_oneof![1_usize..50, 1_usize..20_000],
        plan in prop::collection::vec(plans(prop::option::weighted(0.6, lies())), 1..5),
        range in prop::option::of((0_usize..20_000, 0_usize..20_000, 0_u8..3)),
        waits in any::<bool>(),
    ) {
        let (range, from, to) = match range {
            None => (None, 0, size),
            Some((a, b, kind)) => {
                let (first, last) = (a % size, (a % size) + b);
                match kind {
                    0 => (Some(format!("bytes={first}-")), first, size),
                    1 => (Some(format!("bytes={first}-{last}")), first, size.min(last + 1)),
                    _ => (Some(format!("bytes=-{}", a + 1)), size.saturating_sub(a + 1), size),
                }
            }
        };
        let mut writer = Hashing::new(7000, waits);
        let outcome = block_on(download(size, range, plan, &mut writer));
        let parts = [0, 1].map(|version| file(size, version).slice(from..to));
        check(&outcome, &writer, &parts)?;
    }
}

proptest! {
    #![proptest_config(Config::with_cases(12))]

    #[test]
    fn large_files_are_downloaded_over_several_cuts(
        size in prop_oneof![Just(LARGEST), 0..LARGEST],
        plan in prop::collection::vec(plans(Just(None)), 0..4),
    ) {
        let mut writer = Hashing::new(usize::MAX, false);
        let outcome = block_on(download(size, None, plan, &mut writer));
        prop_assert!(outcome.is_ok(), "{outcome:?}");
        check(&outcome, &writer, &[file(size, 0)])?;
    }
}
