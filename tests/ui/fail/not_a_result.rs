//! An `Option` needs `until`.

use retryable::retryable;

#[retryable]
async fn first(list: &[u32]) -> Option<u32> {
    list.first().copied()
}

fn main() {}
