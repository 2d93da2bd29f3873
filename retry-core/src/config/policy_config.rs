//! `PolicyConfig`: a policy as data.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use retry_words::{Key, Word};

use super::check::{Document, check};
use super::draft::Draft;
use super::error::Faults;
use super::field::fields;
use super::named::Named;
use super::text::Input;
use super::{ConfigError, ConfigErrorKind, ConfiguredBudget, Shape, ShapeName};
use crate::Jitter;
use crate::class::On;
use crate::classify::Classify;
use crate::policy::{DynPolicy, Nested, Policy, Settings};
use crate::timed_out::FromTimedOut;

/// The settings of a policy as data: those of `#[retryable]`, by the same names and with the same values. All are
/// optional.
///
/// It is read from TOML, JSON or YAML through `serde`, or [parsed](Self::parse) from one line of text, such as that of an
/// environment variable. Documents can be partial: [`or`](Self::or) merges them, field by field. [`policy`](Self::policy)
/// and [`timed_policy`](Self::timed_policy) make a [`DynPolicy`] of it. What is not set has the default of
/// [`Policy`](crate::Policy).
///
/// | field | values |
/// |---|---|
/// | `max`, or `max_retries` | a whole number: attempts in all, or those after the first |
/// | `backoff` | `"exp"`, `"fixed"`, `"linear"`, `"fibonacci"`, `"decorrelated"`, `"none"` |
/// | `base`, `cap` | a duration with a unit, such as `"250ms"` or `"1m 30s"` |
/// | `factor` | a number of at least 1, for `"exp"` |
/// | `jitter` | `"full"`, `"equal"`, `"none"`, a number from 0 to 1, or a duration to add |
/// | `floor`, `throttled_base` | a duration |
/// | `first_at_once`, `cut_retry_after` | `true` or `false` |
/// | `on` | `"refused"`, `"transient"`, `"ambiguous"`, `"any"` |
/// | `attempt_timeout`, `deadline` | a duration; only for [`timed_policy`](Self::timed_policy) |
/// | `max_elapsed`, `max_retry_after` | a duration |
/// | `budget` | a share of the calls, such as `"20%"` |
/// | `nested` | `"stop"`, `"multiply"` |
///
/// # Examples
///
/// ```
/// use retryable::config::PolicyConfig;
/// use retryable::{Classified, DynPolicy, transient};
///
/// let defaults = PolicyConfig::parse("max = 5, base = 50ms, jitter = none")?;
/// let orders = PolicyConfig::parse("max = 3")?.or(&defaults);
///
/// let policy: DynPolicy<Classified<&str>> = orders.policy()?;
/// assert_eq!(
///     policy.describe().to_string(),
///     "up to 3 attempts; waits of 50ms, 100ms (150ms in all); transient failures; no budget",
/// );
/// # Ok::<(), retryable::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PolicyConfig {
    /// Attempts in all, the first included. See [`Policy::max_attempts`](crate::Policy::max_attempts).
    pub max: Option<u32>,
    /// Attempts after the first, in place of `max`. See [`Policy::max_retries`](crate::Policy::max_retries).
    pub max_retries: Option<u32>,
    /// The shape of the delays.
    pub backoff: Option<ShapeName>,
    /// The first delay.
    pub base: Option<Duration>,
    /// By how much each delay is longer than the one before it.
    pub factor: Option<f64>,
    /// The longest delay.
    pub cap: Option<Duration>,
    /// How delays are spread.
    pub jitter: Option<Jitter>,
    /// The shortest delay, jitter included.
    pub floor: Option<Duration>,
    /// The first delay for calls that the server throttled.
    pub throttled_base: Option<Duration>,
    /// Whether the first retry is made at once.
    pub first_at_once: Option<bool>,
    /// Which failures are retried.
    pub on: Option<On>,
    /// The time limit of one attempt. See [`Policy::attempt_timeout`](crate::Policy::attempt_timeout).
    pub attempt_timeout: Option<Duration>,
    /// The time limit of the whole call. See [`Policy::deadline`](crate::Policy::deadline).
    pub deadline: Option<Duration>,
    /// No attempt and no wait begins after it. See [`Policy::max_elapsed`](crate::Policy::max_elapsed).
    pub max_elapsed: Option<Duration>,
    /// The longest wait that a server may ask for. See [`Policy::max_retry_after`](crate::Policy::max_retry_after).
    pub max_retry_after: Option<Duration>,
    /// Whether a longer hint is cut to that, and not a reason to give up. See
    /// [`Policy::cut_retry_after`](crate::Policy::cut_retry_after).
    pub cut_retry_after: Option<bool>,
    /// A limit for the retries of all calls of the policies that are made of this value.
    pub budget: Option<ConfiguredBudget>,
    /// What happens when a retry runs inside another one. See [`Policy::nested`](crate::Policy::nested).
    pub nested: Option<Nested>,
}

impl PolicyConfig {
    /// Reads `key = value, key = value`, in any order. Values may be quoted.
    ///
    /// # Errors
    ///
    /// If a key is unknown, a value is not one of its key, or settings do not fit together. The error has all faults.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::config::PolicyConfig;
    /// use std::time::Duration;
    ///
    /// let config = PolicyConfig::parse(r#"max = 3, base = 50ms, cap = "1m 30s", budget = 20%"#)?;
    /// assert_eq!(config.cap, Some(Duration::from_secs(90)));
    /// assert_eq!(config.to_string(), "max = 3, base = 50ms, cap = 1m 30s, budget = 20%");
    /// # Ok::<(), retryable::config::ConfigError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut draft = Draft::default();
        Input(text).entries(None, &mut draft);
        let (config, faults) = draft.finish();
        faults.ok(config)
    }

    /// Takes the settings that are not set here from `base`.
    ///
    /// `max` and `max_retries` are one setting. If a shape is set here, what has no effect on it is not taken.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::config::PolicyConfig;
    ///
    /// let base = PolicyConfig::parse("max = 5, factor = 3, base = 1s")?;
    /// let fixed = PolicyConfig::parse("max_retries = 1, backoff = fixed")?;
    /// assert_eq!(fixed.or(&base), PolicyConfig::parse("max_retries = 1, backoff = fixed, base = 1s")?);
    /// # Ok::<(), retryable::config::ConfigError>(())
    /// ```
    #[must_use]
    pub fn or(self, base: &Self) -> Self {
        let has_count = self.max.is_some() || self.max_retries.is_some();
        let unused = self.unused_keys();
        let has_use = |key| !unused.contains(&key);
        Self {
            max: self.max.or(base.max.filter(|_| !has_count)),
            max_retries: self.max_retries.or(base.max_retries.filter(|_| !has_count)),
            backoff: self.backoff.or(base.backoff),
            base: self.base.or(base.base.filter(|_| has_use(Key::Base))),
            factor: self.factor.or(base.factor.filter(|_| has_use(Key::Factor))),
            cap: self.cap.or(base.cap.filter(|_| has_use(Key::Cap))),
            jitter: self.jitter.or(base.jitter.filter(|_| has_use(Key::Jitter))),
            floor: self.floor.or(base.floor.filter(|_| has_use(Key::Floor))),
            throttled_base: self
                .throttled_base
                .or(base.throttled_base.filter(|_| has_use(Key::ThrottledBase))),
            first_at_once: self
                .first_at_once
                .or(base.first_at_once.filter(|_| has_use(Key::FirstAtOnce))),
            on: self.on.or(base.on),
            attempt_timeout: self.attempt_timeout.or(base.attempt_timeout),
            deadline: self.deadline.or(base.deadline),
            max_elapsed: self.max_elapsed.or(base.max_elapsed),
            max_retry_after: self.max_retry_after.or(base.max_retry_after),
            cut_retry_after: self.cut_retry_after.or(base.cut_retry_after),
            budget: self.budget.or_else(|| base.budget.clone()),
            nested: self.nested.or(base.nested),
        }
    }

    /// Makes the policy, for calls that fail with `E`.
    ///
    /// Its type has no parameter but the error, so it goes into a field: [`DynPolicy`].
    ///
    /// # Errors
    ///
    /// If settings do not fit together, or if attempts are cut off: [`timed_policy`](Self::timed_policy) is for those.
    pub fn policy<E, V>(&self) -> Result<DynPolicy<E>, ConfigError>
    where
        E: Classify<V>,
        V: ?Sized + 'static,
    {
        let mut faults = Faults::default();
        let limits = [
            (Key::AttemptTimeout, self.attempt_timeout),
            (Key::Deadline, self.deadline),
        ];
        for (key, limit) in limits {
            if limit.is_some() {
                let name = key.name();
                let message = format!(
                    "`{name}` cuts attempts off, for which this policy has no error: write `max_elapsed`, which cuts \
                     nothing off, or make a `timed_policy`"
                );
                faults.add(ConfigErrorKind::NotApplicable, name, message);
            }
        }
        self.make(faults)
    }

    /// Makes the policy, for calls that fail with `E`, which also stands for an attempt that was cut off.
    ///
    /// # Errors
    ///
    /// If settings do not fit together.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::config::PolicyConfig;
    /// use retryable::{DynPolicy, TimedOut};
    ///
    /// let config = PolicyConfig::parse("deadline = 2s, base = 500ms, jitter = none")?;
    /// let policy: DynPolicy<TimedOut> = config.timed_policy()?;
    /// assert!(config.policy::<TimedOut, _>().is_err());
    /// assert_eq!(policy.schedule(0).count(), 2);
    /// # Ok::<(), retryable::config::ConfigError>(())
    /// ```
    pub fn timed_policy<E, V>(&self) -> Result<DynPolicy<E>, ConfigError>
    where
        E: Classify<V> + FromTimedOut,
        V: ?Sized + 'static,
    {
        let policy = self.make(Faults::default())?;
        Ok(policy
            .maybe_attempt_timeout(self.attempt_timeout)
            .maybe_deadline(self.deadline))
    }

    /// Makes the shape of the delays.
    ///
    /// # Errors
    ///
    /// If settings do not fit together.
    pub fn shape(&self) -> Result<Shape, ConfigError> {
        let mut faults = Faults::default();
        check(self, Document::Whole, &mut faults);
        faults.ok(())?;
        Ok(Shape::new(self))
    }

    /// The keys that have no effect on the shape that is set.
    pub(super) fn unused_keys(&self) -> &'static [Key] {
        self.backoff.map_or(&[], |shape| shape.word().unused_keys())
    }

    fn make<E, V>(&self, mut faults: Faults) -> Result<DynPolicy<E>, ConfigError>
    where
        E: Classify<V>,
        V: ?Sized + 'static,
    {
        check(self, Document::Whole, &mut faults);
        faults.ok(())?;
        let defaults = Settings::DEFAULT;
        let retries = self.max_retries.map(|retries| retries.saturating_add(1));
        let mut policy = Policy::with_backoff(Shape::new(self)).on(self.on.unwrap_or_default());
        policy.settings = Settings {
            max_attempts: self.max.or(retries).unwrap_or(defaults.max_attempts),
            max_elapsed: self.max_elapsed,
            max_retry_after: self.max_retry_after.unwrap_or(defaults.max_retry_after),
            cut_retry_after: self.cut_retry_after.unwrap_or_default(),
            nested: self.nested.unwrap_or_default(),
            ..defaults
        };
        Ok(match &self.budget {
            Some(budget) => policy.budget(budget.budget().clone()).erase::<E, V>(),
            None => policy.erase::<E, V>(),
        })
    }
}

impl FromStr for PolicyConfig {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}

/// One line, which [`parse`](PolicyConfig::parse) reads.
impl fmt::Display for PolicyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (key, value) in fields(self) {
            if let Some(value) = value {
                write!(f, "{separator}{} = {value}", key.name())?;
                separator = ", ";
            }
        }
        Ok(())
    }
}
