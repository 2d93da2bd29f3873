//! Any text as configuration: nothing panics, and what is read is written and read again.
#![no_main]

use std::error::Error;

use libfuzzer_sys::fuzz_target;
use retry_core::TimedOut;
use retry_core::config::{ConfigError, Overrides, PolicyConfig};

fuzz_target!(|text: &str| {
    match PolicyConfig::parse(text) {
        Ok(config) => {
            assert_eq!(PolicyConfig::parse(&config.to_string()), Ok(config.clone()));
            // Whether the settings fit together does not depend on what is made of them.
            let policy = config.timed_policy::<TimedOut, _>();
            assert_eq!(policy.is_ok(), config.shape().is_ok());
            assert_eq!(config.clone().or(&config), config);
            assert_eq!(PolicyConfig::default().or(&config), config);
        }
        Err(error) => check(&error),
    }
    match Overrides::parse(text) {
        Ok(overrides) => {
            let _ = overrides.of(text);
        }
        Err(error) => check(&error),
    }
});

/// A fault is shown in one line for each, and its path is in it.
fn check(error: &ConfigError) {
    assert!(error.source().is_none());
    for fault in error.others().iter().chain([error]) {
        let at = fault.clone().at("parent");
        assert!(at.path().starts_with("parent"));
        assert!(at.to_string().contains(at.path()), "{at} {:?}", at.path());
    }
}
