//! A value of JSON and its place in the text, which errors name.

use std::fmt::Display;

use nn_core::SettingError;
use serde_json::Value;

use crate::DataError;
use crate::error::shortened;

const NAME: &str = "Preprocessor::from_json";

/// Reads a text of JSON.
pub(super) fn parse(text: &str) -> Result<Value, DataError> {
    serde_json::from_str(text).map_err(|error| {
        let expected = "JSON, as `Preprocessor::to_json` returns it";
        SettingError::new(NAME, "the text", expected, shortened(&error.to_string(), 100)).into()
    })
}

/// A value, and where it is.
#[derive(Clone, Copy)]
pub(super) struct At<'v> {
    value: &'v Value,
    /// The name under which it is found.
    key: &'static str,
    /// The input that it belongs to.
    input: Option<usize>,
}

impl<'v> At<'v> {
    pub(super) fn whole(value: &'v Value) -> Self {
        At { value, key: "", input: None }
    }

    /// The value of an object under this name.
    pub(super) fn find(self, key: &'static str) -> Result<Option<Self>, DataError> {
        let object = self.value.as_object().ok_or_else(|| self.refuse("an object"))?;
        Ok(object.get(key).map(|value| At { value, key, ..self }))
    }

    /// The value of an object under this name, which must be there.
    pub(super) fn get(self, key: &'static str) -> Result<Self, DataError> {
        self.find(key)?.ok_or_else(|| self.refuse(format_args!("an object with {key:?}")))
    }

    /// The values of a list.
    pub(super) fn list(self) -> Result<impl Iterator<Item = Self>, DataError> {
        let values = self.value.as_array().ok_or_else(|| self.refuse("a list"))?;
        Ok(values.iter().map(move |value| At { value, ..self }))
    }

    /// Itself, as part of the input with this place.
    pub(super) fn of(self, input: usize) -> Self {
        At { input: Some(input), ..self }
    }

    pub(super) fn text(self) -> Result<&'v str, DataError> {
        self.value.as_str().ok_or_else(|| self.refuse("a text"))
    }

    /// A finite number: JSON has no others.
    pub(super) fn number(self) -> Result<f64, DataError> {
        self.value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| self.refuse("a number"))
    }

    pub(super) fn flag(self) -> Result<bool, DataError> {
        self.value.as_bool().ok_or_else(|| self.refuse("true or false"))
    }

    /// Itself, unless it is null.
    pub(super) fn unless_null(self) -> Option<Self> {
        (!self.value.is_null()).then_some(self)
    }

    /// The error that it is not as expected, unless it `fits`.
    pub(super) fn unless(self, fits: bool, expected: impl Display) -> Result<(), DataError> {
        if fits { Ok(()) } else { Err(self.refuse(expected)) }
    }

    pub(super) fn refuse(self, expected: impl Display) -> DataError {
        let found = match self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => shortened(&number.to_string(), 40),
            Value::String(text) => format!("{:?}", shortened(text, 40)),
            Value::Array(values) => format!("a list of {}", values.len()),
            Value::Object(values) => format!("an object of {}", values.len()),
        };
        let name = match (self.key, self.input) {
            ("", _) => "the whole".to_owned(),
            (key, None) => format!("{key:?}"),
            (key, Some(input)) => format!("{key:?} of input {input}"),
        };
        SettingError::new(NAME, name, expected, found).into()
    }
}
