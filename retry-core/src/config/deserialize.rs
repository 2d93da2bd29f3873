//! Reading documents through `serde`. By hand, so that a document's faults are all found, and no macro is compiled.

use core::fmt;
use core::time::Duration;
use std::sync::LazyLock;

use retry_words::{Key, Word};
use serde_core::de::{
    Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::PolicyConfig;
use super::draft::Draft;
use super::text::Input;
use super::value::Value;

/// The names of all fields, in the order of formats that have no names.
static NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| Key::settings().map(Word::name).collect());

/// From a table such as `{ max = 3, base = "50ms" }`, or from a line of text as [`PolicyConfig::parse`] reads it.
///
/// The error has a line for each fault. In formats that are not for humans, durations are nanoseconds.
impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (config, faults) = Draft::deserialize(deserializer)?.finish();
        faults.ok(config).map_err(D::Error::custom)
    }
}

/// Not an error if a document has faults, so that the faults of several policies can be found.
impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = PolicyVisitor {
            is_text: deserializer.is_human_readable(),
        };
        if visitor.is_text {
            // A table or a line of text.
            deserializer.deserialize_any(visitor)
        } else {
            deserializer.deserialize_struct("PolicyConfig", &NAMES, visitor)
        }
    }
}

struct PolicyVisitor {
    /// Whether the format is for humans.
    is_text: bool,
}

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = Draft;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings of a policy, such as `max` and `base`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Draft, E> {
        let mut draft = Draft::default();
        Input(text).entries(None, &mut draft);
        Ok(draft)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft, A::Error> {
        let mut draft = Draft::default();
        while let Some(name) = map.next_key::<String>()? {
            let Some(key) = draft.key(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if let Some(value) = map.next_value::<Option<Value>>()? {
                draft.set(
                    key,
                    if self.is_text {
                        value
                    } else {
                        value.of_binary(key)
                    },
                );
            }
        }
        Ok(draft)
    }

    /// Formats that have no names. Each value has the type that it was written with.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Draft, A::Error> {
        if self.is_text {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        let mut draft = Draft::default();
        for (index, key) in Key::settings().enumerate() {
            let value = match key {
                Key::Max | Key::MaxRetries => {
                    let count = seq.next_element::<Option<u32>>()?;
                    count.map(|count| count.map(|count| Value::Whole(count.into())))
                }
                Key::Factor => {
                    let number = seq.next_element::<Option<f64>>()?;
                    number.map(|number| number.map(Value::Number))
                }
                _ if is_time(key) => {
                    let nanos = seq.next_element::<Option<u64>>()?;
                    nanos.map(|nanos| nanos.map(Value::Whole))
                }
                Key::FirstAtOnce | Key::CutRetryAfter => {
                    let flag = seq.next_element::<Option<bool>>()?;
                    flag.map(|flag| flag.map(Value::Flag))
                }
                _ => {
                    let word = seq.next_element::<Option<String>>()?;
                    word.map(|word| word.map(Value::Text))
                }
            };
            let value = value.ok_or_else(|| A::Error::invalid_length(index, &self))?;
            if let Some(value) = value {
                draft.key(key.name());
                draft.set(key, value.of_binary(key));
            }
        }
        Ok(draft)
    }
}

/// Whether the value of a key is a duration.
fn is_time(key: Key) -> bool {
    matches!(
        key,
        Key::Base
            | Key::Cap
            | Key::Floor
            | Key::ThrottledBase
            | Key::AttemptTimeout
            | Key::Deadline
            | Key::MaxElapsed
            | Key::MaxRetryAfter
    )
}

impl Value {
    /// The value that a format which is not for humans has for this key.
    fn of_binary(self, key: Key) -> Self {
        match (self, key) {
            (Self::Whole(nanos), key) if is_time(key) => Self::Time(Duration::from_nanos(nanos)),
            (Self::Text(text), Key::Jitter) => match text.parse() {
                Ok(part) => Self::Number(part),
                Err(_) => Self::Text(text),
            },
            (value, _) => value,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a setting")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        // Below zero, only the sign counts.
        Ok(u64::try_from(number).map_or(Value::Number(-1.0), Value::Whole))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Whole(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        Value::deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}
