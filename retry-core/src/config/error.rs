//! `ConfigError`: what is wrong with a document, and where.

use core::error::Error;
use core::fmt;

use retry_words::{Key, Place, Word};

/// A fault in configuration. It names the path of the field, and says what to write instead.
///
/// One pass over a document finds all its faults. This is the first one, and [`others`](Self::others) has the rest.
/// The `Display` has a line for each.
///
/// # Examples
///
/// ```
/// use retryable::config::PolicyConfig;
///
/// let error = PolicyConfig::parse("max = 0, backof = exp").unwrap_err();
/// assert_eq!((error.path(), error.others().len()), ("max", 1));
/// assert_eq!(
///     error.at("orders").to_string(),
///     "`orders.max` counts the first call too, so it must be at least 1\n\
///      unknown key `orders.backof`; did you mean `backoff`?",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    path: String,
    /// The first word in backticks is the path, unless that is empty.
    message: String,
    others: Vec<Self>,
}

/// What kind of fault a [`ConfigError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The text has another form than `key = value, key = value`.
    Syntax,
    /// No setting has this name.
    UnknownKey,
    /// A value that the setting does not take.
    InvalidValue,
    /// Settings that do not fit together.
    Conflict,
    /// A setting that cannot be used here, such as a `deadline` without an error for attempts that are cut off.
    NotApplicable,
}

impl ConfigError {
    /// Returns the path of the field, such as `orders.cap`; empty if the fault is in the text as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what kind of fault this is.
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }

    /// Returns the other faults of the same document.
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Puts the path of the policy before the paths of its fields: for a policy that is a part of a larger document.
    #[must_use]
    pub fn at(mut self, parent: &str) -> Self {
        if self.path.is_empty() {
            self.message = format!("`{parent}`: {}", self.message);
            parent.clone_into(&mut self.path);
        } else {
            let path = format!("{parent}.{}", self.path);
            let (old, new) = (format!("`{}", self.path), format!("`{path}"));
            self.message = self.message.replacen(&old, &new, 1);
            self.path = path;
        }
        let others = self.others.into_iter();
        self.others = others.map(|other| other.at(parent)).collect();
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.others
            .iter()
            .try_for_each(|other| write!(f, "\n{other}"))
    }
}

impl Error for ConfigError {}

/// The faults of a document, as they are found.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<ConfigError>);

impl Faults {
    /// Adds a fault. The first word of `message` in backticks is `path`.
    pub(super) fn add(&mut self, kind: ConfigErrorKind, path: &str, message: String) {
        self.0.push(ConfigError {
            kind,
            path: path.to_owned(),
            message,
            others: Vec::new(),
        });
    }

    /// Adds a fault of a setting.
    pub(super) fn at_key(
        &mut self,
        key: Key,
        kind: ConfigErrorKind,
        message: impl FnOnce(Place<'static>) -> String,
    ) {
        self.add(kind, key.name(), message(Place::from(key)));
    }

    /// Puts a path before those of all faults.
    #[cfg(feature = "overrides")]
    pub(super) fn at(self, parent: &str) -> Self {
        let faults = self.0.into_iter();
        Self(faults.map(|fault| fault.at(parent)).collect())
    }

    #[cfg(feature = "overrides")]
    pub(super) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// Returns the value, if nothing is wrong.
    pub(super) fn ok<T>(self, value: T) -> Result<T, ConfigError> {
        let mut faults = self.0.into_iter();
        match faults.next() {
            None => Ok(value),
            Some(first) => Err(ConfigError {
                others: faults.collect(),
                ..first
            }),
        }
    }
}
