//! Policies by name: what the code says, what a file says, what the environment says.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use retryable::config::PolicyConfig;
use retryable::{Classify, DynPolicy};
use serde::Deserialize;

/// The calls of this program that can be configured, and what the code says of each.
pub const CALLS: [(&str, &str); 2] = [
    ("orders", "max = 5, base = 50ms, on = refused"),
    ("prices", "max = 3, base = 20ms, max_elapsed = 2s"),
];

/// How the variables of the environment begin: `RETRY_ORDERS` configures `orders`.
const PREFIX: &str = "RETRY_";

/// The failure of a call.
#[derive(Debug, Classify)]
#[classify(refused)]
pub struct Down;

/// The policies of all calls, by their names.
pub type Policies = BTreeMap<&'static str, DynPolicy<Down>>;

/// What an operator wrote for calls, by their names.
type Sections = BTreeMap<String, PolicyConfig>;

/// All mistakes of all documents.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<String>);

/// A line for each mistake.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Mistakes {}

impl Mistakes {
    /// Takes the value, or notes the mistake.
    fn note<T>(&mut self, outcome: Result<T, impl fmt::Display>) -> Option<T> {
        outcome.map_err(|error| self.0.push(error.to_string())).ok()
    }

    /// Notes a name that is not in [`CALLS`].
    fn check_name(&mut self, name: &str, place: &str) {
        let mut names = CALLS.iter().map(|(name, _)| *name);
        if names.all(|known| known != name) {
            let known = CALLS.map(|(name, _)| format!("`{name}`")).join(", ");
            let mistake = format!("{place}: no call is named `{name}`; expected one of {known}");
            self.0.push(mistake);
        }
    }
}

/// Makes the policy of each call. What is nearer to the operator counts, field by field: the command line, then the
/// environment, then the file, then the code.
///
/// # Errors
///
/// If the file cannot be read, or any of the documents has a mistake: then no policy is made.
pub fn policies(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: &[(String, PolicyConfig)],
) -> Result<Policies, Mistakes> {
    let mut mistakes = Mistakes::default();
    let file = file.map_or_else(Sections::new, |path| read_file(path, &mut mistakes));
    let variables = read_variables(variables, &mut mistakes);
    let mut policies = Policies::new();
    for (name, _) in flags {
        mistakes.check_name(name, "--retry");
    }
    for (name, code) in CALLS {
        let mut config = PolicyConfig::default();
        for (_, flag) in flags.iter().rev().filter(|(flag, _)| flag == name) {
            config = config.or(flag);
        }
        for section in [variables.get(name), file.get(name)].into_iter().flatten() {
            config = config.or(section);
        }
        let code = PolicyConfig::parse(code);
        let policy = code.and_then(|code| config.or(&code).policy());
        if let Some(policy) = mistakes.note(policy.map_err(|error| error.at(name))) {
            policies.insert(name, policy);
        }
    }
    if mistakes.0.is_empty() {
        Ok(policies)
    } else {
        Err(mistakes)
    }
}

/// Reads a section `[retry.NAME]` for each call. A mistake in one does not hide those of the next.
fn read_file(path: &Path, mistakes: &mut Mistakes) -> Sections {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        retry: BTreeMap<String, toml::Value>,
    }

    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"));
    let file = mistakes
        .note(text)
        .map(|text| toml::from_str(&text).map_err(|error| format!("{shown}: {error}")));
    let File { retry } = file
        .and_then(|file| mistakes.note(file))
        .unwrap_or_default();
    let mut sections = Sections::new();
    for (name, section) in retry {
        mistakes.check_name(&name, &shown.to_string());
        match section.try_into() {
            Ok(config) => {
                sections.insert(name, config);
            }
            Err(error) => {
                let lines = error.message().lines();
                let lines = lines.map(|line| format!("{shown}, [retry.{name}]: {line}"));
                mistakes.0.extend(lines);
            }
        }
    }
    sections
}

/// Reads `RETRY_NAME="max = 3"` for each call.
fn read_variables(
    variables: impl Iterator<Item = (String, String)>,
    mistakes: &mut Mistakes,
) -> Sections {
    let mut sections = Sections::new();
    for (variable, text) in variables {
        let Some(name) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let name = name.to_lowercase();
        mistakes.check_name(&name, &variable);
        let config = PolicyConfig::parse(&text).map_err(|error| error.at(&variable));
        if let Some(config) = mistakes.note(config) {
            sections.insert(name, config);
        }
    }
    sections
}

/// The variables of the environment that are Unicode.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(key, text)| Some((key.into_string().ok()?, text.into_string().ok()?)))
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
    let name = name.trim();
    let config = PolicyConfig::parse(settings).map_err(|error| error.at(name).to_string())?;
    Ok((name.to_owned(), config))
}
