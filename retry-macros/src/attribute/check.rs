//! Settings that contradict one another.

use std::time::Duration;

use super::entries::{Entry, Value};
use super::jumps;
use super::keys::POLICY_KEYS;
use super::settings::{OnErrors, Settings, Shape};
use crate::errors::Errors;

/// Where `base` is not given: as in `Policy::new`.
const DEFAULT_BASE: Duration = Duration::from_millis(100);

/// Where `cap` is not given: as in every shape that has one.
const DEFAULT_CAP: Duration = Duration::from_secs(20);

pub(super) fn across(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    policy_stands_alone(entries, errors);
    one_count(entries, errors);
    shape_has_no_use_for(settings, entries, errors);
    base_is_not_above_the_default_cap(settings, errors);
    cap_is_not_below_base(settings, errors);
    limits_leave_time(settings, errors);
    timed_out_has_a_limit(settings, entries, errors);
    via_has_a_ladder(settings, entries, errors);
    crate_is_absolute(entries, errors);
    jumps::out_of_values(entries, errors);
}

fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.is(key))
}

fn conflict(second: &Entry, message: String, first: &Entry, note: &str, errors: &mut Errors) {
    let mut error = syn::Error::new(second.key.span(), message);
    error.combine(syn::Error::new(first.key.span(), note));
    errors.push(error);
}

fn policy_stands_alone(entries: &[Entry], errors: &mut Errors) {
    let Some(policy) = find(entries, "policy") else {
        return;
    };
    for entry in entries {
        if POLICY_KEYS.iter().any(|key| entry.is(key)) {
            let message = format!(
                "`{}` is a setting of the policy that is given already",
                entry.key
            );
            conflict(entry, message, policy, "given here", errors);
        }
    }
}

fn one_count(entries: &[Entry], errors: &mut Errors) {
    if let (Some(max), Some(retries)) = (find(entries, "max"), find(entries, "max_retries")) {
        let message = "`max_retries = n` means `max = n + 1`: give only one of the two".to_owned();
        conflict(retries, message, max, "the other is given here", errors);
    }
}

/// What a shape is called in messages, and the keys that say nothing about it.
pub(super) fn useless(shape: Option<&Shape>) -> (&'static str, &'static [&'static str]) {
    match shape {
        None | Some(Shape::Named("exp")) => ("\"exp\"", &[]),
        Some(Shape::Named("fixed")) => ("\"fixed\"", &["factor", "cap"]),
        Some(Shape::Named("decorrelated")) => ("\"decorrelated\"", &["factor", "jitter"]),
        Some(Shape::Named("none")) => ("\"none\"", &["base", "factor", "cap", "jitter"]),
        Some(Shape::Named("linear")) => ("\"linear\"", &["factor"]),
        Some(Shape::Named(_)) => ("\"fibonacci\"", &["factor"]),
        Some(Shape::Expr(_)) => ("a value", &["base", "factor", "cap", "jitter"]),
    }
}

fn shape_has_no_use_for(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    let (shape, useless) = useless(settings.backoff.as_ref());
    let Some(backoff) = find(entries, "backoff") else {
        return;
    };
    for key in useless {
        if let Some(entry) = find(entries, key) {
            let message = format!("`{key}` has no meaning where `backoff` is {shape}");
            conflict(entry, message, backoff, "`backoff` is given here", errors);
        }
    }
}

/// A `base` above the default of `cap` would be cut to it in silence. It is often "100m", for "100ms".
fn base_is_not_above_the_default_cap(settings: &Settings, errors: &mut Errors) {
    let has_cap = match settings.backoff {
        Some(Shape::Named("fixed" | "none") | Shape::Expr(_)) => false,
        Some(Shape::Named(_)) | None => true,
    };
    let Some(base) = settings
        .base
        .as_ref()
        .filter(|_| has_cap && settings.cap.is_none())
    else {
        return;
    };
    if let Some(known) = base.known().filter(|known| *known > DEFAULT_CAP) {
        let known = humantime::format_duration(known);
        let message = format!(
            "`base` is {known}, above the default `cap` of 20s: write `cap` too, or a smaller `base` (\"ms\" is \
             milliseconds, \"m\" is minutes)"
        );
        errors.on(base.place(), message);
    }
}

fn cap_is_not_below_base(settings: &Settings, errors: &mut Errors) {
    if settings
        .backoff
        .as_ref()
        .is_some_and(|shape| matches!(shape, Shape::Named("fixed" | "none") | Shape::Expr(_)))
    {
        return;
    }
    let Some(cap) = &settings.cap else { return };
    let base = match &settings.base {
        Some(base) => base.known(),
        None => Some(DEFAULT_BASE),
    };
    if let (Some(known), Some(base)) = (cap.known(), base) {
        if known < base {
            let message = format!("`cap` is below `base`, which is {base:?}");
            errors.on(cap.place(), message);
        }
    }
}

fn limits_leave_time(settings: &Settings, errors: &mut Errors) {
    let limits = [
        ("attempt_timeout", &settings.attempt_timeout),
        ("deadline", &settings.deadline),
    ];
    for (key, limit) in limits {
        if let Some(limit) = limit {
            if limit.known() == Some(Duration::ZERO) {
                errors.on(limit.place(), format!("`{key}` leaves no time for a call"));
            }
        }
    }
    if let (Some(timeout), Some(deadline)) = (&settings.attempt_timeout, &settings.deadline) {
        if let (Some(known), Some(deadline)) = (timeout.known(), deadline.known()) {
            if known > deadline {
                let message =
                    format!("`attempt_timeout` is longer than `deadline`, which is {deadline:?}");
                errors.on(timeout.place(), message);
            }
        }
    }
}

fn timed_out_has_a_limit(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    if settings.cuts_off() || settings.policy.is_some() {
        return;
    }
    if let Some(entry) = find(entries, "timed_out") {
        errors.at(
            entry.key.span(),
            "`timed_out` has no meaning without `attempt_timeout`, `deadline` or `policy`: nothing is cut off",
        );
    }
}

fn via_has_a_ladder(settings: &Settings, entries: &[Entry], errors: &mut Errors) {
    let (Some(via), Some(on)) = (find(entries, "via"), find(entries, "on")) else {
        return;
    };
    let what = match settings.on {
        OnErrors::Classifier(_) => "a classifier",
        OnErrors::Causes(_) => "`causes`",
        OnErrors::Unset | OnErrors::Ladder(_) => return,
    };
    let message = format!(
        "`via` has no meaning where `on` is {what}, which does not ask the error's own `Classify`"
    );
    conflict(via, message, on, "`on` is given here", errors);
}

fn crate_is_absolute(entries: &[Entry], errors: &mut Errors) {
    let Some(entry) = find(entries, "crate") else {
        return;
    };
    if let Value::Path(path) = &entry.value {
        let first = path
            .segments
            .first()
            .map(|segment| segment.ident.to_string());
        let anchored = path.leading_colon.is_some()
            || first.is_some_and(|first| first == "crate" || first == "$crate");
        if !anchored {
            errors.on(
                entry.value_tokens(),
                "`crate` is an absolute path, such as `::retry_core` or `crate::reexports::retryable`",
            );
        }
    }
}
