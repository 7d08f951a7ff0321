//! The gradients of inputs and parameters of a single convolution, given those of its outputs. `backward` begins with a number,
//! so that number is the sum of the outputs times their gradients.

use candle_core::{DType, Result, Tensor, Var};

use crate::common::{Job, Numbers};
use crate::{Network, data};

/// A convolution and its data.
struct Alone {
    network: Network,
    variables: Vec<Var>,
    x: Var,
    dy: Tensor,
}

impl Alone {
    fn new(job: &Job, numbers: &Numbers) -> Result<Self> {
        let (x, dy) = data(job, numbers)?;
        let mut variables = Some(Vec::new());
        let network = Network::new(job, numbers, &mut variables)?;
        Ok(Alone { network, variables: variables.expect("given"), x: Var::from_tensor(&x)?, dy })
    }

    fn product(&self) -> Result<Tensor> {
        self.network.forward(&self.x, false)? * &self.dy
    }

    /// Returns the gradients of inputs, weight and bias.
    fn gradients(&self) -> Result<[Tensor; 3]> {
        let mut gradients = self.product()?.sum_all()?.backward()?;
        Ok([&self.x, &self.variables[0], &self.variables[1]]
            .map(|variable| gradients.remove(variable).expect("the gradient of a variable")))
    }
}

pub fn answer(job: &Job, mut trials: Vec<Numbers>) -> Result<()> {
    let alone = Alone::new(job, &trials[0])?;
    for _ in 0..job.checked() {
        let gradients = Alone::new(job, &trials[0])?.gradients()?;
        let [dx, dw, db] = gradients.map(|gradient| {
            gradient.flatten_all().and_then(|gradient| gradient.to_vec1()).expect("a tensor of f32")
        });
        trials[0].descend([dx, dw, db], job.rate);
    }
    let value = Alone::new(job, &trials[0])?.product()?.mean_all()?.to_dtype(DType::F64)?.to_scalar()?;
    drop(trials);
    job.window(value, || {
        alone.gradients().expect("gradients like those before");
    });
    Ok(())
}
