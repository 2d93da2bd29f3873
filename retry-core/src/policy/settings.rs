//! The numbers of a policy, without its type parameters, as the machine reads them.

use core::time::Duration;

use super::{Name, Nested};
#[cfg(feature = "observe")]
use crate::observe::OwnObserver;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) name: Name,
    pub(crate) max_attempts: u32,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_elapsed: Option<Duration>,
    pub(crate) max_retry_after: Duration,
    pub(crate) cut_retry_after: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) nested: Nested,
    #[cfg(feature = "observe")]
    pub(crate) observer: OwnObserver,
}

impl Settings {
    pub(crate) const DEFAULT: Self = Self {
        name: Name::UNNAMED,
        max_attempts: 3,
        attempt_timeout: None,
        deadline: None,
        max_elapsed: None,
        max_retry_after: Duration::from_secs(120),
        cut_retry_after: false,
        seed: None,
        nested: Nested::Stop,
        #[cfg(feature = "observe")]
        observer: OwnObserver(None),
    };
}
