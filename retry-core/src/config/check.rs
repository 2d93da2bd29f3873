//! Checks settings against each other, by the rules of the attribute.

use core::time::Duration;

use retry_words::{DEFAULT_BASE, DEFAULT_CAP, Key, Place};

use super::ConfigErrorKind::{Conflict, InvalidValue};
use super::PolicyConfig;
use super::error::Faults;
use super::named::Named;

/// How much of a policy a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    /// Another document may have the rest, so only what is written is checked.
    Partial,
    /// What is not written has its default.
    Whole,
}

pub(super) fn check(config: &PolicyConfig, document: Document, faults: &mut Faults) {
    values_are_in_range(config, faults);
    one_count(config, faults);
    shape_uses_its_keys(config, faults);
    if !config.unused_keys().contains(&Key::Cap) {
        cap_is_not_below_base(config, document, faults);
        not_above_the_cap(Key::Floor, config.floor, config, document, faults);
        not_above_the_cap(
            Key::ThrottledBase,
            config.throttled_base,
            config,
            document,
            faults,
        );
    }
    throttled_base_is_not_below_base(config, document, faults);
    limits_leave_time(config, faults);
}

/// Values that no document has, because they are checked when they are read. Code may have set them.
fn values_are_in_range(config: &PolicyConfig, faults: &mut Faults) {
    if config.max == Some(0) {
        faults.at_key(Key::Max, InvalidValue, Place::no_attempts);
    }
    let is_factor = |factor: f64| factor.is_finite() && factor >= 1.0;
    if config.factor.is_some_and(|factor| !is_factor(factor)) {
        faults.at_key(Key::Factor, InvalidValue, |place| place.invalid(""));
    }
    if config.jitter.is_some_and(|jitter| jitter.check().is_err()) {
        faults.at_key(Key::Jitter, InvalidValue, |place| place.invalid(""));
    }
}

fn one_count(config: &PolicyConfig, faults: &mut Faults) {
    if config.max.is_some() && config.max_retries.is_some() {
        faults.at_key(Key::MaxRetries, Conflict, Place::second_count);
    }
}

fn shape_uses_its_keys(config: &PolicyConfig, faults: &mut Faults) {
    let Some(shape) = config.backoff else { return };
    let is_set = |key: Key| match key {
        Key::Base => config.base.is_some(),
        Key::Factor => config.factor.is_some(),
        Key::Cap => config.cap.is_some(),
        Key::Jitter => config.jitter.is_some(),
        Key::Floor => config.floor.is_some(),
        Key::ThrottledBase => config.throttled_base.is_some(),
        Key::FirstAtOnce => config.first_at_once.is_some(),
        _ => false,
    };
    let shape = shape.word();
    for key in shape.unused_keys().iter().filter(|key| is_set(**key)) {
        faults.at_key(*key, Conflict, |place| place.no_effect(shape.quoted()));
    }
}

fn cap_is_not_below_base(config: &PolicyConfig, document: Document, faults: &mut Faults) {
    let is_whole = document == Document::Whole;
    match (config.base, config.cap) {
        (Some(base), None) if is_whole && base > DEFAULT_CAP => {
            let base = humantime::format_duration(base);
            faults.at_key(Key::Base, Conflict, |place| place.above_default_cap(base));
        }
        (base, Some(cap)) => {
            let base = base.or(is_whole.then_some(DEFAULT_BASE));
            if let Some(base) = base.filter(|base| cap < *base) {
                faults.at_key(Key::Cap, Conflict, |place| place.below_base(cap, base));
            }
        }
        _ => {}
    }
}

fn not_above_the_cap(
    key: Key,
    delay: Option<Duration>,
    config: &PolicyConfig,
    document: Document,
    faults: &mut Faults,
) {
    let Some(delay) = delay else { return };
    match config.cap {
        None if document == Document::Whole && delay > DEFAULT_CAP => {
            let delay = humantime::format_duration(delay);
            faults.at_key(key, Conflict, |place| place.needs_cap(delay));
        }
        Some(cap) if delay > cap => {
            faults.at_key(key, Conflict, |place| place.above_cap(delay, cap));
        }
        _ => {}
    }
}

fn throttled_base_is_not_below_base(
    config: &PolicyConfig,
    document: Document,
    faults: &mut Faults,
) {
    let default = (document == Document::Whole).then_some(DEFAULT_BASE);
    let bases = (config.throttled_base, config.base.or(default));
    if let (Some(throttled), Some(base)) = bases {
        if throttled < base {
            let below_base = |place: Place<'_>| place.below_base(throttled, base);
            faults.at_key(Key::ThrottledBase, Conflict, below_base);
        }
    }
}

fn limits_leave_time(config: &PolicyConfig, faults: &mut Faults) {
    if config.attempt_timeout == Some(Duration::ZERO) {
        faults.at_key(Key::AttemptTimeout, InvalidValue, Place::no_time);
    }
    if config.deadline == Some(Duration::ZERO) {
        faults.at_key(Key::Deadline, InvalidValue, Place::no_time);
    }
    if let (Some(timeout), Some(deadline)) = (config.attempt_timeout, config.deadline) {
        if timeout > deadline {
            faults.at_key(Key::AttemptTimeout, Conflict, |place| {
                place.longer_than_deadline(timeout, deadline)
            });
        }
    }
}
