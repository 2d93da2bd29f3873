//! What the entries say, each value checked by itself.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, Path, Type};

use super::check;
use super::entries::{Entry, Value};
use super::fixed::no_self;
use super::keys::{JITTERS, LADDER, LADDER_ALIASES, NESTED, SHAPE_ALIASES, SHAPES};
use super::values::{Time, count, is_negative, literal, mentions, number, string, time, word};
use crate::errors::Errors;

/// A checked attribute.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) max: Option<Number>,
    pub(crate) backoff: Option<Shape>,
    pub(crate) base: Option<Time>,
    pub(crate) factor: Option<Expr>,
    pub(crate) cap: Option<Time>,
    pub(crate) jitter: Option<Jitter>,
    pub(crate) on: OnErrors,
    pub(crate) attempt_timeout: Option<Time>,
    pub(crate) deadline: Option<Time>,
    pub(crate) max_elapsed: Option<Time>,
    pub(crate) max_retry_after: Option<Time>,
    pub(crate) budget: Option<Budget>,
    pub(crate) multiply: bool,
    pub(crate) policy: Option<Expr>,
    pub(crate) timed_out: Option<Expr>,
    pub(crate) via: Option<Type>,
    pub(crate) until: Option<Expr>,
    pub(crate) before_retry: Option<Expr>,
    pub(crate) on_retry: Option<Expr>,
    pub(crate) on_give_up: Option<Expr>,
    pub(crate) share: Vec<Ident>,
    pub(crate) name: Option<Expr>,
    pub(crate) root: Option<Path>,
}

/// How many attempts, in either way of counting.
pub(crate) enum Number {
    Attempts(Expr),
    Retries(Expr),
}

/// `backoff = …`.
pub(crate) enum Shape {
    /// A built-in one, by its word.
    Named(&'static str),
    /// A value that implements `Backoff`.
    Expr(Expr),
}

/// `jitter = …`.
pub(crate) enum Jitter {
    /// `None`, `Full` or `Equal`.
    Named(&'static str),
    /// A number: proportional.
    Part(Expr),
    /// A value of type `Jitter`.
    Expr(Expr),
}

/// `budget = …`.
pub(crate) enum Budget {
    /// `"20%"`, as a ratio: a budget of the function's own.
    Share(f64),
    /// A value that implements `RetryBudget`.
    Expr(Expr),
}

/// `on = …`.
#[derive(Default)]
pub(crate) enum OnErrors {
    #[default]
    Unset,
    /// A rung of the ladder, as the variant of `On`.
    Ladder(&'static str),
    /// A classifier.
    Classifier(Expr),
    /// Types of causes.
    Causes(Vec<Type>),
}

impl OnErrors {
    /// The variant of `On`.
    pub(crate) fn rung(&self) -> &'static str {
        match self {
            Self::Ladder(rung) => rung,
            _ => "Transient",
        }
    }
}

impl Settings {
    /// Whether the attribute itself makes use of a local name.
    pub(crate) fn mention(&self, name: &Ident) -> bool {
        let on = match &self.on {
            OnErrors::Classifier(classifier) => Some(classifier),
            _ => None,
        };
        let run_in_the_function = [
            self.policy.as_ref(),
            self.timed_out.as_ref(),
            self.until.as_ref(),
            self.before_retry.as_ref(),
            self.on_retry.as_ref(),
            self.on_give_up.as_ref(),
            on,
        ];
        run_in_the_function
            .into_iter()
            .flatten()
            .any(|value| mentions(value, name))
    }

    /// Whether it may change the value of a local name.
    pub(crate) fn changes(&self, name: &Ident) -> bool {
        self.before_retry
            .as_ref()
            .is_some_and(|value| mentions(value, name))
    }

    pub(crate) fn from_entries(entries: &[Entry], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        for entry in entries {
            settings.take(entry, errors);
        }
        check::across(&settings, entries, errors);
        settings
    }

    /// Whether the attribute says that nothing is retried.
    pub(crate) fn makes_one_attempt(&self) -> bool {
        match &self.max {
            Some(Number::Attempts(max)) => number(max) == Some(1.0),
            Some(Number::Retries(max)) => number(max) == Some(0.0),
            None => false,
        }
    }

    /// Whether attempts are cut off, as far as the attribute tells.
    pub(crate) fn cuts_off(&self) -> bool {
        self.attempt_timeout.is_some() || self.deadline.is_some()
    }

    /// Whether the call has a limit of time, as far as the attribute tells.
    pub(crate) fn is_bounded(&self) -> bool {
        self.deadline.is_some() || self.max_elapsed.is_some() || self.policy.is_some()
    }

    /// Whether the settings of the policy are literals, so that nothing in them can depend on where the
    /// function stands.
    pub(crate) fn is_literal(&self) -> bool {
        let max = match &self.max {
            Some(Number::Attempts(max) | Number::Retries(max)) => literal(max).is_some(),
            None => true,
        };
        let times = [
            &self.base,
            &self.cap,
            &self.attempt_timeout,
            &self.deadline,
            &self.max_elapsed,
            &self.max_retry_after,
        ];
        max && times
            .into_iter()
            .flatten()
            .all(|time| time.known().is_some())
            && self
                .factor
                .as_ref()
                .is_none_or(|factor| literal(factor).is_some())
            && !matches!(self.jitter, Some(Jitter::Expr(_)))
            && !matches!(self.backoff, Some(Shape::Expr(_)))
    }

    fn take(&mut self, entry: &Entry, errors: &mut Errors) {
        let key = entry.key.to_string();
        let value = match &entry.value {
            Value::Expr(value) => value,
            Value::Path(path) => {
                self.root = Some(path.clone());
                return;
            }
            Value::Names(names) => {
                self.share.clone_from(names);
                return;
            }
            Value::Causes(_, types) => {
                self.on = OnErrors::Causes(types.clone());
                return;
            }
            Value::Type(ty) => {
                self.via = Some(ty.clone());
                return;
            }
        };
        match key.as_str() {
            "max" => {
                let zero = "`max` counts the first call too, so it must be at least 1";
                let checked = count("max", value, Some(zero), errors);
                no_self("max", value, errors);
                self.max = checked.map(|()| Number::Attempts(value.clone()));
            }
            "max_retries" => {
                let checked = count("max_retries", value, None, errors);
                no_self("max_retries", value, errors);
                self.max = checked.map(|()| Number::Retries(value.clone()));
            }
            "backoff" => self.backoff = shape(value, errors),
            "factor" => self.factor = factor(value, errors),
            "jitter" => self.jitter = jitter(value, errors),
            "on" => self.on = on(value, errors),
            "base" => self.base = fixed_time(&key, value, errors),
            "cap" => self.cap = fixed_time(&key, value, errors),
            "attempt_timeout" => self.attempt_timeout = fixed_time(&key, value, errors),
            "deadline" => self.deadline = fixed_time(&key, value, errors),
            "max_elapsed" => self.max_elapsed = fixed_time(&key, value, errors),
            "max_retry_after" => self.max_retry_after = fixed_time(&key, value, errors),
            "budget" => self.budget = budget(value, errors),
            "nested" => self.multiply = multiply(value, errors),
            "policy" => self.policy = Some(value.clone()),
            "timed_out" => self.timed_out = Some(value.clone()),
            "until" => self.until = Some(value.clone()),
            "before_retry" => self.before_retry = Some(value.clone()),
            "on_retry" => self.on_retry = Some(value.clone()),
            "on_give_up" => self.on_give_up = Some(value.clone()),
            "name" => self.name = name(value, errors),
            _ => unreachable_key(entry, errors),
        }
    }
}

/// The list of keys and the match above are two lists; a key that is in one alone is a bug here, and
/// must not be silent.
fn unreachable_key(entry: &Entry, errors: &mut Errors) {
    errors.at(
        entry.key.span(),
        format!(
            "`{}` is known but not built in: please report this",
            entry.key
        ),
    );
}

fn fixed_time(key: &str, value: &Expr, errors: &mut Errors) -> Option<Time> {
    no_self(key, value, errors);
    time(key, value, errors)
}

fn shape(value: &Expr, errors: &mut Errors) -> Option<Shape> {
    no_self("backoff", value, errors);
    if let Some(string) = string(value) {
        return word("backoff", string, SHAPES, SHAPE_ALIASES, errors).map(Shape::Named);
    }
    if let Some(literal) = literal(value) {
        errors.on(
            literal,
            "`backoff` is the name of a shape, such as \"exp\", or a value that implements `Backoff`",
        );
        return None;
    }
    Some(Shape::Expr(value.clone()))
}

fn factor(value: &Expr, errors: &mut Errors) -> Option<Expr> {
    no_self("factor", value, errors);
    let wrong = match (literal(value), number(value)) {
        (Some(_), Some(factor)) => !(factor.is_finite() && factor >= 1.0),
        (Some(_), None) => true,
        (None, _) => is_negative(value),
    };
    if wrong {
        errors.on(value, "`factor` is a number of at least 1: `factor = 2.0`");
        return None;
    }
    Some(value.clone())
}

fn jitter(value: &Expr, errors: &mut Errors) -> Option<Jitter> {
    no_self("jitter", value, errors);
    if let Some(string) = string(value) {
        let word = word("jitter", string, JITTERS, &[], errors)?;
        return Some(Jitter::Named(match word {
            "none" => "None",
            "equal" => "Equal",
            _ => "Full",
        }));
    }
    match (literal(value), number(value)) {
        (Some(_), Some(part)) if (0.0..=1.0).contains(&part) => Some(Jitter::Part(value.clone())),
        (None, _) if !is_negative(value) => Some(Jitter::Expr(value.clone())),
        _ => {
            errors.on(
                value,
                "`jitter` is \"none\", \"full\", \"equal\", or the part of the delay to vary, 0.0 to 1.0",
            );
            None
        }
    }
}

/// What `on` takes.
const ON: &str = "`on` is \"refused\", \"transient\", \"ambiguous\", \"any\", a classifier `Fn(&E) -> impl Into<Class>` such as \
                  `on = |error| true`, or `causes(ApiError, std::io::Error)`";

fn on(value: &Expr, errors: &mut Errors) -> OnErrors {
    if let Some(string) = string(value) {
        return match word("class", string, LADDER, LADDER_ALIASES, errors) {
            Some("refused") => OnErrors::Ladder("Refused"),
            Some("ambiguous") => OnErrors::Ladder("Ambiguous"),
            Some("any") => OnErrors::Ladder("Any"),
            Some(_) => OnErrors::Ladder("Transient"),
            None => OnErrors::Unset,
        };
    }
    if literal(value).is_some() || is_variant(value) {
        errors.on(value, ON);
        return OnErrors::Unset;
    }
    OnErrors::Classifier(value.clone())
}

/// Whether this is `Class::Transient`, `Self::Busy` or their like: by its letters, no function.
fn is_variant(value: &Expr) -> bool {
    let Expr::Path(path) = value else {
        return false;
    };
    let mut segments = path.path.segments.iter().rev();
    let mut is_type_name = || {
        let name = segments.next().map(|segment| segment.ident.unraw());
        name.is_some_and(|name| {
            let name = name.to_string();
            name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
        })
    };
    is_type_name() && is_type_name()
}

fn name(value: &Expr, errors: &mut Errors) -> Option<Expr> {
    if literal(value).is_some() && string(value).is_none() {
        errors.on(value, "`name` is a string: `name = \"fetch user\"`");
        return None;
    }
    Some(value.clone())
}

fn budget(value: &Expr, errors: &mut Errors) -> Option<Budget> {
    let Some(literal) = literal(value) else {
        return Some(Budget::Expr(value.clone()));
    };
    let share = string(value).and_then(|string| {
        let string = string.value();
        string.trim().strip_suffix('%')?.trim().parse::<f64>().ok()
    });
    match share {
        Some(percent) if (0.0..=100_000.0).contains(&percent) => {
            Some(Budget::Share(percent / 100.0))
        }
        _ => {
            errors.on(
                literal,
                "`budget` is a share of the calls, such as \"20%\", or a `Budget`: `budget = PAYMENTS`",
            );
            None
        }
    }
}

fn multiply(value: &Expr, errors: &mut Errors) -> bool {
    match string(value) {
        Some(string) => word("value of `nested`", string, NESTED, &[], errors) == Some("multiply"),
        None => {
            errors.on(value, "`nested` is \"stop\" or \"multiply\"");
            false
        }
    }
}
