//! Writing documents through `serde`.

use retry_words::Word;
use serde_core::ser::{Error, Serialize, SerializeStruct, Serializer};

use super::PolicyConfig;
use super::field::{Field, fields};

/// As a table of the fields that are set. Formats that are not for humans have all fields, and durations as nanoseconds.
impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_written = if serializer.is_human_readable() {
            |field: &Option<Field<'_>>| field.is_some()
        } else {
            |_: &Option<Field<'_>>| true
        };
        let written = fields(self).filter(|(_, field)| is_written(field));
        let mut table = serializer.serialize_struct("PolicyConfig", written.count())?;
        for (key, field) in fields(self) {
            if is_written(&field) {
                table.serialize_field(key.name(), &field)?;
            } else {
                table.skip_field(key.name())?;
            }
        }
        table.end()
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_text = serializer.is_human_readable();
        match self {
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Part(part) if is_text => serializer.serialize_f64(*part),
            Self::Time(time) if !is_text => match u64::try_from(time.as_nanos()) {
                Ok(nanos) => serializer.serialize_u64(nanos),
                Err(_) => Err(S::Error::custom(format!("{time:?} is too long"))),
            },
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Part(_) | Self::Time(_) | Self::Added(_) | Self::Budget(_) => {
                serializer.collect_str(self)
            }
        }
    }
}
