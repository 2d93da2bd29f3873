//! Which settings of an `impl` block a method takes over: all that it does not decide itself.

use super::check::useless;
use super::entries::Entry;
use super::keys::POLICY_KEYS;
use super::settings::Settings;
use crate::errors::Errors;

pub(crate) fn inherit<'a>(outer: &'a [Entry], own: &[Entry]) -> Vec<&'a Entry> {
    let has = |key: &str| own.iter().any(|entry| entry.is(key));
    let own_policy = has("policy");
    let own_settings = POLICY_KEYS.iter().any(|key| has(key));
    // Errors in there are the method's to report.
    let backoff = Settings::from_entries(own, &mut Errors::default()).backoff;
    let (_, without_use) = useless(backoff.as_ref());

    let decided = |entry: &Entry| {
        let twin = match entry.key.to_string().as_str() {
            "max" => has("max_retries"),
            "max_retries" => has("max"),
            "policy" => own_settings,
            _ => false,
        };
        let replaced = own_policy && POLICY_KEYS.iter().any(|key| entry.is(key));
        let useless = without_use.iter().any(|key| entry.is(key));
        twin || replaced || useless || has(&entry.key.to_string())
    };
    outer.iter().filter(|entry| !decided(entry)).collect()
}
