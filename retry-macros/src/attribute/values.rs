//! The values of keys: each type is what one key takes, and each function reads it.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};

use super::literals::word;
use crate::errors::Errors;
use crate::syntax::{Closure, Expr, Literal, Type};
use crate::words::{self, Key, Nested, Place, Rung, Shape};

/// How many attempts, in either way of counting.
pub(crate) enum Number {
    Attempts(Expr),
    Retries(Expr),
}

/// `backoff = …`.
pub(crate) enum Backoff {
    /// A built-in shape.
    Named(Shape),
    /// A value that implements `Backoff`.
    Expr(Expr),
}

/// `jitter = …`.
pub(crate) enum Jitter {
    Named(words::Jitter),
    /// A number: proportional.
    Part(Expr),
    /// A duration: on top.
    Added(Time),
    /// A value of type `Jitter`.
    Expr(Expr),
}

/// `budget = …`.
pub(crate) enum Budget {
    /// `"20%"`, as a ratio: the function's own budget.
    Share(f64),
    /// A value that implements `RetryBudget`.
    Expr(Expr),
}

/// `on = …`.
#[derive(Default)]
pub(crate) enum OnErrors {
    #[default]
    Unset,
    Ladder(Rung),
    /// A classifier.
    Classifier(Expr),
    /// Types of causes.
    Causes(Vec<Type>),
}

impl OnErrors {
    /// Returns the rung, or the default.
    pub(crate) fn rung(&self) -> Rung {
        match self {
            Self::Ladder(rung) => *rung,
            Self::Unset | Self::Classifier(_) | Self::Causes(_) => Rung::Transient,
        }
    }
}

/// A duration: a string that was parsed, or an expression.
#[derive(Clone)]
pub(crate) enum Time {
    Known(Duration, TokenStream),
    Expr(Expr),
}

impl Time {
    pub(crate) fn known(&self) -> Option<Duration> {
        match self {
            Self::Known(duration, _) => Some(*duration),
            Self::Expr(_) => None,
        }
    }

    /// Writes an expression of type `Duration`; `private` is the path to what generated code calls.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Known(duration, _) => {
                let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
                let span = proc_macro2::Span::mixed_site();
                quote_spanned!(span=> #private::Duration::new(#secs, #nanos))
            }
            Self::Expr(value) => value.to_token_stream(),
        }
    }

    /// Returns the tokens that an error about it underlines.
    pub(crate) fn place(&self) -> TokenStream {
        match self {
            Self::Known(_, literal) => literal.clone(),
            Self::Expr(value) => value.to_token_stream(),
        }
    }
}

/// Reads `"250ms"`, or an expression of type `Duration`.
pub(super) fn time(key: Key, value: &Expr, errors: &mut Errors) -> Option<Time> {
    let place = Place::from(key);
    match value.literal() {
        Some(Literal::Str(string)) => match humantime::parse_duration(&string) {
            Ok(duration) => return Some(Time::Known(duration, value.to_token_stream())),
            Err(error) => errors.on(value, place.invalid_duration(error)),
        },
        Some(_) => errors.on(value, place.needs_unit()),
        None if value.is_negative() => errors.on(value, place.negative()),
        None => return Some(Time::Expr(value.clone())),
    }
    None
}

/// Reads a whole number, or an expression.
pub(super) fn count(key: Key, value: &Expr, errors: &mut Errors) -> Option<Expr> {
    let place = Place::from(key);
    match value.literal() {
        Some(Literal::Int(Some(0))) if key == Key::Max => errors.on(value, place.no_attempts()),
        Some(Literal::Int(Some(number))) if number <= u32::MAX.into() => {
            return Some(value.clone());
        }
        Some(Literal::Int(_)) => errors.on(value, place.too_many()),
        Some(_) => errors.on(value, place.not_whole()),
        None if value.is_negative() => errors.on(value, place.negative()),
        None => return Some(value.clone()),
    }
    None
}

pub(super) fn backoff(value: &Expr, errors: &mut Errors) -> Option<Backoff> {
    if let Some(string) = value.string() {
        return word(Key::Backoff, value, &string, errors).map(Backoff::Named);
    }
    if value.literal().is_some() {
        errors.on(
            value,
            Place::from(Key::Backoff).invalid(", or a value that implements `Backoff`"),
        );
        return None;
    }
    Some(Backoff::Expr(value.clone()))
}

pub(super) fn factor(value: &Expr, errors: &mut Errors) -> Option<Expr> {
    let wrong = match (value.literal(), value.number()) {
        (Some(_), Some(factor)) => !(factor.is_finite() && factor >= 1.0),
        (Some(_), None) => true,
        (None, _) => value.is_negative(),
    };
    if wrong {
        errors.on(value, Place::from(Key::Factor).invalid(""));
        return None;
    }
    Some(value.clone())
}

/// Reads `true`, `false`, or an expression of type `bool`.
pub(super) fn flag(key: Key, value: &Expr, errors: &mut Errors) -> Option<Expr> {
    if value
        .literal()
        .is_some_and(|literal| literal != Literal::Bool)
    {
        errors.on(value, Place::from(key).invalid(""));
        return None;
    }
    Some(value.clone())
}

pub(super) fn jitter(value: &Expr, errors: &mut Errors) -> Option<Jitter> {
    if let Some(word_or_time) = value.string() {
        if word_or_time
            .trim_start()
            .starts_with(|first: char| first.is_ascii_digit())
        {
            return time(Key::Jitter, value, errors).map(Jitter::Added);
        }
        return word(Key::Jitter, value, &word_or_time, errors).map(Jitter::Named);
    }
    match (value.literal(), value.number()) {
        (Some(_), Some(part)) if (0.0..=1.0).contains(&part) => Some(Jitter::Part(value.clone())),
        (None, _) if !value.is_negative() => Some(Jitter::Expr(value.clone())),
        _ => {
            errors.on(value, Place::from(Key::Jitter).invalid(""));
            None
        }
    }
}

pub(super) fn on(value: &Expr, errors: &mut Errors) -> OnErrors {
    if let Some(string) = value.string() {
        return word(Key::On, value, &string, errors).map_or(OnErrors::Unset, OnErrors::Ladder);
    }
    if value.literal().is_some() || is_variant(value) {
        errors.on(
            value,
            Place::from(Key::On).invalid(
                ", a classifier `Fn(&E) -> impl Into<Class>` such as `on = |error| true`, or \
                 `causes(ApiError, std::io::Error)`",
            ),
        );
        return OnErrors::Unset;
    }
    OnErrors::Classifier(value.clone())
}

/// Whether this is a path such as `Class::Transient` or `Self::Busy`: by its letters, no function.
fn is_variant(value: &Expr) -> bool {
    let segments = value.segments();
    let mut segments = segments.iter().rev();
    let mut is_type_name = || {
        segments.next().is_some_and(|name| {
            name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
        })
    };
    is_type_name() && is_type_name()
}

pub(super) fn budget(value: &Expr, errors: &mut Errors) -> Option<Budget> {
    if value.literal().is_none() {
        return Some(Budget::Expr(value.clone()));
    }
    let share = value
        .string()
        .and_then(|string| string.trim().strip_suffix('%')?.trim().parse::<f64>().ok());
    match share {
        Some(percent) if (0.0..=100_000.0).contains(&percent) => {
            Some(Budget::Share(percent / 100.0))
        }
        _ => {
            errors.on(
                value,
                Place::from(Key::Budget).invalid(", or a `Budget`, such as `budget = PAYMENTS`"),
            );
            None
        }
    }
}

pub(super) fn nested(value: &Expr, errors: &mut Errors) -> Option<Nested> {
    let Some(string) = value.string() else {
        errors.on(value, Place::from(Key::Nested).invalid(""));
        return None;
    };
    word(Key::Nested, value, &string, errors)
}

pub(super) fn name(value: &Expr, errors: &mut Errors) -> Option<Expr> {
    if value.literal().is_some() && value.string().is_none() {
        errors.on(
            value,
            "invalid `name`: write a string, such as `name = \"fetch user\"`",
        );
        return None;
    }
    Some(value.clone())
}

/// Reads `|error, reason| …`, which has the form of a closure only.
pub(super) fn fallback(value: &Expr, errors: &mut Errors) -> Option<Closure> {
    let Some(closure) = value.closure() else {
        errors.on(
            value,
            "`fallback` takes `|error, reason| …`, whose body is part of the function: to call another function, write \
             `fallback = |error, reason| recover(error, reason)`",
        );
        return None;
    };
    if !closure.is_plain {
        errors.on(
            value,
            "`fallback` is part of the function, and no closure: write `|error, reason| …`, without `async`, `move` or a type",
        );
        return None;
    }
    Some(closure)
}

pub(super) fn timer(value: &Expr, errors: &mut Errors) -> Option<Expr> {
    if value.literal().is_some() {
        errors.on(
            value,
            "`timer` takes a `Timer`, such as `timer = &self.timer`; to limit time, write `deadline` or `attempt_timeout`",
        );
        return None;
    }
    Some(value.clone())
}
