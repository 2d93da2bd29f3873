//! Policies by name: what the code says, what a file says, what the environment says.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use retryable::config::PolicyConfig;
use retryable::{Classify, DynPolicy};
use serde::Deserialize;

/// The calls of this program that can be configured, and what the code says of each.
pub const CALLS: [(&str, &str); 2] = [
    ("orders", "max = 5, base = 50ms, on = refused"),
    ("prices", "max = 3, base = 20ms, max_elapsed = 2s"),
];

/// The failure of a call.
#[derive(Debug, Classify)]
#[classify(refused)]
pub struct Down;

/// The policies of all calls, by their names.
pub type Policies = BTreeMap<&'static str, DynPolicy<Down>>;

/// The configuration file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    retry: BTreeMap<String, PolicyConfig>,
}

/// Makes the policy of each call. What is nearer to the operator counts, field by field: the command line, then the
/// environment, then the file, then the code.
///
/// # Errors
///
/// If the file cannot be read, or any of the documents has a fault: then no policy is made.
pub fn policies(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
    flags: &[(String, PolicyConfig)],
) -> Result<Policies, Box<dyn Error>> {
    let file = match file {
        Some(path) => toml::from_str(&std::fs::read_to_string(path)?)?,
        None => File::default(),
    };
    let names = file.retry.keys().chain(flags.iter().map(|(name, _)| name));
    if let Some(name) = names.into_iter().find(|name| !is_known(name)) {
        return Err(format!("no call is named `{name}`").into());
    }
    let mut policies = Policies::new();
    for (name, code) in CALLS {
        let mut config = PolicyConfig::default();
        for (_, flag) in flags.iter().rev().filter(|(flag, _)| flag == name) {
            config = config.or(flag);
        }
        let key = format!("RETRY_{}", name.to_uppercase());
        if let Some(text) = variable(&key) {
            config = config.or(&PolicyConfig::parse(&text).map_err(|error| error.at(&key))?);
        }
        if let Some(section) = file.retry.get(name) {
            config = config.or(section);
        }
        let config = config.or(&PolicyConfig::parse(code)?);
        let policy = config.policy().map_err(|error| error.at(name))?;
        policies.insert(name, policy);
    }
    Ok(policies)
}

fn is_known(name: &str) -> bool {
    CALLS.iter().any(|(known, _)| *known == name)
}

/// Reads `orders=max = 3, base = 10ms`.
///
/// # Errors
///
/// If there is no `=`, or the settings have a fault.
pub fn parse_flag(text: &str) -> Result<(String, PolicyConfig), String> {
    let (name, settings) = text
        .split_once('=')
        .ok_or("write a name and settings, such as `orders=max = 3`")?;
    let config = PolicyConfig::parse(settings).map_err(|error| error.at(name).to_string())?;
    Ok((name.trim().to_owned(), config))
}
