//! `Overrides`: settings of calls, by their names.

use core::fmt;
use core::str::FromStr;
use std::env;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::installed;
use super::pattern::Pattern;
use crate::config::ConfigErrorKind::{NotApplicable, Syntax};
use crate::config::draft::Draft;
use crate::config::error::Faults;
use crate::config::text::{Input, shown, unquoted};
use crate::config::{ConfigError, PolicyConfig};

/// Settings that replace those of the code, by the names of calls: without a build, and while the program runs.
///
/// A name is the one in events: `name = "…"` or [`Policy::name`](crate::Policy::name), else the path of the annotated
/// function, with the type of `self`. A pattern may omit leading segments of the path, and may end in `*`. If several
/// patterns match, the most specific one counts, field by field.
///
/// | setting | can be overridden |
/// |---|---|
/// | `max`, `max_retries` | yes, but retries do not appear where the code has none |
/// | `max_elapsed`, `max_retry_after`, `cut_retry_after`, `nested` | yes |
/// | `base`, `factor`, `cap`, `jitter`, `floor`, `throttled_base`, `first_at_once` | for the built-in shapes that use them, if the delays fit together |
/// | `on` | not for a classifier, and it can only be lowered |
/// | `attempt_timeout`, `deadline` | for calls that have one of them, because others have no error for it |
/// | `backoff`, `budget`, all that is code | no |
///
/// A setting that cannot apply to a call changes nothing. It is reported once per call site: as a warning of
/// `tracing` (target `retryable::config`), and by [`not_applied`](super::not_applied).
///
/// A call keeps the settings that it began with, during its waits too. To turn all retries off, install `*(max=1)`.
///
/// # Examples
///
/// ```standalone_crate
/// use retryable::config::Overrides;
/// use retryable::{NoDelay, Policy, transient};
///
/// const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5).name("orders::fetch");
///
/// fn attempts() -> u32 {
///     POLICY.blocking(|| Err::<(), _>(transient("down"))).report().1.attempts
/// }
///
/// Overrides::parse("orders::*(max=2), *(max_elapsed=2s)")?.install();
/// assert_eq!(attempts(), 2);
///
/// Overrides::clear();
/// assert_eq!(attempts(), 5);
/// # Ok::<(), retryable::config::ConfigError>(())
/// ```
///
/// As a part of a document:
///
/// ```
/// use retryable::config::Overrides;
///
/// let overrides: Overrides = toml::from_str(
///     r#"
///     "*"             = { max = 2 }
///     "orders::*"     = { base = "50ms" }
///     "orders::fetch" = { max = 1 }
///     "#,
/// )
/// .unwrap();
/// assert_eq!(overrides.of("shop::orders::fetch").to_string(), "max = 1, base = 50ms");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    pattern: Pattern,
    config: PolicyConfig,
}

impl Overrides {
    /// Reads `name(key = value, key = value), name(key = value)`.
    ///
    /// # Errors
    ///
    /// If anything in the text is wrong. The error has all faults.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut list = List::default();
        let mut input = Input(text);
        while input.next().is_some() {
            list.read(&mut input);
        }
        list.finish()
    }

    /// Reads an environment variable, as [`parse`](Self::parse) does. A variable that is not set, or blank, has no entries.
    ///
    /// # Errors
    ///
    /// If anything in the text is wrong, or if it is not Unicode.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::config::Overrides;
    ///
    /// // RETRYABLE="orders::fetch(max=1), billing::*(max_elapsed=2s), *(max=2)"
    /// Overrides::from_env("RETRYABLE")?.install();
    /// # Overrides::clear();
    /// # Ok::<(), retryable::config::ConfigError>(())
    /// ```
    pub fn from_env(variable: &str) -> Result<Self, ConfigError> {
        let Some(text) = env::var_os(variable) else {
            return Ok(Self::default());
        };
        let overrides = match text.to_str() {
            Some(text) => Self::parse(text),
            None => {
                let mut faults = Faults::default();
                faults.add(Syntax, "", "the text is not Unicode".to_owned());
                faults.ok(Self::default())
            }
        };
        overrides.map_err(|error| error.at(variable))
    }

    /// Replaces all overrides of the process, at once. Calls that begin from now on have them; calls in progress keep what
    /// they began with.
    ///
    /// # Memory
    ///
    /// The first call of a name that begins under an installation allocates its settings: 224 bytes on a system of 64 bits, and an
    /// entry in a table. They are not freed until the process ends, because calls in progress refer to them without a count of
    /// references. Installing the same settings again allocates nothing, so switching between a few documents is free. A
    /// process that installs other numbers all the time, such as a `base` computed every second, grows without a bound: use a
    /// `LivePolicy` for that.
    ///
    /// # Names
    ///
    /// Without entries, no setting changes, but the names of all calls become known: see
    /// [`known_names`](super::known_names).
    pub fn install(self) {
        installed::install(Some(self));
    }

    /// Removes all overrides of the process, for calls that begin from now on.
    pub fn clear() {
        installed::install(None);
    }

    /// Returns what is overridden for calls of this name.
    pub fn of(&self, name: &str) -> PolicyConfig {
        let entries = self.entries.iter();
        let mut fits: Vec<_> = entries
            .filter_map(|entry| Some((entry.pattern.fit(name)?, &entry.config)))
            .collect();
        fits.sort_by_key(|(fit, _)| *fit);
        let most_specific_first = fits.iter().rev();
        most_specific_first.fold(PolicyConfig::default(), |config, (_, base)| config.or(base))
    }

    /// The number of entries.
    #[cfg(feature = "tracing")]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl FromStr for Overrides {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}

/// Entries while they are read.
#[derive(Debug, Default)]
struct List {
    entries: Vec<Entry>,
    faults: Faults,
}

impl List {
    /// Reads `name(key = value)`, and the comma after it.
    fn read(&mut self, input: &mut Input<'_>) {
        let name = input.until(&['(', ',']);
        if !input.eat('(') {
            input.eat(',');
            let mut message = format!(
                "expected `name(key = value)`, but this is `{}`",
                shown(name)
            );
            if name.starts_with(['"', '\'']) {
                message.push_str(": write it without quotation marks around it");
            }
            self.faults.add(Syntax, "", message);
            return;
        }
        let name = unquoted(name);
        let mut draft = Draft::default();
        input.entries(Some(')'), &mut draft);
        if !input.eat(')') {
            draft
                .faults
                .add(Syntax, "", "`)` is missing at the end".to_owned());
        } else if input.next().is_some() && !input.eat(',') {
            let rest = shown(input.until(&[',']));
            input.eat(',');
            let message = format!("expected `,` after `)`, but this is `{rest}`");
            draft.faults.add(Syntax, "", message);
        }
        self.add(name, draft);
    }

    fn add(&mut self, name: &str, mut draft: Draft) {
        let pattern = Pattern::parse(name);
        match &pattern {
            Ok(pattern) if self.entries.iter().any(|entry| entry.pattern == *pattern) => {
                draft
                    .faults
                    .add(Syntax, "", "this name is given twice".to_owned());
            }
            Ok(_) => {}
            Err(message) => draft.faults.add(Syntax, "", (*message).to_owned()),
        }
        let (config, mut faults) = draft.finish();
        for (key, is_set) in [
            ("backoff", config.backoff.is_some()),
            ("budget", config.budget.is_some()),
        ] {
            if is_set {
                let message = format!("`{key}` cannot be overridden: it belongs to the code");
                faults.add(NotApplicable, key, message);
            }
        }
        self.faults.append(if name.is_empty() {
            faults
        } else {
            faults.at(name)
        });
        if let Ok(pattern) = pattern {
            self.entries.push(Entry { pattern, config });
        }
    }

    fn finish(self) -> Result<Overrides, ConfigError> {
        self.faults.ok(Overrides {
            entries: self.entries,
        })
    }
}

/// From a table of names, such as `{ "orders::*" = { max = 2 } }`, or from a line of text.
impl<'de> Deserialize<'de> for Overrides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Overrides;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of names, such as `\"orders::*\" = { max = 2 }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Overrides, E> {
                Overrides::parse(text).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Overrides, A::Error> {
                let mut list = List::default();
                while let Some((name, draft)) = map.next_entry::<String, Draft>()? {
                    list.add(&name, draft);
                }
                list.finish().map_err(A::Error::custom)
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Names)
        } else {
            deserializer.deserialize_map(Names)
        }
    }
}
