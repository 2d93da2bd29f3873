//! A policy while it is read, from a document of any kind.

use retry_words::{Key, Place, Word, setting_hint};

use super::ConfigErrorKind::{InvalidValue, UnknownKey};
use super::PolicyConfig;
use super::check::{Document, check};
use super::error::Faults;
use super::value::Value;

/// The settings that were read so far, and what was wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Draft {
    config: PolicyConfig,
    seen: Vec<Key>,
    pub(super) faults: Faults,
}

impl Draft {
    /// Returns the key of this name, unless no setting has it or it was there before.
    pub(super) fn key(&mut self, name: &str) -> Option<Key> {
        let Some(key) = Key::settings().find(|key| key.name() == name) else {
            let message = match Key::find(name) {
                Some(_) => {
                    format!(
                        "`{name}` is a key of the attribute only: it belongs to the code, which cannot be configured"
                    )
                }
                None => format!("unknown key `{name}`{}", setting_hint(name)),
            };
            self.faults.add(UnknownKey, name, message);
            return None;
        };
        if self.seen.contains(&key) {
            self.faults.at_key(key, UnknownKey, Place::given_twice);
            return None;
        }
        self.seen.push(key);
        Some(key)
    }

    pub(super) fn set(&mut self, key: Key, value: Value) {
        if let Err(message) = value.set(key, &mut self.config) {
            self.faults.add(InvalidValue, key.name(), message);
        }
    }

    /// Returns what was read, and all faults.
    pub(super) fn finish(mut self) -> (PolicyConfig, Faults) {
        check(&self.config, Document::Partial, &mut self.faults);
        (self.config, self.faults)
    }
}
