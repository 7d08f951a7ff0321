//! The architecture of a graph.

use super::{Graph, Join, Operation};
use crate::architecture::{Listed, Settings, Value, Written};
use crate::layers::described::{Described, Maker};
use crate::{Architecture, Module, ModuleError, Scalar, SettingError};

/// As Python has them: `["words", 16]`.
struct InputText {
    name: String,
    sample: Vec<usize>,
}

/// As Python has them: `["all", "concat", 1, "a", "b"]`.
struct NodeText {
    name: String,
    kind: Kind,
    from: Vec<String>,
}

enum Kind {
    Module,
    Shared(String),
    Join(Join),
}

const MODULE: &str = "module";
const SHARED: &str = "shared";
const SUM: &str = "sum";
const PRODUCT: &str = "product";
const CONCAT: &str = "concat";

impl<F: Scalar> Described<F> for Graph<F> {
    const KIND: &'static str = "Graph";

    fn describe(&self) -> Result<Architecture, ModuleError> {
        let modules =
            self.modules().map(|(name, module)| module.architecture().map_err(|error| error.inside(name)));
        let modules = modules.collect::<Result<Vec<_>, _>>()?;
        let mut architecture = Architecture::new(<Self as Described<F>>::KIND, modules)?;
        let inputs = self.inputs.iter().map(|input| InputText {
            name: input.name.clone(),
            sample: input.sample.clone().unwrap_or_default(),
        });
        let nodes = self.nodes.iter().map(|node| NodeText {
            name: node.name.clone(),
            kind: match &node.operation {
                Operation::Module(_) => Kind::Module,
                Operation::Shared(of) => Kind::Shared(of.clone()),
                Operation::Join(join) => Kind::Join(*join),
            },
            from: node.from.clone(),
        });
        architecture.set("inputs", inputs.collect::<Vec<_>>().write())?;
        architecture.set("nodes", nodes.collect::<Vec<_>>().write())?;
        architecture.set("outputs", self.outputs.clone().write())?;
        Ok(architecture)
    }

    fn make(
        settings: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        _: &mut Maker<'_>,
    ) -> Result<Self, ModuleError> {
        let mut graph = Graph::new();
        for InputText { name, sample } in settings.take::<Vec<InputText>>("inputs")? {
            graph = graph.input(name, sample);
        }
        let nodes: Vec<NodeText> = settings.take("nodes")?;
        let expected = nodes.iter().filter(|node| matches!(node.kind, Kind::Module)).count();
        let mut modules = std::mem::take(children).into_iter();
        let found = modules.len();
        SettingError::unless(found == expected, "Graph", "number of children", expected, found)?;
        for NodeText { name, kind, from } in nodes {
            let operation = match kind {
                Kind::Shared(of) => Some(Operation::Shared(of)),
                Kind::Join(join) => Some(Operation::Join(join)),
                Kind::Module => modules.next().map(Operation::Module),
            };
            if let Some(operation) = operation {
                graph = graph.with_node(name, operation, from);
            }
        }
        Ok(settings.take::<Vec<String>>("outputs")?.into_iter().fold(graph, Graph::output))
    }
}

impl Written for InputText {
    const EXPECTED: &'static str = "a list of a name and sizes";

    fn write(self) -> Option<Value> {
        let sizes = self.sample.into_iter().map(|size| Value::Whole(size as i128));
        Some(Value::List([Value::Text(self.name)].into_iter().chain(sizes).collect()))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        let Some(Value::List(values)) = value else { return None };
        let (name, sizes) = values.split_first()?;
        let sample = sizes.iter().map(|size| usize::read(Some(size))).collect::<Option<_>>()?;
        Some(InputText { name: String::read(Some(name))?, sample })
    }
}

impl Listed for InputText {
    const EXPECTED_LIST: &'static str = "a list of lists of a name and sizes";
}

impl Written for NodeText {
    const EXPECTED: &'static str = "a list of a name, a kind and what the node reads";

    fn write(self) -> Option<Value> {
        let (kind, setting) = match self.kind {
            Kind::Module => (MODULE, None),
            Kind::Shared(of) => (SHARED, Some(Value::Text(of))),
            Kind::Join(Join::Sum) => (SUM, None),
            Kind::Join(Join::Product) => (PRODUCT, None),
            Kind::Join(Join::Concat(axis)) => (CONCAT, Some(Value::Whole(axis as i128))),
        };
        let from = self.from.into_iter().map(Value::Text);
        let values = [Value::Text(self.name), Value::from(kind)].into_iter().chain(setting).chain(from);
        Some(Value::List(values.collect()))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        let Some(Value::List(values)) = value else { return None };
        let [Value::Text(name), Value::Text(kind), rest @ ..] = &values[..] else { return None };
        let (kind, from) = match (&**kind, rest) {
            (MODULE, [_]) => (Kind::Module, rest),
            (SHARED, [Value::Text(of), from @ ..]) if from.len() == 1 => (Kind::Shared(of.clone()), from),
            (SUM, _) => (Kind::Join(Join::Sum), rest),
            (PRODUCT, _) => (Kind::Join(Join::Product), rest),
            (CONCAT, [axis, from @ ..]) => (Kind::Join(Join::Concat(usize::read(Some(axis))?)), from),
            _ => return None,
        };
        let from = from.iter().map(|name| String::read(Some(name))).collect::<Option<_>>()?;
        Some(NodeText { name: name.clone(), kind, from })
    }
}

impl Listed for NodeText {
    const EXPECTED_LIST: &'static str = "a list of lists of a name, a kind and what the node reads";
}
