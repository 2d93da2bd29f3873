//! Draining a failed response, so that its connection can be reused.

use std::time::Duration;

use reqwest::Response;

/// How many bytes of a body an error contains: enough for the message of an API, and few enough for a log.
pub(crate) const EXCERPT: usize = 512;
/// How many bytes of a body are read so that its connection can be reused. Error pages are shorter; to read more would
/// cost more than a new connection.
pub(crate) const DRAIN: usize = 64 * 1024;
/// How long this may take. A new connection is cheaper than waiting longer.
const TIME_LIMIT: Duration = Duration::from_millis(100);

/// Reads up to 64 KiB of the body, for at most 100 ms, so that the connection can be reused. Returns the first 512
/// bytes.
///
/// # Cancel safety
///
/// Dropping the future drops the response and its connection.
pub(crate) async fn drain(mut response: Response) -> Box<[u8]> {
    let mut excerpt = Vec::new();
    let read = async {
        let mut seen = 0;
        // A body that ends early is not another failure: the status is what failed.
        while let Ok(Some(chunk)) = response.chunk().await {
            seen += chunk.len();
            let room = EXCERPT - excerpt.len();
            excerpt.extend_from_slice(&chunk[..room.min(chunk.len())]);
            if seen > DRAIN {
                break;
            }
        }
    };
    // A timeout is not a failure either.
    let _ = tokio::time::timeout(TIME_LIMIT, read).await;
    excerpt.into_boxed_slice()
}
