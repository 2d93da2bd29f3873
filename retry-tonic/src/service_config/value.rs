//! Values of a JSON document that know where they are.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use super::error::ConfigError;
use crate::classify::code_name;
use tonic::Code;

/// The longest duration of protobuf.
const LONGEST: Duration = Duration::from_secs(315_576_000_000);

/// A value of the document, and its path.
pub(super) struct At<'v> {
    path: Cow<'v, str>,
    value: &'v Value,
}

impl<'v> At<'v> {
    pub(super) fn root(value: &'v Value) -> Self {
        Self {
            path: Cow::Borrowed(""),
            value,
        }
    }

    /// Makes an error about this value.
    pub(super) fn fault(&self, message: impl Into<String>) -> ConfigError {
        ConfigError::new(&*self.path, message)
    }

    fn must_be(&self, what: &str) -> ConfigError {
        let shown = match self.value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            value => value.to_string(),
        };
        self.fault(format!("is {shown}, but must be {what}"))
    }

    fn inner(&self, name: &str, value: &'v Value) -> At<'v> {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        At {
            path: Cow::Owned(path),
            value,
        }
    }

    /// Returns the field of this name. By protobuf's JSON, `null` is absent.
    pub(super) fn field(&self, name: &str) -> Result<Option<At<'v>>, ConfigError> {
        let object = self.value.as_object();
        let object = object.ok_or_else(|| self.must_be("an object"))?;
        let value = object.get(name).filter(|value| !value.is_null());
        Ok(value.map(|value| self.inner(name, value)))
    }

    /// Returns the field of this name, which A6 requires.
    pub(super) fn required(&self, name: &str) -> Result<At<'v>, ConfigError> {
        let missing = || self.inner(name, self.value).fault("is missing");
        self.field(name)?.ok_or_else(missing)
    }

    pub(super) fn items(&self) -> Result<impl Iterator<Item = At<'v>>, ConfigError> {
        let list = self.value.as_array();
        let list = list.ok_or_else(|| self.must_be("a list"))?;
        let path = self.path.clone();
        Ok(list.iter().enumerate().map(move |(index, value)| At {
            path: Cow::Owned(format!("{path}[{index}]")),
            value,
        }))
    }

    pub(super) fn text(&self) -> Result<&'v str, ConfigError> {
        let text = self.value.as_str();
        text.ok_or_else(|| self.must_be("a string"))
    }

    /// Returns a number above zero.
    pub(super) fn positive(&self) -> Result<f64, ConfigError> {
        let number = self.value.as_f64().filter(|number| *number > 0.0);
        number.ok_or_else(|| self.must_be("a number greater than zero"))
    }

    /// Returns an integer of at least `least`. One that is too large for the type is its maximum.
    pub(super) fn integer(&self, least: u32) -> Result<u32, ConfigError> {
        let number = self.value.as_f64();
        // `4.0` is an integer in protobuf's JSON.
        let number = number.filter(|number| number.fract() == 0.0);
        let number = number.ok_or_else(|| self.must_be("an integer"))?;
        if number < f64::from(least) {
            return Err(self.must_be(&format!("at least {least}")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is an integer of at least zero, and the cast saturates"
        )]
        let integer = number as u32;
        Ok(integer)
    }

    /// Returns a duration of protobuf's JSON: seconds with up to nine decimals, and an `s`.
    ///
    /// The whole seconds may be missing, as in the `".1s"` of A6.
    pub(super) fn duration(&self) -> Result<Duration, ConfigError> {
        let duration = duration(self.text()?).filter(|duration| *duration <= LONGEST);
        duration.ok_or_else(|| self.must_be("a number of seconds such as \"0.1s\""))
    }

    /// Returns a duration above zero.
    pub(super) fn positive_duration(&self) -> Result<Duration, ConfigError> {
        let duration = self.duration()?;
        if duration.is_zero() {
            return Err(self.must_be("greater than zero"));
        }
        Ok(duration)
    }

    /// Returns a code of a failure, by its number or by its name in any case.
    pub(super) fn code(&self) -> Result<Code, ConfigError> {
        let known = (0..=16).map(Code::from_i32);
        let is_this = |code: &Code| match self.value {
            Value::String(name) => name.eq_ignore_ascii_case(code_name(*code)),
            number => number.as_f64() == Some(f64::from(*code as i32)),
        };
        match known.into_iter().find(is_this) {
            None => Err(self.must_be("a status code such as \"UNAVAILABLE\" or 14")),
            Some(Code::Ok) => Err(self.must_be("the code of a failure")),
            Some(code) => Ok(code),
        }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let number = text.strip_suffix('s')?;
    let (seconds, decimals) = number.split_once('.').unwrap_or((number, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.len() + decimals.len() == 0 || decimals.len() > 9 {
        return None;
    }
    if !are_digits(seconds) || !are_digits(decimals) {
        return None;
    }
    let seconds = if seconds.is_empty() { "0" } else { seconds };
    let nanos = format!("{decimals:0<9}").parse().ok()?;
    Some(Duration::new(seconds.parse().ok()?, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_of_seconds() {
        let valid = [
            ("0s", Duration::ZERO),
            ("3s", Duration::from_secs(3)),
            ("0.1s", Duration::from_millis(100)),
            (".1s", Duration::from_millis(100)),
            ("1.000000001s", Duration::new(1, 1)),
            ("315576000000s", LONGEST),
        ];
        for (text, expected) in valid {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        let invalid = [
            "",
            "s",
            ".s",
            "1",
            "1ms",
            "1m",
            "-1s",
            "+1s",
            "1.2.3s",
            "1e3s",
            " 1s",
            "1.0000000001s",
            "1,5s",
            "99999999999999999999s",
        ];
        for text in invalid {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
