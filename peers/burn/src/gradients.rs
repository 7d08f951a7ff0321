//! The gradients of inputs and parameters of a single convolution, given those of its outputs. `backward` begins with a number,
//! so that number is the sum of the outputs times their gradients.

use burn::prelude::*;

use crate::common::{Job, Numbers};
use crate::{Data, Network, Target};

/// A convolution and its data.
struct Alone {
    network: Network,
    x: Tensor<2>,
    dy: Tensor<2>,
}

impl Alone {
    fn new(job: &Job, numbers: &Numbers, device: &Device) -> Self {
        let Data { x, y } = Data::new(job, numbers, 0..job.samples, device);
        let Target::Values(dy) = y else { panic!("the gradients of the outputs are values") };
        Alone { network: Network::new(job, numbers, false, device), x: x.require_grad(), dy }
    }

    fn product(&self) -> Tensor<2> {
        self.network.forward(self.x.clone()) * self.dy.clone()
    }

    /// Returns the gradients of inputs, weight and bias.
    fn gradients(&self) -> (Tensor<2>, Tensor<4>, Tensor<1>) {
        let gradients = self.product().sum().backward();
        let layer = &self.network.convolutions[0];
        let bias = layer.bias.as_ref().expect("a bias").val();
        (
            self.x.grad(&gradients).expect("the gradient of the inputs"),
            layer.weight.val().grad(&gradients).expect("the gradient of the weight"),
            bias.grad(&gradients).expect("the gradient of the bias"),
        )
    }
}

pub fn answer(job: &Job, mut trials: Vec<Numbers>, device: &Device) {
    let alone = Alone::new(job, &trials[0], device);
    for _ in 0..job.checked() {
        let (dx, dw, db) = Alone::new(job, &trials[0], device).gradients();
        trials[0].descend([values(dx), values(dw), values(db)], job.rate);
    }
    let value = Alone::new(job, &trials[0], device).product().mean().into_scalar::<f32>();
    drop(trials);
    job.window(value.into(), || {
        alone.gradients();
    });
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("a tensor of f32")
}
