//! What a call keeps of its failures, in one word.

use core::time::Duration;

use crate::backoff::short_nanos;
use crate::class::Class;
use crate::give_up::GiveUp;

/// What a call keeps of its failures. Zero before the first one, so that a call stores it in one instruction. A struct of
/// optional fields has a niche, in which the compiler stores whether an attempt is pending: then a call that succeeds
/// reads these fields, too.
///
/// The lower 48 bits have the last delay that the backoff returned, in nanoseconds: up to 78 hours. Above are the number
/// of retries since the server last asked for a wait (8 bits), the class of the failure before the last retry (4 bits),
/// and why the call gave up (4 bits). The last two are 0 for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailureState(u64);

const DELAY: u64 = (1 << 48) - 1;
const COUNT_SHIFT: u32 = 48;
const CLASS_SHIFT: u32 = 56;
const REASON_SHIFT: u32 = 60;

/// The longest count.
const MOST: u64 = 50;

/// In the order of their declaration.
const REASONS: [GiveUp; 7] = [
    GiveUp::NotRetryable,
    GiveUp::Exhausted,
    GiveUp::Nested,
    GiveUp::HintTooLong,
    GiveUp::Deadline,
    GiveUp::MaxElapsed,
    GiveUp::Budget,
];

impl FailureState {
    pub(super) const NONE: Self = Self(0);

    /// Records a retry: the delay that the backoff returned, the class of the failure, and whether the server asked for a
    /// wait.
    pub(super) fn retry(&mut self, planned: Duration, class: Class, is_hinted: bool) {
        let since_hint = if is_hinted { 0 } else { self.count() + 1 };
        let class: u64 = match class {
            Class::Refused => 1,
            Class::Throttled { .. } => 2,
            Class::Transient => 3,
            Class::Ambiguous => 4,
            Class::Permanent => 5,
        };
        let planned = short_nanos(planned).unwrap_or(u64::MAX);
        self.0 = planned.min(DELAY) | since_hint.min(MOST) << COUNT_SHIFT | class << CLASS_SHIFT;
    }

    /// Returns the class of the failure before the last retry, without its hint.
    pub(super) fn retried(self) -> Option<Class> {
        Some(match self.0 >> CLASS_SHIFT & 0xf {
            0 => return None,
            1 => Class::Refused,
            2 => Class::Throttled { retry_after: None },
            3 => Class::Transient,
            4 => Class::Ambiguous,
            _ => Class::Permanent,
        })
    }

    /// Returns the number of retries since the server last asked for a wait, or since the call began; `None` if there
    /// were too many to count.
    pub(super) fn retries_since_hint(self) -> Option<u32> {
        let count = self.count();
        let counted = u32::try_from(count).ok();
        counted.filter(|_| count < MOST)
    }

    fn count(self) -> u64 {
        self.0 >> COUNT_SHIFT & 0xff
    }

    /// Returns the last delay that the backoff returned; `None` before the first retry.
    pub(super) fn previous(self) -> Option<Duration> {
        let is_retry = self.0 >> CLASS_SHIFT & 0xf > 0;
        is_retry.then(|| Duration::from_nanos(self.0 & DELAY))
    }

    /// Records why the call gave up.
    pub(super) fn give_up(&mut self, reason: GiveUp) {
        let code = 1 + reason as u64;
        self.0 = self.0 & !(0xf << REASON_SHIFT) | code << REASON_SHIFT;
    }

    /// Returns why the call gave up, if it did.
    #[inline]
    pub(super) fn gave_up(self) -> Option<GiveUp> {
        let code = usize::try_from(self.0 >> REASON_SHIFT).unwrap_or(0);
        REASONS.get(code.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_the_one_that_was_kept() {
        for reason in REASONS {
            let mut state = FailureState::NONE;
            assert_eq!((state.previous(), state.retried()), (None, None));
            state.retry(Duration::from_secs(7), Class::Refused, false);
            assert_eq!(state.gave_up(), None);
            state.give_up(reason);
            assert_eq!(state.gave_up(), Some(reason));
            assert_eq!(state.retried(), Some(Class::Refused));
            assert_eq!(state.retries_since_hint(), Some(1));
            assert_eq!(state.previous(), Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn a_delay_above_78_hours_is_kept_as_the_longest() {
        let mut state = FailureState::NONE;
        state.retry(Duration::MAX, Class::Permanent, true);
        assert_eq!(state.previous(), Some(Duration::from_nanos(DELAY)));
        assert_eq!(state.retried(), Some(Class::Permanent));
        assert_eq!(
            (state.retries_since_hint(), state.gave_up()),
            (Some(0), None)
        );
    }
}
