//! Values of any source, and what they mean for a key.

use core::time::Duration;

use retry_words::{Jitter as JitterWord, Key, Place, Word};

use super::named::Named;
use super::{ConfiguredBudget, PolicyConfig};
use crate::Jitter;

/// A value, before it is known of which key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Whole(u64),
    /// A number that is not whole, or below zero.
    Number(f64),
    /// A duration of a format that has no text for it.
    Time(Duration),
    Flag(bool),
    /// A list, a table, or another thing that no key takes.
    Other,
}

impl Value {
    /// Sets one key. Returns what is wrong with the value, if anything is.
    pub(super) fn set(self, key: Key, config: &mut PolicyConfig) -> Result<(), String> {
        let (value, place) = (self, Place::from(key));
        match key {
            Key::Max => match count(place, &value)? {
                0 => return Err(place.no_attempts()),
                max => config.max = Some(max),
            },
            Key::MaxRetries => config.max_retries = Some(count(place, &value)?),
            Key::Backoff => config.backoff = Some(named(place, &value)?),
            Key::Base => config.base = Some(time(place, &value)?),
            Key::Factor => config.factor = Some(factor(place, &value)?),
            Key::Cap => config.cap = Some(time(place, &value)?),
            Key::Jitter => config.jitter = Some(jitter(place, &value)?),
            Key::Floor => config.floor = Some(time(place, &value)?),
            Key::ThrottledBase => config.throttled_base = Some(time(place, &value)?),
            Key::FirstAtOnce => config.first_at_once = Some(flag(place, &value)?),
            Key::On => config.on = Some(named(place, &value)?),
            Key::AttemptTimeout => config.attempt_timeout = Some(time(place, &value)?),
            Key::Deadline => config.deadline = Some(time(place, &value)?),
            Key::MaxElapsed => config.max_elapsed = Some(time(place, &value)?),
            Key::MaxRetryAfter => config.max_retry_after = Some(time(place, &value)?),
            Key::CutRetryAfter => config.cut_retry_after = Some(flag(place, &value)?),
            Key::Budget => config.budget = Some(budget(place, &value)?),
            Key::Nested => config.nested = Some(named(place, &value)?),
            // Not settings of a policy: `Key::settings` does not list them.
            Key::Policy
            | Key::TimedOut
            | Key::Via
            | Key::Until
            | Key::BeforeRetry
            | Key::OnRetry
            | Key::OnGiveUp
            | Key::Fallback
            | Key::Timer
            | Key::Share
            | Key::Name
            | Key::Crate => {}
        }
        Ok(())
    }
}

fn count(place: Place<'_>, value: &Value) -> Result<u32, String> {
    match value {
        Value::Whole(count) => u32::try_from(*count).map_err(|_| place.too_many()),
        Value::Number(number) if *number < 0.0 => Err(place.negative()),
        Value::Number(number) if *number > f64::from(u32::MAX) => Err(place.too_many()),
        _ => Err(place.not_whole()),
    }
}

fn time(place: Place<'_>, value: &Value) -> Result<Duration, String> {
    match value {
        Value::Time(time) => Ok(*time),
        Value::Text(text) => {
            humantime::parse_duration(text).map_err(|error| place.invalid_duration(error))
        }
        Value::Number(number) if *number < 0.0 => Err(place.negative()),
        _ => Err(place.needs_unit()),
    }
}

fn named<T: Named>(place: Place<'_>, value: &Value) -> Result<T, String> {
    let Value::Text(text) = value else {
        return Err(place.invalid(""));
    };
    match T::Words::find(text) {
        Some(word) => Ok(T::of(word)),
        None => Err(place.unknown_word::<T::Words>(text)),
    }
}

/// Returns the number of a value that may be whole.
fn number(value: &Value) -> Option<f64> {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "no number above 2^53 makes sense here"
        )]
        Value::Whole(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn factor(place: Place<'_>, value: &Value) -> Result<f64, String> {
    let right = number(value).filter(|factor| factor.is_finite() && *factor >= 1.0);
    right.ok_or_else(|| place.invalid(""))
}

fn jitter(place: Place<'_>, value: &Value) -> Result<Jitter, String> {
    if let Value::Time(added) = value {
        return Ok(Jitter::Added(*added));
    }
    if let Value::Text(text) = value {
        if text
            .trim_start()
            .starts_with(|first: char| first.is_ascii_digit())
        {
            return time(place, value).map(Jitter::Added);
        }
        return match JitterWord::find(text) {
            Some(JitterWord::None) => Ok(Jitter::None),
            Some(JitterWord::Full) => Ok(Jitter::Full),
            Some(JitterWord::Equal) => Ok(Jitter::Equal),
            None => Err(place.unknown_word::<JitterWord>(text)),
        };
    }
    let part = number(value).map(Jitter::Proportional);
    let right = part.filter(|jitter| jitter.check().is_ok());
    right.ok_or_else(|| place.invalid(""))
}

fn flag(place: Place<'_>, value: &Value) -> Result<bool, String> {
    match value {
        Value::Flag(flag) => Ok(*flag),
        _ => Err(place.invalid("")),
    }
}

fn budget(place: Place<'_>, value: &Value) -> Result<ConfiguredBudget, String> {
    let percent = match value {
        Value::Text(text) => text.trim().strip_suffix('%'),
        _ => None,
    };
    let percent = percent.and_then(|percent| percent.trim().parse().ok());
    let budget = percent.and_then(ConfiguredBudget::of_percent);
    budget.ok_or_else(|| place.invalid(""))
}
