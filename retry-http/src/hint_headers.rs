//! An API's own headers that say how long to wait.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName};

use crate::hints::first;

type Parse = Arc<dyn Fn(&str) -> Option<Duration> + Send + Sync>;

/// The headers to read in addition to those that [`retry_after`](crate::retry_after) reads.
#[derive(Clone, Default)]
pub struct HintHeaders(Vec<(HeaderName, Parse)>);

impl HintHeaders {
    /// Adds a header, whose first value `parse` reads.
    pub fn add(
        &mut self,
        name: HeaderName,
        parse: impl Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    ) {
        self.0.push((name, Arc::new(parse)));
    }

    /// Returns the longest wait that any of them asks for. Retrying sooner would only be refused again.
    pub fn longest(&self, headers: &HeaderMap) -> Option<Duration> {
        let waits = self
            .0
            .iter()
            .filter_map(|(name, parse)| parse(first(headers, name.as_str())?));
        waits.max()
    }
}

impl fmt::Debug for HintHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}
