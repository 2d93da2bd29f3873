//! Policies from configuration: TOML, JSON, YAML, environment variables. Settings by the names of calls.
//!
//! [`PolicyConfig`] has the settings of `#[retryable]` as data. A document can have some of them: the rest comes from another
//! one, or has its default. With `serde`, it is a field of a program's own configuration. The words are those of the
//! attribute, and mistakes are described in the same words as the compiler's messages.
//!
//! # Examples
//!
//! ```
//! use retryable::config::PolicyConfig;
//! use retryable::{Classified, DynPolicy};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Config {
//!     retry: PolicyConfig,
//! }
//!
//! let config: Config = toml::from_str(
//!     r#"
//!     [retry]
//!     max = 5
//!     base = "50ms"
//!     on = "refused"
//!     budget = "20%"
//!     "#,
//! )
//! .unwrap();
//! let policy: DynPolicy<Classified<&str>> = config.retry.policy().unwrap();
//! # assert_eq!(policy.schedule(0).count(), 4);
//!
//! let mistake = toml::from_str::<Config>("retry = { max = 5, base = 50 }").err().unwrap();
//! assert!(mistake.to_string().contains(
//!     r#"`base` needs a unit: a string such as "250ms" or "1m 30s""#,
//! ));
//! ```

mod check;
mod configured_budget;
mod deserialize;
mod draft;
mod error;
mod field;
mod named;
#[cfg(feature = "overrides")]
mod overrides;
mod policy_config;
mod serialize;
mod shape;
mod text;
mod value;

pub use configured_budget::ConfiguredBudget;
pub use error::{ConfigError, ConfigErrorKind};
#[cfg(feature = "overrides")]
pub use overrides::{NotApplied, Overrides, known_names, not_applied};
pub use policy_config::PolicyConfig;
pub use shape::{Shape, ShapeName};

#[cfg(feature = "overrides")]
pub(crate) use overrides::{Pinned, is_installed, remember};
