//! Policies from the user's documents.

use std::fs;

use retryable::config::PolicyConfig;
use serde_core::Deserialize;
use toml::{Table, Value};

use crate::policies::NamedPolicy;

/// Reads the policy of `--policy FILE` or `--policy FILE#TABLE`.
pub(crate) fn read(argument: &str) -> Result<NamedPolicy, String> {
    let (file, path) = argument.split_once('#').unwrap_or((argument, ""));
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read it: {error}"))?;
    let document: Table = text.parse().map_err(|error| format!("{error}"))?;
    let mut value = Value::Table(document);
    // The name of `value`, as far as it has been found.
    let mut found = format!("{file}#");
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let Some(inner) = value.get(name) else {
            let hint = tables(&found, &value);
            return Err(format!("there is no table `{name}`{hint}"));
        };
        value = inner.clone();
        found = format!("{found}{name}.");
    }
    let hint = tables(&found, &value);
    let config =
        PolicyConfig::deserialize(value).map_err(|error| format!("{}{hint}", error.message()))?;
    // What is left to check are settings that do not fit together with the defaults.
    config.shape().map_err(|error| error.to_string())?;
    Ok(NamedPolicy::of_document(argument, config))
}

/// Says how to name the tables in this one, if there are any. A policy has none, so the document has more than it.
fn tables(found: &str, value: &Value) -> String {
    let mut names = value.as_table().into_iter().flatten();
    match names.find(|(_, value)| value.is_table()) {
        Some((name, _)) => {
            format!("\nfor a policy in a table of the document, write `--policy {found}{name}`")
        }
        None => String::new(),
    }
}
