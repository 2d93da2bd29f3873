//! The policy that an attribute describes, as an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::name::Name;
use crate::attribute::{Backoff, Jitter, Number, Settings, Time};
use crate::private::Private;
use crate::syntax::{Expr, Literal, span_of};
use crate::words::{Key, Nested, Rung, Shape, Word};

/// Writes the definition of the policy, and an expression of type `&Policy` that refers to it. Neither takes space in
/// the future.
///
/// ```text
/// const __POLICY: &Policy<Exponential, On, Unlimited> = &Policy::new().max_attempts(5);
/// ```
///
/// An item is the least work for the compiler, but it can use neither generics nor `Self`, and has to
/// name its type. A policy that is not made of literals alone becomes
///
/// ```text
/// let __policy = || const { &Policy::new().max_attempts(Self::MAX) };
/// ```
pub(super) fn define(
    settings: &Settings,
    name: &Name<'_>,
    path: Private<'_>,
) -> (TokenStream, TokenStream) {
    let mixed = Span::mixed_site();
    let policy = name.set(&policy(settings, path), path);
    let constant_type = constant_type(settings, path).filter(|_| name.is_constant());
    match constant_type {
        Some(ty) => (
            quote_spanned!(mixed=> const __POLICY: &#ty = &#policy;),
            quote_spanned!(mixed=> __POLICY),
        ),
        None => (
            quote_spanned!(mixed=> let __policy = || const { &#policy };),
            quote_spanned!(mixed=> __policy()),
        ),
    }
}

/// Writes the type of a policy that is made of literals alone.
fn constant_type(settings: &Settings, path: Private<'_>) -> Option<TokenStream> {
    if !settings.is_literal {
        return None;
    }
    let mixed = Span::mixed_site();
    let private = path.at(mixed);
    let shape = Ident::new(settings.shape()?.variant(), mixed);
    let limit = if settings.cuts_off() {
        quote_spanned!(mixed=> #private::TimeLimit)
    } else if settings.max_elapsed.is_some() {
        quote_spanned!(mixed=> #private::SoftLimit)
    } else {
        quote_spanned!(mixed=> #private::Unlimited)
    };
    Some(quote_spanned!(mixed=> #private::Policy<#private::#shape, #private::On, #limit>))
}

/// `Policy::new().max_attempts(5)…`.
fn policy(settings: &Settings, path: Private<'_>) -> TokenStream {
    let mixed = Span::mixed_site();
    let private = &path.at(mixed);
    let mut policy = match shape(settings, path) {
        Some(shape) => quote_spanned!(mixed=> #private::Policy::with_backoff(#shape)),
        None => quote_spanned!(mixed=> #private::Policy::new()),
    };
    match &settings.max {
        Some(Number::Attempts(max)) => {
            policy = match Value::of_expr(max, max.to_token_stream()) {
                // `Policy::max_attempts` would name itself in its message, and not the key.
                Value::Unchecked(max) => {
                    let span = span_of(&max).resolved_at(mixed);
                    let private = path.at(span);
                    quote_spanned!(span=> #private::max(#policy, #max))
                }
                max @ Value::Checked(_) => set(&policy, path, "Policy", "max_attempts", max),
            };
        }
        Some(Number::Retries(max)) => {
            let max = Value::of_expr(max, max.to_token_stream());
            policy = set(&policy, path, "Policy", "max_retries", max);
        }
        None => {}
    }
    // The setters have the names of the keys.
    let times = [
        (Key::AttemptTimeout, &settings.attempt_timeout),
        (Key::Deadline, &settings.deadline),
        (Key::MaxElapsed, &settings.max_elapsed),
        (Key::MaxRetryAfter, &settings.max_retry_after),
    ];
    for (key, time) in times {
        if let Some(time) = time {
            policy = match Value::of_time(time, private) {
                // A path would also name the setter of an erased policy, and be ambiguous.
                Value::Unchecked(time) if key != Key::MaxRetryAfter => {
                    let span = span_of(&time).resolved_at(mixed);
                    let (private, name) = (path.at(span), Ident::new(key.name(), span));
                    quote_spanned!(span=> #private::#name(#policy, #time))
                }
                time => set(&policy, path, "Policy", key.name(), time),
            };
        }
    }
    if let Some(cut) = &settings.cut_retry_after {
        let cut = Value::of_expr(cut, cut.to_token_stream());
        policy = set(&policy, path, "Policy", "cut_retry_after", cut);
    }
    if settings.nested == Some(Nested::Multiply) {
        quote_spanned!(mixed=> .nested(#private::Nested::Multiply)).to_tokens(&mut policy);
    }
    // Without a setter for the default, the expansion of the common case stays small.
    let rung = settings.on.rung();
    if rung != Rung::Transient {
        let rung = Ident::new(rung.variant(), mixed);
        quote_spanned!(mixed=> .on(#private::On::#rung)).to_tokens(&mut policy);
    }
    policy
}

/// Writes the backoff; `None` for the default.
fn shape(settings: &Settings, path: Private<'_>) -> Option<TokenStream> {
    let mixed = Span::mixed_site();
    let private = &path.at(mixed);
    if let Some(Backoff::Expr(shape)) = &settings.backoff {
        let span = shape.span().resolved_at(mixed);
        let private = path.at(span);
        // `from_fn` makes a closure a shape, and infers the type of its argument.
        let shape = if shape.closure().is_some() {
            quote_spanned!(span=> #private::from_fn(#shape))
        } else {
            shape.to_token_stream()
        };
        return Some(quote_spanned!(span=> #private::shape(#shape)));
    }
    let shape = settings.shape()?;
    if shape == Shape::NoDelay {
        return Some(quote_spanned!(mixed=> #private::NoDelay));
    }
    let times = [
        ("cap", &settings.cap),
        ("floor", &settings.floor),
        ("throttled_base", &settings.throttled_base),
    ];
    let unset = settings.base.is_none()
        && settings.factor.is_none()
        && settings.jitter.is_none()
        && settings.first_at_once.is_none()
        && times.iter().all(|(_, time)| time.is_none());
    if shape == Shape::Exponential && unset {
        return None;
    }

    let name = shape.variant();
    let shape = Ident::new(name, mixed);
    let base = match &settings.base {
        Some(base) => base.tokens(private),
        None => quote_spanned!(mixed=> #private::DEFAULT_BASE),
    };
    let span = span_of(&base).resolved_at(mixed);
    let at_base = path.at(span);
    let mut shape = quote_spanned!(span=> #at_base::#shape::new(#base));
    if let Some(factor) = &settings.factor {
        shape = set(
            &shape,
            path,
            name,
            "factor",
            Value::of_expr(factor, as_float(factor)),
        );
    }
    // The cap first: the others must not be above it.
    for (key, time) in times {
        if let Some(time) = time {
            shape = set(&shape, path, name, key, Value::of_time(time, private));
        }
    }
    if let Some(jitter) = &settings.jitter {
        let jitter = match jitter {
            Jitter::Named(name) => {
                let name = Ident::new(name.variant(), mixed);
                Value::Checked(quote_spanned!(mixed=> #private::Jitter::#name))
            }
            Jitter::Part(part) => {
                let part = as_float(part);
                Value::Checked(quote_spanned!(mixed=> #private::Jitter::Proportional(#part)))
            }
            Jitter::Added(added) => {
                let added = added.tokens(private);
                Value::Checked(quote_spanned!(mixed=> #private::Jitter::Added(#added)))
            }
            Jitter::Expr(jitter) => Value::Unchecked(jitter.to_token_stream()),
        };
        shape = set(&shape, path, name, "jitter", jitter);
    }
    if let Some(at_once) = &settings.first_at_once {
        let at_once = Value::of_expr(at_once, at_once.to_token_stream());
        shape = set(&shape, path, name, "first_at_once", at_once);
    }
    Some(shape)
}

/// A setter's argument: checked by the macro, or left to the compiler.
enum Value {
    Checked(TokenStream),
    Unchecked(TokenStream),
}

impl Value {
    fn of_expr(value: &Expr, tokens: TokenStream) -> Self {
        match value.literal() {
            Some(_) => Self::Checked(tokens),
            None => Self::Unchecked(tokens),
        }
    }

    fn of_time(time: &Time, private: &TokenStream) -> Self {
        match time.known() {
            Some(_) => Self::Checked(time.tokens(private)),
            None => Self::Unchecked(time.tokens(private)),
        }
    }
}

/// Writes `receiver.name(value)`. A value that only the compiler can check becomes `Type::name(receiver, value)`, whose
/// tokens all have the span of the value, so that an error underlines the value.
fn set(
    receiver: &TokenStream,
    path: Private<'_>,
    ty: &str,
    name: &str,
    value: Value,
) -> TokenStream {
    let mixed = Span::mixed_site();
    match value {
        Value::Checked(value) => {
            let name = Ident::new(name, mixed);
            quote_spanned!(mixed=> #receiver.#name(#value))
        }
        Value::Unchecked(value) => {
            let span = span_of(&value).resolved_at(mixed);
            let (private, ty, name) = (path.at(span), Ident::new(ty, span), Ident::new(name, span));
            quote_spanned!(span=> #private::#ty::#name(#receiver, #value))
        }
    }
}

/// Makes `2.0` of `2`.
fn as_float(value: &Expr) -> TokenStream {
    match (value.literal(), value.number()) {
        (Some(Literal::Int(_)), Some(number)) => {
            let mut float = proc_macro2::Literal::f64_unsuffixed(number);
            float.set_span(value.span());
            float.to_token_stream()
        }
        _ => value.to_token_stream(),
    }
}

/// Whether the call reads the clock; `false` if only a `policy` may say so.
pub(super) fn needs_clock(settings: &Settings) -> bool {
    settings.cuts_off() || settings.is_bounded() || listens(settings) || settings.timer.is_some()
}

/// Whether a hook reads the clock.
pub(super) fn listens(settings: &Settings) -> bool {
    settings.on_retry.is_some() || settings.on_give_up.is_some()
}
