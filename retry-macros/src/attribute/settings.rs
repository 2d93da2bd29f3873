//! The checked attribute: what each key says.

use proc_macro2::Ident;

use super::entries::{Entry, Value};
use super::values::{
    Backoff, Budget, Jitter, Number, OnErrors, Time, backoff, budget, count, factor, fallback,
    flag, jitter, name, nested, on, time, timer,
};
use crate::errors::Errors;
use crate::syntax::{Closure, Expr, Path, Type};
use crate::words::{Key, Nested, Shape};

#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) max: Option<Number>,
    pub(crate) backoff: Option<Backoff>,
    pub(crate) base: Option<Time>,
    pub(crate) factor: Option<Expr>,
    pub(crate) cap: Option<Time>,
    pub(crate) jitter: Option<Jitter>,
    pub(crate) floor: Option<Time>,
    pub(crate) throttled_base: Option<Time>,
    pub(crate) first_at_once: Option<Expr>,
    pub(crate) on: OnErrors,
    pub(crate) attempt_timeout: Option<Time>,
    pub(crate) deadline: Option<Time>,
    pub(crate) max_elapsed: Option<Time>,
    pub(crate) max_retry_after: Option<Time>,
    pub(crate) cut_retry_after: Option<Expr>,
    pub(crate) budget: Option<Budget>,
    pub(crate) nested: Option<Nested>,
    pub(crate) policy: Option<Expr>,
    pub(crate) timed_out: Option<Expr>,
    pub(crate) via: Option<Type>,
    pub(crate) until: Option<Expr>,
    pub(crate) before_retry: Option<Expr>,
    pub(crate) on_retry: Option<Expr>,
    pub(crate) on_give_up: Option<Expr>,
    pub(crate) fallback: Option<Closure>,
    pub(crate) timer: Option<Expr>,
    pub(crate) share: Vec<Ident>,
    pub(crate) name: Option<Expr>,
    pub(crate) root: Option<Path>,
    /// Whether all settings that are fixed at compile time are literals: none of them depends on where the
    /// function is.
    pub(crate) is_literal: bool,
}

impl Settings {
    /// Reads each entry by itself.
    pub(crate) fn new(entries: &[Entry], errors: &mut Errors) -> Self {
        let mut fixed = entries.iter().filter(|entry| entry.key.is_fixed());
        let mut settings = Self {
            is_literal: fixed.all(
                |entry| matches!(&entry.value, Value::Expr(value) if value.literal().is_some()),
            ),
            ..Self::default()
        };
        for entry in entries {
            match &entry.value {
                Value::Expr(value) => settings.read(entry.key, value, errors),
                Value::Path(path) => settings.root = Some(path.clone()),
                Value::Names(names) => settings.share.clone_from(names),
                Value::Causes(_, types) => settings.on = OnErrors::Causes(types.clone()),
                Value::Type(ty) => settings.via = Some(ty.clone()),
            }
        }
        settings
    }

    fn read(&mut self, key: Key, value: &Expr, errors: &mut Errors) {
        match key {
            Key::Max => self.max = count(key, value, errors).map(Number::Attempts),
            Key::MaxRetries => self.max = count(key, value, errors).map(Number::Retries),
            Key::Backoff => self.backoff = backoff(value, errors),
            Key::Base => self.base = time(key, value, errors),
            Key::Factor => self.factor = factor(value, errors),
            Key::Cap => self.cap = time(key, value, errors),
            Key::Jitter => self.jitter = jitter(value, errors),
            Key::Floor => self.floor = time(key, value, errors),
            Key::ThrottledBase => self.throttled_base = time(key, value, errors),
            Key::FirstAtOnce => self.first_at_once = flag(key, value, errors),
            Key::On => self.on = on(value, errors),
            Key::AttemptTimeout => self.attempt_timeout = time(key, value, errors),
            Key::Deadline => self.deadline = time(key, value, errors),
            Key::MaxElapsed => self.max_elapsed = time(key, value, errors),
            Key::MaxRetryAfter => self.max_retry_after = time(key, value, errors),
            Key::CutRetryAfter => self.cut_retry_after = flag(key, value, errors),
            Key::Budget => self.budget = budget(value, errors),
            Key::Nested => self.nested = nested(value, errors),
            Key::Policy => self.policy = Some(value.clone()),
            Key::TimedOut => self.timed_out = Some(value.clone()),
            Key::Until => self.until = Some(value.clone()),
            Key::BeforeRetry => self.before_retry = Some(value.clone()),
            Key::OnRetry => self.on_retry = Some(value.clone()),
            Key::OnGiveUp => self.on_give_up = Some(value.clone()),
            Key::Fallback => self.fallback = fallback(value, errors),
            Key::Timer => self.timer = timer(value, errors),
            Key::Name => self.name = name(value, errors),
            // Their values are not expressions.
            Key::Via | Key::Share | Key::Crate => {}
        }
    }

    /// Returns the built-in shape; `None` for the user's own `Backoff`.
    pub(crate) fn shape(&self) -> Option<Shape> {
        match &self.backoff {
            None => Some(Shape::Exponential),
            Some(Backoff::Named(shape)) => Some(*shape),
            Some(Backoff::Expr(_)) => None,
        }
    }

    /// Returns the keys that have no effect with this backoff.
    pub(crate) fn unused_keys(&self) -> &'static [Key] {
        self.shape().map_or(Shape::KEYS, Shape::unused_keys)
    }

    /// Whether the attribute itself uses a local name.
    pub(crate) fn mention(&self, name: &Ident) -> bool {
        let on = match &self.on {
            OnErrors::Classifier(classifier) => Some(classifier),
            OnErrors::Unset | OnErrors::Ladder(_) | OnErrors::Causes(_) => None,
        };
        let run_in_the_function = [
            self.policy.as_ref(),
            self.timed_out.as_ref(),
            self.until.as_ref(),
            self.before_retry.as_ref(),
            self.on_retry.as_ref(),
            self.on_give_up.as_ref(),
            self.timer.as_ref(),
            on,
        ];
        let fallback = self.fallback.as_ref();
        run_in_the_function
            .iter()
            .any(|value| value.is_some_and(|value| value.mentions(name)))
            || fallback.is_some_and(|fallback| fallback.body.mentions(name))
    }

    /// Whether `before_retry` may change the value of a local name.
    pub(crate) fn changes(&self, name: &Ident) -> bool {
        self.before_retry
            .as_ref()
            .is_some_and(|value| value.mentions(name))
    }

    /// Whether the attribute says that nothing is retried.
    pub(crate) fn makes_one_attempt(&self) -> bool {
        match &self.max {
            Some(Number::Attempts(max)) => max.number() == Some(1.0),
            Some(Number::Retries(max)) => max.number() == Some(0.0),
            None => false,
        }
    }

    /// Whether attempts are cut off; `false` if only a `policy` may say so.
    pub(crate) fn cuts_off(&self) -> bool {
        self.attempt_timeout.is_some() || self.deadline.is_some()
    }

    /// Whether the whole call may have a time limit.
    pub(crate) fn is_bounded(&self) -> bool {
        self.deadline.is_some() || self.max_elapsed.is_some() || self.policy.is_some()
    }
}
