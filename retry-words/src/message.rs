//! What is wrong with a value. The attribute and configuration say it in the same words.

use std::fmt::Display;
use std::time::Duration;

use crate::{Key, Shape, Word, hint};

/// The default of `base`, as in `Policy::new`.
pub const DEFAULT_BASE: Duration = Duration::from_millis(100);

/// The default of `cap`, as in every shape that has one.
pub const DEFAULT_CAP: Duration = Duration::from_secs(20);

/// A key, and what messages call it: in a document, its path.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    key: Key,
    path: &'a str,
}

impl From<Key> for Place<'_> {
    fn from(key: Key) -> Self {
        Self::new(key, key.name())
    }
}

impl<'a> Place<'a> {
    /// The key at this path.
    pub fn new(key: Key, path: &'a str) -> Self {
        Self { key, path }
    }

    /// There is nothing after the key.
    pub fn needs_value(self) -> String {
        let (path, name, example) = (self.path, self.key.name(), self.key.example());
        format!("`{path}` needs a value: `{name} = {example}`")
    }

    /// The key was there before.
    pub fn given_twice(self) -> String {
        format!("`{}` is given twice", self.path)
    }

    /// A word that is none of `W`.
    pub fn unknown_word<W: Word>(self, word: &str) -> String {
        let hint = hint(word, &W::candidates());
        format!("unknown `{}` \"{word}\"{hint}", self.path)
    }

    /// A string that is no duration; `error` says why.
    pub fn invalid_duration(self, error: impl Display) -> String {
        let path = self.path;
        format!("invalid `{path}`: {error}; write a duration such as \"250ms\" or \"1m 30s\"")
    }

    /// A number in place of a duration.
    pub fn needs_unit(self) -> String {
        let path = self.path;
        format!("`{path}` needs a unit: a string such as \"250ms\" or \"1m 30s\"")
    }

    /// A number below zero.
    pub fn negative(self) -> String {
        format!("`{}` cannot be negative", self.path)
    }

    /// No attempt at all.
    pub fn no_attempts(self) -> String {
        let path = self.path;
        format!("`{path}` counts the first call too, so it must be at least 1")
    }

    /// A count above `u32::MAX`.
    pub fn too_many(self) -> String {
        format!("`{}` must be at most {}", self.path, u32::MAX)
    }

    /// Something else in place of a count.
    pub fn not_whole(self) -> String {
        let (path, name) = (self.path, self.key.name());
        format!("invalid `{path}`: write a whole number, such as `{name} = 5`")
    }

    /// A value of a wrong kind, or outside its limits. `also` is what the attribute alone takes.
    pub fn invalid(self, also: &str) -> String {
        let right = match self.key {
            Key::Backoff => {
                "\"exp\", \"fixed\", \"linear\", \"fibonacci\", \"decorrelated\", \"none\""
            }
            Key::Factor => "a number of at least 1, such as `factor = 2.0`",
            Key::Jitter => {
                "\"none\", \"full\", \"equal\", the part of the delay to vary, from 0.0 to 1.0, or the time to add to it, such \
                 as \"100ms\""
            }
            Key::On => "\"refused\", \"transient\", \"ambiguous\", \"any\"",
            Key::Budget => "a share of the calls, such as \"20%\"",
            Key::Nested => "\"stop\" or \"multiply\"",
            Key::FirstAtOnce | Key::CutRetryAfter => "`true` or `false`",
            key => key.example(),
        };
        format!("invalid `{}`: write {right}{also}", self.path)
    }

    /// The shape does not use the key. `shape` is what `backoff` is.
    pub fn no_effect(self, shape: impl Display) -> String {
        let path = self.path;
        format!("`{path}` has no effect if `backoff` is {shape}: remove it")
    }

    /// Both `max` and `max_retries`.
    pub fn second_count(self) -> String {
        let path = self.path;
        format!("`{path} = n` means `max = n + 1`: give only one of the two")
    }

    /// A `base` above the default of `cap` would be cut to it without a word. It is often "100m", for "100ms".
    pub fn above_default_cap(self, base: impl Display) -> String {
        let path = self.path;
        format!(
            "`{path}` is {base}, above the default `cap` of {DEFAULT_CAP:?}: write `cap` too, or a smaller `base` (\"ms\" is \
             milliseconds, \"m\" is minutes)"
        )
    }

    /// A `cap` or a `throttled_base` below `base`.
    pub fn below_base(self, delay: Duration, base: Duration) -> String {
        let path = self.path;
        format!("`{path}` is {delay:?}, below `base`, which is {base:?}")
    }

    /// A delay above the default of `cap`.
    pub fn needs_cap(self, delay: impl Display) -> String {
        let path = self.path;
        format!("`{path}` is {delay}, above the default `cap` of {DEFAULT_CAP:?}: write `cap` too")
    }

    /// A delay above `cap`.
    pub fn above_cap(self, delay: Duration, cap: Duration) -> String {
        let path = self.path;
        format!("`{path}` is {delay:?}, above `cap`, which is {cap:?}")
    }

    /// A limit of zero.
    pub fn no_time(self) -> String {
        format!("`{}` leaves no time for a call", self.path)
    }

    /// An `attempt_timeout` above `deadline`.
    pub fn longer_than_deadline(self, timeout: Duration, deadline: Duration) -> String {
        let path = self.path;
        format!("`{path}` is {timeout:?}, longer than `deadline`, which is {deadline:?}")
    }
}

impl Shape {
    /// The word, as a value of `backoff`.
    pub fn quoted(self) -> String {
        format!("\"{}\"", self.name())
    }
}
