//! A graph as text.

use std::fmt;

use super::{Graph, Operation};
use crate::layers::sequential::Summary;
use crate::{Parameters, Scalar};

/// One line for each input and each node, and more for a module that contains others.
impl<F: Scalar> fmt::Display for Graph<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph: {} parameters", self.parameter_count())?;
        for input in &self.inputs {
            write!(f, "\n  {}  input", input.name)?;
            if let Some(sample) = &input.sample {
                write!(f, " {sample:?}")?;
            }
            f.write_str(self.mark(&input.name))?;
        }
        for node in &self.nodes {
            write!(f, "\n  {} ← {}  ", node.name, node.from.join(", "))?;
            let mark = self.mark(&node.name);
            match &node.operation {
                Operation::Shared(of) => write!(f, "shared with {of}{mark}")?,
                Operation::Join(join) => write!(f, "{join}{mark}")?,
                Operation::Module(module) => {
                    let text = Summary(&**module).to_string();
                    let (first, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
                    // Indented by the width of the name and the spaces around it.
                    let width = node.name.chars().count().saturating_sub(1);
                    write!(f, "{first}{mark}{}", rest.replace('\n', &format!("\n{}", " ".repeat(width))))?;
                }
            }
        }
        Ok(())
    }
}

impl<F: Scalar> Graph<F> {
    fn mark(&self, name: &str) -> &'static str {
        if self.outputs.iter().any(|output| output == name) { "; output" } else { "" }
    }
}

impl<F: Scalar> fmt::Debug for Graph<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
