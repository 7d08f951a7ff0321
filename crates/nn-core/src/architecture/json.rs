//! The JSON of an architecture.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde_core::de::value::SeqAccessDeserializer;
use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Architecture, Value};
use crate::state::{Quoted, Shortened};

/// A text that is not that of an architecture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the architecture is not as expected: {reason}")]
pub struct ArchitectureError {
    /// What was expected and what was found, and where.
    pub reason: String,
}

const KIND: &str = "kind";
const CHILDREN: &str = "children";

impl Architecture {
    /// Returns the architecture as [text](Architecture#text).
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    /// Reads the architecture from its [text](Architecture#text). Whether there are such modules with such settings is found out
    /// by [`build`](Architecture::build).
    ///
    /// # Errors
    /// Returns an [`ArchitectureError`] that says what is wrong with the text, and where.
    pub fn from_json(text: &str) -> Result<Self, ArchitectureError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Architecture::deserialize(&mut deserializer)
            .and_then(|architecture| deserializer.end().map(|()| architecture))
            .map_err(|error| ArchitectureError { reason: Shortened(&error).to_string() })
    }

    fn write(&self, json: &mut String) {
        json.push_str("{\"kind\":");
        json.push_str(&quote(&self.kind));
        for (name, value) in &self.settings {
            json.push(',');
            json.push_str(&quote(name));
            json.push(':');
            value.write_to(json);
        }
        for (index, child) in self.children.iter().enumerate() {
            json.push_str(if index == 0 { ",\"children\":[" } else { "," });
            child.write(json);
        }
        json.push_str(if self.children.is_empty() { "}" } else { "]}" });
    }
}

impl Value {
    fn write_to(&self, json: &mut String) {
        // Writing to a string does not fail. `{:?}` prints as many digits as reading the same number takes.
        _ = match self {
            Value::Flag(flag) => write!(json, "{flag}"),
            Value::Whole(number) => write!(json, "{number}"),
            Value::Number(number) => write!(json, "{number:?}"),
            Value::Text(text) => json.write_str(&quote(text)),
            Value::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    json.push_str(if index == 0 { "[" } else { ", " });
                    value.write_to(json);
                }
                json.write_str(if values.is_empty() { "[]" } else { "]" })
            }
        };
    }
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Architecture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ArchitectureVisitor)
    }
}

struct ArchitectureVisitor;

impl<'de> Visitor<'de> for ArchitectureVisitor {
    type Value = Architecture;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the kind, the settings and the children of a module")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Architecture, A::Error> {
        let (mut kind, mut children, mut settings) = (None, None, BTreeMap::new());
        while let Some(name) = map.next_key::<String>()? {
            let twice = match &*name {
                KIND => kind.replace(map.next_value::<String>()?).is_some(),
                CHILDREN => children.replace(map.next_value::<Vec<Architecture>>()?).is_some(),
                _ => settings.insert(name.clone(), map.next_value()?).is_some(),
            };
            if twice {
                return Err(A::Error::custom(format_args!("{} appears twice", Quoted(&name))));
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field(KIND))?;
        let made = Architecture::new(kind, children.unwrap_or_default()).map_err(A::Error::custom)?;
        Ok(Architecture { settings, ..made })
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
        f.write_str("true, false, a number, a text or a list of these")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Whole(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Whole(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(values)).map(Value::List)
    }
}
