//! The end of a failed response: its first bytes are kept, and its connection is left clean.

use std::time::Duration;

use reqwest::Response;

/// How much of a body an error keeps.
pub(crate) const EXCERPT: usize = 512;
/// How much of a body is read so that its connection can be used again.
pub(crate) const DRAIN: usize = 64 * 1024;
/// How long that may take: beyond it, a new connection is cheaper.
const PATIENCE: Duration = Duration::from_millis(100);

/// Takes the first 512 bytes of the body. Reads on, up to 64 KiB and for at most 100 ms in all, so
/// that the connection is used again.
///
/// # Cancel safety
///
/// To drop the future is to drop the response, and with it the connection.
pub(crate) async fn drain(mut response: Response) -> Box<[u8]> {
    let mut excerpt = Vec::new();
    let read = async {
        let mut seen = 0;
        // A body that breaks off is as good as one that ends: the status is what failed.
        while let Ok(Some(chunk)) = response.chunk().await {
            seen += chunk.len();
            let room = EXCERPT - excerpt.len();
            excerpt.extend_from_slice(&chunk[..room.min(chunk.len())]);
            if seen > DRAIN {
                break;
            }
        }
    };
    // Out of time is out of patience, not a failure.
    let _ = tokio::time::timeout(PATIENCE, read).await;
    excerpt.into_boxed_slice()
}
