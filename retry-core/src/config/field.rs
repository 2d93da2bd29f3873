//! The fields that are set, as documents write them.

use core::fmt;
use core::time::Duration;

use retry_words::{Jitter as JitterWord, Key, Word};

use super::named::Named;
use super::{ConfiguredBudget, PolicyConfig};
use crate::Jitter;

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'a> {
    Count(u32),
    Number(f64),
    /// A jitter that is a number: it can also be a word.
    Part(f64),
    Time(Duration),
    /// A jitter that is a duration.
    Added(Duration),
    Flag(bool),
    Word(&'static str),
    Budget(&'a ConfiguredBudget),
}

/// All fields, in the order of the documentation.
pub(super) fn fields(config: &PolicyConfig) -> impl Iterator<Item = (Key, Option<Field<'_>>)> {
    let PolicyConfig {
        max,
        max_retries,
        backoff,
        base,
        factor,
        cap,
        jitter,
        floor,
        throttled_base,
        first_at_once,
        on,
        attempt_timeout,
        deadline,
        max_elapsed,
        max_retry_after,
        cut_retry_after,
        budget,
        nested,
    } = config;
    let time = |time: &Option<Duration>| time.map(Field::Time);
    let jitter = jitter.map(|jitter| match jitter {
        Jitter::None => Field::Word(JitterWord::None.name()),
        Jitter::Full => Field::Word(JitterWord::Full.name()),
        Jitter::Equal => Field::Word(JitterWord::Equal.name()),
        Jitter::Proportional(part) => Field::Part(part),
        Jitter::Added(added) => Field::Added(added),
    });
    [
        (Key::Max, max.map(Field::Count)),
        (Key::MaxRetries, max_retries.map(Field::Count)),
        (Key::Backoff, backoff.map(word)),
        (Key::Base, time(base)),
        (Key::Factor, factor.map(Field::Number)),
        (Key::Cap, time(cap)),
        (Key::Jitter, jitter),
        (Key::Floor, time(floor)),
        (Key::ThrottledBase, time(throttled_base)),
        (Key::FirstAtOnce, first_at_once.map(Field::Flag)),
        (Key::On, on.map(word)),
        (Key::AttemptTimeout, time(attempt_timeout)),
        (Key::Deadline, time(deadline)),
        (Key::MaxElapsed, time(max_elapsed)),
        (Key::MaxRetryAfter, time(max_retry_after)),
        (Key::CutRetryAfter, cut_retry_after.map(Field::Flag)),
        (Key::Budget, budget.as_ref().map(Field::Budget)),
        (Key::Nested, nested.map(word)),
    ]
    .into_iter()
}

fn word<T: Named>(value: T) -> Field<'static> {
    Field::Word(value.name())
}

/// The value in one line of text.
impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Number(number) | Self::Part(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Time(time) | Self::Added(time) => {
                write!(f, "{}", humantime::format_duration(time))
            }
            Self::Word(word) => f.write_str(word),
            Self::Budget(budget) => write!(f, "{budget}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_of_the_attribute_is_a_field_in_the_same_order() {
        let config = PolicyConfig::default();
        assert!(fields(&config).map(|(key, _)| key).eq(Key::settings()));
    }
}
