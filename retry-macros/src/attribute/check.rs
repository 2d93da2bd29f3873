//! Checks settings against each other.

use std::time::Duration;

use super::entries::{Entry, Value, find};
use super::expressions::check_jumps;
use super::settings::Settings;
use super::values::{OnErrors, Time};
use crate::errors::Errors;
use crate::words::{DEFAULT_BASE, DEFAULT_CAP, Key, Place, Word};

pub(super) fn check(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    policy_stands_alone(entries, errors);
    one_count(entries, errors);
    shape_uses_its_keys(settings, entries, errors);
    if !settings.unused_keys().contains(&Key::Cap) {
        base_is_not_above_the_default_cap(settings, errors);
        cap_is_not_below_base(settings, errors);
        not_above_the_cap(Key::Floor, settings.floor.as_ref(), settings, errors);
        not_above_the_cap(
            Key::ThrottledBase,
            settings.throttled_base.as_ref(),
            settings,
            errors,
        );
    }
    throttled_base_is_not_below_base(settings, errors);
    limits_leave_time(settings, errors);
    timed_out_has_a_limit(settings, entries, errors);
    via_has_a_ladder(settings, entries, errors);
    fallback_takes_what_there_is(settings, errors);
    crate_is_absolute(entries, errors);
    check_jumps(entries, errors);
}

fn policy_stands_alone(entries: &[Entry], errors: &mut Errors) {
    let Some(policy) = find(entries, Key::Policy) else {
        return;
    };
    for entry in entries.iter().filter(|entry| entry.key.is_policy()) {
        let key = entry.key.name();
        let message = format!(
            "`{key}` is a setting of the policy, which `policy` replaces: set it in the policy"
        );
        errors.pair(
            entry.span(),
            message,
            policy.span(),
            "`policy` is given here",
        );
    }
}

fn one_count(entries: &[Entry], errors: &mut Errors) {
    let counts = (find(entries, Key::Max), find(entries, Key::MaxRetries));
    if let (Some(max), Some(retries)) = counts {
        let message = Place::from(Key::MaxRetries).second_count();
        errors.pair(
            retries.span(),
            message,
            max.span(),
            "the other is given here",
        );
    }
}

fn shape_uses_its_keys(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    let Some(backoff) = find(entries, Key::Backoff) else {
        return;
    };
    let shape = match settings.shape() {
        Some(shape) => shape.quoted(),
        None => "a value".to_owned(),
    };
    for key in settings.unused_keys() {
        if let Some(entry) = find(entries, *key) {
            let message = Place::from(*key).no_effect(&shape);
            errors.pair(
                entry.span(),
                message,
                backoff.span(),
                "`backoff` is given here",
            );
        }
    }
}

fn base_is_not_above_the_default_cap(settings: &Settings, errors: &mut Errors) {
    let (Some(base), None) = (&settings.base, &settings.cap) else {
        return;
    };
    if let Some(known) = base.known().filter(|known| *known > DEFAULT_CAP) {
        let known = humantime::format_duration(known);
        errors.on(
            base.place(),
            Place::from(Key::Base).above_default_cap(known),
        );
    }
}

fn cap_is_not_below_base(settings: &Settings, errors: &mut Errors) {
    let Some(cap) = &settings.cap else { return };
    let base = match &settings.base {
        Some(base) => base.known(),
        None => Some(DEFAULT_BASE),
    };
    if let (Some(known), Some(base)) = (cap.known(), base) {
        if known < base {
            let message = Place::from(Key::Cap).below_base(known, base);
            errors.on(cap.place(), message);
        }
    }
}

fn not_above_the_cap(key: Key, time: Option<&Time>, settings: &Settings, errors: &mut Errors) {
    let Some((time, known)) = time.and_then(|time| Some((time, time.known()?))) else {
        return;
    };
    let place = Place::from(key);
    match &settings.cap {
        None if known > DEFAULT_CAP => {
            let known = humantime::format_duration(known);
            errors.on(time.place(), place.needs_cap(known));
        }
        Some(cap) => {
            if let Some(cap) = cap.known().filter(|cap| known > *cap) {
                errors.on(time.place(), place.above_cap(known, cap));
            }
        }
        None => {}
    }
}

fn throttled_base_is_not_below_base(settings: &Settings, errors: &mut Errors) {
    let Some(throttled) = &settings.throttled_base else {
        return;
    };
    let base = settings
        .base
        .as_ref()
        .map_or(Some(DEFAULT_BASE), Time::known);
    if let (Some(known), Some(base)) = (throttled.known(), base) {
        if known < base {
            let message = Place::from(Key::ThrottledBase).below_base(known, base);
            errors.on(throttled.place(), message);
        }
    }
}

fn limits_leave_time(settings: &Settings, errors: &mut Errors) {
    let limits = [
        (Key::AttemptTimeout, &settings.attempt_timeout),
        (Key::Deadline, &settings.deadline),
    ];
    for (key, limit) in limits {
        if let Some(limit) = limit {
            if limit.known() == Some(Duration::ZERO) {
                errors.on(limit.place(), Place::from(key).no_time());
            }
        }
    }
    if let (Some(timeout), Some(deadline)) = (&settings.attempt_timeout, &settings.deadline) {
        if let (Some(known), Some(deadline)) = (timeout.known(), deadline.known()) {
            if known > deadline {
                let message =
                    Place::from(Key::AttemptTimeout).longer_than_deadline(known, deadline);
                errors.on(timeout.place(), message);
            }
        }
    }
}

fn timed_out_has_a_limit(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    if settings.cuts_off() || settings.policy.is_some() {
        return;
    }
    if let Some(entry) = find(entries, Key::TimedOut) {
        errors.at(
            entry.span(),
            "`timed_out` has no effect without `attempt_timeout`, `deadline` or `policy`: nothing is cut off",
        );
    }
}

fn via_has_a_ladder(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    let (Some(via), Some(on)) = (find(entries, Key::Via), find(entries, Key::On)) else {
        return;
    };
    let what = match settings.on {
        OnErrors::Classifier(_) => "a classifier",
        OnErrors::Causes(_) => "`causes`",
        OnErrors::Unset | OnErrors::Ladder(_) => return,
    };
    let message = format!(
        "`via` has no effect if `on` is {what}, which does not use the error's `Classify`: remove it"
    );
    errors.pair(via.span(), message, on.span(), "`on` is given here");
}

/// With `until`, the last outcome may be a value: there may be no error.
fn fallback_takes_what_there_is(settings: &Settings, errors: &mut Errors) {
    let Some(fallback) = &settings.fallback else {
        return;
    };
    let message = match (&settings.until, fallback.inputs.len()) {
        (Some(_), 1) | (None, 1 | 2) => return,
        (Some(_), _) => {
            "with `until`, the last outcome may be a value, without an error: write `fallback = |outcome| …`"
        }
        (None, _) => {
            "`fallback` takes the error, and the reason if it is used: write `fallback = |error, reason| …`"
        }
    };
    errors.on(&fallback.parameters, message);
}

fn crate_is_absolute(entries: &[Entry], errors: &mut Errors) {
    let Some(entry) = find(entries, Key::Crate) else {
        return;
    };
    if let Value::Path(path) = &entry.value {
        if !path.is_absolute() {
            errors.on(
                entry.value_tokens(),
                "`crate` must be an absolute path, such as `::retry_core` or `crate::reexports::retryable`",
            );
        }
    }
}
