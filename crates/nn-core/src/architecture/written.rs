//! How a setting is written and read.

use super::Value;

/// A setting of a module. What was written is read back as the same setting.
pub(crate) trait Written: Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// Returns the value, or `None` for a setting that is left out.
    fn write(self) -> Option<Value>;

    /// Returns the setting, or `None` if this value is not one.
    fn read(value: Option<&Value>) -> Option<Self>;
}

impl Written for bool {
    const EXPECTED: &'static str = "true or false";

    fn write(self) -> Option<Value> {
        Some(Value::Flag(self))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Flag(flag)) = value { Some(*flag) } else { None }
    }
}

impl Written for f64 {
    const EXPECTED: &'static str = "a number";

    fn write(self) -> Option<Value> {
        Some(Value::Number(self))
    }

    /// Other programs may write 1 for 1.0.
    fn read(value: Option<&Value>) -> Option<Self> {
        match value {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Whole(number)) => Some(*number as f64),
            _ => None,
        }
    }
}

impl Written for usize {
    const EXPECTED: &'static str = "a whole number of at least 0";

    fn write(self) -> Option<Value> {
        Some(Value::Whole(self as i128))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Whole(number)) = value { usize::try_from(*number).ok() } else { None }
    }
}

impl Written for isize {
    const EXPECTED: &'static str = "a whole number";

    fn write(self) -> Option<Value> {
        Some(Value::Whole(self as i128))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Whole(number)) = value { isize::try_from(*number).ok() } else { None }
    }
}

/// A setting that a module may do without.
impl<T: Written> Written for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn write(self) -> Option<Value> {
        self?.write()
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value.map_or(Some(None), |value| T::read(Some(value)).map(Some))
    }
}

impl Written for String {
    const EXPECTED: &'static str = "a text";

    fn write(self) -> Option<Value> {
        Some(Value::Text(self))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        if let Some(Value::Text(text)) = value { Some(text.clone()) } else { None }
    }
}

/// Lists of sizes, of names, and of what a module writes as one of several.
impl<T: Listed> Written for Vec<T> {
    const EXPECTED: &'static str = T::EXPECTED_LIST;

    fn write(self) -> Option<Value> {
        self.into_iter().map(Written::write).collect::<Option<_>>().map(Value::List)
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        let Some(Value::List(values)) = value else { return None };
        values.iter().map(|value| T::read(Some(value))).collect()
    }
}

/// A setting of which there may be a list.
pub(crate) trait Listed: Written {
    /// What is expected, for messages.
    const EXPECTED_LIST: &'static str;
}

impl Listed for usize {
    const EXPECTED_LIST: &'static str = "a list of sizes";
}

impl Listed for String {
    const EXPECTED_LIST: &'static str = "a list of texts";
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Value::Whole(number.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Flag(flag)
    }
}
