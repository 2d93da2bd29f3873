//! `Mode`: what differs in a test.

use std::string::String;
use std::sync::OnceLock;
use std::{env, format};

use crate::invalid_policy::InvalidPolicy;
use crate::policy::Settings;

/// How retries behave in a test. Settings that are not set stay as they are outside of it.
///
/// # Examples
///
/// ```
/// use retryable::testing::{self, Mode};
/// use retryable::{Policy, transient};
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_secs(10)).max_attempts(5);
///
/// let mode = Mode::new().no_delay().max_attempts(2);
/// let call = POLICY.run(|| async { Err::<(), _>(transient("down")) }).report();
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let (outcome, report) = testing::with(mode, call).await; // at once
/// assert!(outcome.is_err());
/// assert_eq!(report.attempts, 2);
/// # })
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a mode does nothing until it is passed to `testing::with` or `testing::everywhere`"]
pub struct Mode {
    no_delay: bool,
    max_attempts: Option<u32>,
    seed: Option<u64>,
}

impl Mode {
    /// Makes a mode that changes nothing.
    pub const fn new() -> Self {
        Self {
            no_delay: false,
            max_attempts: None,
            seed: None,
        }
    }

    /// See [`testing::no_delay`](super::no_delay()).
    pub const fn no_delay(mut self) -> Self {
        self.no_delay = true;
        self
    }

    /// See [`testing::no_retries`](super::no_retries()).
    pub const fn no_retries(self) -> Self {
        self.max_attempts(1)
    }

    /// See [`testing::max_attempts`](super::max_attempts()).
    ///
    /// # Panics
    ///
    /// If `max` is 0.
    #[track_caller]
    pub const fn max_attempts(mut self, max: u32) -> Self {
        assert!(max > 0, "{}", InvalidPolicy::MaxAttempts.message());
        self.max_attempts = Some(max);
        self
    }

    /// See [`testing::seed`](super::seed()).
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// This mode, with the settings of `outer` that it does not set itself.
    pub(super) fn or(self, outer: Self) -> Self {
        Self {
            no_delay: self.no_delay || outer.no_delay,
            max_attempts: self.max_attempts.or(outer.max_attempts),
            seed: self.seed.or(outer.seed),
        }
    }

    pub(super) const fn skips_waits(self) -> bool {
        self.no_delay
    }

    /// The settings of a policy in this mode.
    pub(super) fn apply(self, settings: &Settings) -> Settings {
        let own = settings.max_attempts;
        Settings {
            max_attempts: self.max_attempts.map_or(own, |max| max.min(own)),
            seed: settings.seed.or(self.seed),
            ..*settings
        }
    }

    /// Reads `no-delay,max=2,seed=7`.
    fn parse(text: &str) -> Result<Self, String> {
        let mut mode = Self::new();
        for word in text.split(',').map(str::trim) {
            let (key, value) = match word.split_once('=') {
                Some((key, value)) => (key.trim(), value.trim().parse::<u64>().ok()),
                None => (word, None),
            };
            mode = match (key, value) {
                _ if word.is_empty() => mode,
                _ if word == "no-delay" => mode.no_delay(),
                ("max", Some(max @ 1..)) => {
                    mode.max_attempts(u32::try_from(max).unwrap_or(u32::MAX))
                }
                ("seed", Some(seed)) => mode.seed(seed),
                _ => return Err(format!("`{word}` is not `no-delay`, `max=2` or `seed=7`")),
            };
        }
        Ok(mode)
    }
}

/// The mode of the environment variable `RETRYABLE_TEST`.
///
/// # Panics
///
/// If it has a mistake: tests that run in another mode than was asked for would say nothing.
pub(super) fn from_env() -> Mode {
    static MODE: OnceLock<Result<Mode, String>> = OnceLock::new();
    let mode = MODE.get_or_init(|| match env::var_os("RETRYABLE_TEST") {
        Some(text) => Mode::parse(&text.to_string_lossy()),
        None => Ok(Mode::new()),
    });
    match mode {
        Ok(mode) => *mode,
        Err(mistake) => panic!("RETRYABLE_TEST: {mistake}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_variable_has_words_separated_by_commas() {
        let mode = Mode::new().no_delay().max_attempts(2).seed(7);
        assert_eq!(Mode::parse("no-delay,max=2,seed=7"), Ok(mode));
        assert_eq!(Mode::parse(" seed = 7 , max = 2 , no-delay ,"), Ok(mode));
        assert_eq!(Mode::parse(""), Ok(Mode::new()));
        let many = Mode::new().max_attempts(u32::MAX);
        assert_eq!(Mode::parse("max=99999999999"), Ok(many));
        for mistake in [
            "no-dleay",
            "max",
            "max=0",
            "max=-1",
            "no-delay=1",
            "seed=x",
            "=",
        ] {
            let error = Mode::parse(&format!("no-delay,{mistake}")).unwrap_err();
            let expected = format!("`{mistake}` is not `no-delay`, `max=2` or `seed=7`");
            assert_eq!(error, expected);
        }
    }
}
