//! The choice of the function within the network of a token.

use std::fmt::{self, Display};

use crate::architecture::{Value, Written};

/// The function f of a [`TransformerEncoderLayer`](crate::TransformerEncoderLayer).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// max(0, x).
    Relu,
    /// x times the probability that a normal number is below x.
    Gelu,
}

/// The name in PyTorch.
impl Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Function::Relu => "relu",
            Function::Gelu => "gelu",
        })
    }
}

impl Written for Function {
    const EXPECTED: &'static str = "\"relu\" or \"gelu\"";

    fn write(self) -> Option<Value> {
        Some(Value::Text(self.to_string()))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        let Some(Value::Text(name)) = value else { return None };
        [Function::Relu, Function::Gelu].into_iter().find(|f| f.to_string() == *name)
    }
}
