//! Parses the header's JSON: an object with one entry per tensor, and an optional entry of strings, the metadata.

use std::collections::BTreeMap;
use std::fmt;

use serde_core::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::state::error::Quoted;

/// The name of the metadata's entry. No tensor may have it.
pub(super) const METADATA: &str = "__metadata__";

/// The contents of the header, not yet checked.
#[derive(Default)]
pub(super) struct Claims {
    pub(super) metadata: BTreeMap<String, String>,
    /// In the order of the header. A name may appear several times.
    pub(super) tensors: Vec<(String, Claim)>,
}

/// The header's description of one tensor.
pub(super) struct Claim {
    pub(super) dtype: String,
    pub(super) shape: Vec<u64>,
    /// The first byte of its data, counted from the end of the header, and the byte after its last.
    pub(super) offsets: (u64, u64),
}

/// Parses the header. An error names the tensor and the position.
pub(super) fn parse(header: &str) -> Result<Claims, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(header);
    let claims = deserializer.deserialize_map(ClaimsVisitor)?;
    deserializer.end()?;
    Ok(claims)
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let (mut claims, mut metadata) = (Claims::default(), None);
        while let Some(name) = map.next_key::<String>()? {
            let within = |error| A::Error::custom(format!("{}: {error}", Quoted(&name)));
            if name == METADATA {
                if metadata.is_some() {
                    return Err(A::Error::custom(format!("{METADATA} appears twice")));
                }
                metadata = Some(map.next_value::<Strings>().map_err(within)?.0);
            } else {
                let claim = map.next_value().map_err(within)?;
                claims.tensors.push((name, claim));
            }
        }
        claims.metadata = metadata.unwrap_or_default();
        Ok(claims)
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClaimVisitor)
    }
}

struct ClaimVisitor;

impl<'de> Visitor<'de> for ClaimVisitor {
    type Value = Claim;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with dtype, shape and data_offsets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claim, A::Error> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "dtype" => once(&mut dtype, "dtype", &mut map)?,
                "shape" => once(&mut shape, "shape", &mut map)?,
                "data_offsets" => once(&mut offsets, "data_offsets", &mut map)?,
                // A later version of the format may add fields.
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(Claim {
            dtype: dtype.ok_or_else(|| A::Error::missing_field("dtype"))?,
            shape: shape.ok_or_else(|| A::Error::missing_field("shape"))?,
            offsets: offsets.ok_or_else(|| A::Error::missing_field("data_offsets"))?,
        })
    }
}

/// Reads the value of a field that must not appear twice.
fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    field: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if field.replace(map.next_value()?).is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    Ok(())
}

/// An object of strings in which no key appears twice.
struct Strings(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StringsVisitor)
    }
}

struct StringsVisitor;

impl<'de> Visitor<'de> for StringsVisitor {
    type Value = Strings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Strings, A::Error> {
        let mut strings = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, String>()? {
            if strings.contains_key(&key) {
                return Err(A::Error::custom(format!("key {} appears twice", Quoted(&key))));
            }
            strings.insert(key, value);
        }
        Ok(Strings(strings))
    }
}

/// Prints what the parser says. It repeats a string in the wrong place, which may be as long as the file.
pub(crate) struct Shortened<'a>(pub(crate) &'a serde_json::Error);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        let text = self.0.to_string();
        match text.char_indices().nth(LONGEST) {
            None => f.write_str(&text),
            Some((end, _)) => {
                write!(f, "{}… at line {} column {}", &text[..end], self.0.line(), self.0.column())
            }
        }
    }
}
