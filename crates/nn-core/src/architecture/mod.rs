//! The architecture of a network: which modules it is made of, and with which settings.

#[cfg(feature = "safetensors")]
mod json;
mod written;

use std::collections::BTreeMap;
use std::fmt;

use crate::SettingError;
use crate::state::{Axes, Quoted};

#[cfg(feature = "safetensors")]
pub use json::ArchitectureError;
pub(crate) use written::{Listed, Written};

/// The architecture of a network, without its parameters: the kind of a module, its settings, and the modules in it.
/// [`Module::architecture`](crate::Module::architecture) describes a network, [`build`](Architecture::build) makes another
/// one like it, with parameters of its own:
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Architecture, BatchNorm1d, Linear, Module, Sequential};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network = Sequential::<f32>::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(BatchNorm1d::new(8).momentum(0.2));
/// let json = network.architecture()?.to_json();
/// assert_eq!(
///     json.replace(r#"{"kind""#, "\n{\"kind\""),
///     r#"
/// {"kind":"Sequential","children":[
/// {"kind":"Linear","bias":true,"in_features":2,"out_features":8},
/// {"kind":"BatchNorm1d","affine":true,"eps":1e-5,"momentum":0.2,"num_features":8}]}"#
/// );
///
/// let another = Architecture::from_json(&json)?.build::<f32>(&mut rng)?;
/// assert_eq!(another.to_string(), network.to_string());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Text
/// The text is JSON: an object with the `kind` of the module, its settings, and its `children` if it has any. Numbers are read
/// back bit for bit. Kinds and settings are the classes of `torch.nn` and their arguments, so that PyTorch makes the same
/// network with a few lines of Python:
///
/// ```python
/// def build(architecture):
///     settings = dict(architecture)
///     kind, children = settings.pop("kind"), settings.pop("children", [])
///     for name, value in settings.items():
///         settings[name] = tuple(value) if isinstance(value, list) else value
///     return getattr(torch.nn, kind)(*map(build, children), **settings)
///
/// with safetensors.safe_open("model.safetensors", "pt") as file:
///     model = build(json.loads(file.metadata()["nn.architecture"]))
/// model.load_state_dict(safetensors.torch.load_file("model.safetensors"))
/// ```
///
/// Some kinds are not among them: [`Residual`](crate::Residual), whose class is given there; `Reshape`, whose setting is the `shape`
/// of a sample; `Permute`, `Select` and `Slice`, which are `x.permute(0, *dims)`, `x.select(dim, index)` and `x[:, …, start:end]` along
/// the axis `dim`; `GeluTanh`, which is `torch.nn.GELU` with the same setting; [`Branches`](crate::Branches) and
/// [`Graph`](crate::Graph), whose classes are given there. The nodes of a graph are lists: `["all", "concat", 1, "a", "b"]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Architecture {
    kind: String,
    settings: BTreeMap<String, Value>,
    children: Vec<Architecture>,
    /// The number of modules that lie inside one another, this one included.
    depth: usize,
}

/// The value of a setting. A number is finite.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Flag(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Value>),
}

impl Architecture {
    /// The largest number of modules inside one another. A text that nests deeper is refused before it exhausts the stack.
    const DEEPEST: usize = 60;

    /// Returns the kind of the module, such as `Linear`: the name of its class in PyTorch, if there is one.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the modules in this one.
    pub fn children(&self) -> &[Architecture] {
        &self.children
    }

    /// Makes the architecture of a module without settings.
    ///
    /// # Errors
    /// [`SettingError`] if too many modules lie inside one another.
    pub(crate) fn new(
        kind: impl Into<String>,
        children: impl Into<Vec<Architecture>>,
    ) -> Result<Self, SettingError> {
        let (kind, children) = (kind.into(), children.into());
        let depth = 1 + children.iter().map(|child| child.depth).max().unwrap_or(0);
        let expected = format_args!("at most {}", Self::DEEPEST);
        let fits = depth <= Self::DEEPEST;
        SettingError::unless(fits, "Architecture", "number of modules inside one another", expected, depth)?;
        Ok(Architecture { kind, settings: BTreeMap::new(), children, depth })
    }

    /// Adds a setting, unless it is left out.
    ///
    /// # Errors
    /// [`SettingError`] if it is not finite. No text holds such a number, and no module can be used with it.
    pub(crate) fn set(&mut self, name: &str, value: Option<Value>) -> Result<(), SettingError> {
        if let Some(Value::Number(number)) = value {
            SettingError::unless(number.is_finite(), &self.kind, name, "a finite number", number)?;
        }
        self.settings.extend(value.map(|value| (name.to_owned(), value)));
        Ok(())
    }

    /// Returns the settings, for making a module of this kind.
    pub(crate) fn settings(&self, kind: &'static str) -> Settings<'_> {
        let left = self.settings.iter().map(|(name, value)| (&**name, value)).collect();
        Settings { kind, left }
    }
}

/// The settings of a module that is being made. Each is taken once, and none may be left.
pub(crate) struct Settings<'a> {
    kind: &'static str,
    left: BTreeMap<&'a str, &'a Value>,
}

impl Settings<'_> {
    pub(crate) fn take<T: Written>(&mut self, name: &str) -> Result<T, SettingError> {
        let value = self.left.remove(name);
        T::read(value).ok_or_else(|| SettingError::new(self.kind, name, T::EXPECTED, Found(value)))
    }

    /// Takes a setting that has the same value in every module of this kind.
    pub(crate) fn take_fixed(&mut self, name: &str, expected: &Value) -> Result<(), SettingError> {
        let value = self.left.remove(name);
        let (expected, fits) = (Found(Some(expected)), value == Some(expected));
        SettingError::unless(fits, self.kind, name, expected, Found(value))
    }

    /// Checks that every setting was taken, and every child.
    pub(crate) fn end<C>(self, children: &[C]) -> Result<(), SettingError> {
        let (children, none) = (children.len(), "none of that name");
        SettingError::unless(children == 0, self.kind, "number of further children", 0, children)?;
        match self.left.first_key_value() {
            None => Ok(()),
            Some((name, value)) => {
                let name = format_args!("the setting {}", Quoted(name));
                Err(SettingError::new(self.kind, name, none, Found(Some(value))))
            }
        }
    }
}

/// Prints a value as it is written, or the beginning of a long one.
struct Found<'a>(Option<&'a Value>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("missing"),
            Some(Value::Flag(flag)) => write!(f, "{flag}"),
            Some(Value::Whole(number)) => write!(f, "{number}"),
            Some(Value::Number(number)) => write!(f, "{number:?}"),
            Some(Value::Text(text)) => Quoted(text).fmt(f),
            Some(Value::List(values)) => Axes(&values.iter().map(Element).collect::<Vec<_>>()).fmt(f),
        }
    }
}

/// Prints a value in a list, but not the list that it may be.
struct Element<'a>(&'a Value);

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::List(_) => f.write_str("[…]"),
            value => write!(f, "{}", Found(Some(value))),
        }
    }
}
