//! What a call keeps after an attempt has failed, in eight bytes.

use core::num::NonZeroU8;
use core::time::Duration;

use crate::class::Class;
use crate::give_up::GiveUp;

/// The state after an attempt has failed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FailureState {
    /// The last delay that the backoff returned: nanoseconds in 48 bits, up to 78 hours. In two fields, because a
    /// `u64` would make every annotated function's future eight bytes larger.
    previous_upper: u16,
    previous_lower: u32,
    last_retry: Option<LastRetry>,
    pub(super) gave_up: Option<GiveUp>,
}

/// The class of the failure before the last retry, and how many retries were made since the server last asked for a
/// wait. Both in one byte, because a further one would make every annotated function's future larger.
#[derive(Clone, Copy, Debug)]
struct LastRetry(NonZeroU8);

/// The classes that a byte tells apart. What is not here is `Permanent`.
const CLASSES: [Class; 4] = [
    Class::Refused,
    Class::Throttled { retry_after: None },
    Class::Transient,
    Class::Ambiguous,
];

/// The longest count: 5 classes of 51 counts each are the 255 values of a byte that is not zero.
const MOST: u8 = 50;

impl LastRetry {
    fn new(class: Class, count: u8) -> Self {
        let of_class = match class {
            Class::Refused => 0,
            Class::Throttled { .. } => 1,
            Class::Transient => 2,
            Class::Ambiguous => 3,
            Class::Permanent => 4,
        };
        let code = of_class * (MOST + 1) + count.min(MOST);
        Self(NonZeroU8::MIN.saturating_add(code))
    }

    fn class(self) -> Class {
        let index = usize::from((self.0.get() - 1) / (MOST + 1));
        CLASSES.get(index).copied().unwrap_or(Class::Permanent)
    }

    fn count(self) -> u8 {
        (self.0.get() - 1) % (MOST + 1)
    }
}

impl FailureState {
    /// Records a retry: the delay that the backoff returned, the class of the failure, and whether the server asked for a
    /// wait.
    pub(super) fn retry(&mut self, planned: Duration, class: Class, is_hinted: bool) {
        let since_hint = match self.last_retry {
            _ if is_hinted => 0,
            Some(last) => last.count().saturating_add(1),
            None => 1,
        };
        self.last_retry = Some(LastRetry::new(class, since_hint));
        self.set_previous(planned);
    }

    /// Returns the class of the failure before the last retry, without its hint.
    pub(super) fn retried(self) -> Option<Class> {
        self.last_retry.map(LastRetry::class)
    }

    /// Returns the number of retries since the server last asked for a wait, or since the call began; `None` if there
    /// were too many to count.
    pub(super) fn retries_since_hint(self) -> Option<u32> {
        let count = self.last_retry.map_or(0, LastRetry::count);
        (count < MOST).then_some(count.into())
    }

    fn set_previous(&mut self, delay: Duration) {
        let nanos = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        match u16::try_from(nanos >> 32) {
            Ok(upper) => {
                self.previous_upper = upper;
                self.previous_lower = u32::try_from(nanos & 0xffff_ffff).unwrap_or(u32::MAX);
            }
            Err(_) => (self.previous_upper, self.previous_lower) = (u16::MAX, u32::MAX),
        }
    }

    /// Returns the last delay that the backoff returned.
    pub(super) fn previous(self) -> Duration {
        let (upper, lower) = (
            u64::from(self.previous_upper),
            u64::from(self.previous_lower),
        );
        Duration::from_nanos((upper << 32) | lower)
    }
}
