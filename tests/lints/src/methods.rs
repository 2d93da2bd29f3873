//! Methods and traits.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use retryable::{Policy, retryable};

use crate::Busy;

/// Whose methods are retried.
#[derive(Clone, Debug)]
pub struct Client {
    policy: Policy,
    text: String,
    state: u32,
}

impl Client {
    const MAX: u32 = 4;

    /// By reference.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable(max = Self::MAX)]
    pub async fn by_reference(&self, id: u32) -> Result<&str, Busy> {
        if ready(id).await == self.state {
            Ok(&self.text)
        } else {
            Err(Busy)
        }
    }

    /// By mutable reference.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable(policy = self.policy, before_retry = self.reset())]
    pub async fn by_mutable_reference(&mut self) -> Result<u32, Busy> {
        self.state = ready(self.state).await.saturating_add(1);
        Ok(self.state)
    }

    const fn reset(&mut self) {
        self.state = 0;
    }

    /// By value.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable]
    pub async fn by_value(self, extra: String) -> Result<usize, Busy> {
        ready(Ok(self.text.len().saturating_add(extra.len()))).await
    }

    /// By `Arc`.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable]
    pub async fn by_arc(self: Arc<Self>) -> Result<usize, Busy> {
        ready(Ok(self.text.len())).await
    }

    /// By `Pin`.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable]
    pub async fn by_pin(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.as_mut().get_mut().state = ready(1).await;
        Ok(self.state)
    }

    /// Blocks.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable(backoff = "none")]
    pub fn blocking(&mut self, text: String) -> Result<usize, Busy> {
        self.text = text;
        Err(Busy)
    }
}

/// Some have a default body.
pub trait Api {
    /// Required.
    fn required(&self, id: String) -> impl Future<Output = Result<usize, Busy>> + Send;

    /// Provided.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable(backoff = "none")]
    fn provided(&self, id: String) -> Result<Vec<u8>, Busy> {
        if id.is_empty() {
            Err(Busy)
        } else {
            Ok(id.into_bytes())
        }
    }
}

impl Api for Client {
    #[retryable]
    async fn required(&self, id: String) -> Result<usize, Busy> {
        ready(Ok(id.len())).await
    }
}

/// With settings for all of them.
#[derive(Clone, Copy, Debug)]
pub struct Pool(u32);

#[retryable(max = 5)]
impl Pool {
    /// Takes them over.
    ///
    /// # Errors
    ///
    /// Busy.
    #[retryable]
    pub async fn get(&self, id: u32) -> Result<u32, Busy> {
        ready(Ok(self.0 ^ id)).await
    }
}
