//! Recurrent layers with the weights of a job, and a network in use: one step of a sequence in one call, with the state carried
//! to the next.

use burn::nn::{GateController, Gru, GruConfig, Linear, Lstm, LstmConfig, LstmState};
use burn::prelude::*;

use crate::common::{Cell, Job, Numbers};
use crate::linear;

#[derive(Module, Debug)]
pub enum Recurrent {
    Lstm(Lstm),
    Gru(Gru),
}

impl Recurrent {
    /// Makes the layer of a trial, which burn has as one module for each gate.
    pub fn new(job: &Job, cell: Cell, numbers: &Numbers, device: &Device) -> Self {
        let (features, units) = (job.shape[1], job.sizes[0]);
        let gate = |index: usize| {
            let part = |(weight, bias): &(Vec<f32>, Vec<f32>)| -> Linear {
                let size = weight.len() / bias.len() * units;
                linear(&weight[index * size..][..size], &bias[index * units..][..units], device)
            };
            GateController {
                input_transform: part(&numbers.layers[0]),
                hidden_transform: part(&numbers.layers[1]),
            }
        };
        match cell {
            Cell::Lstm => Recurrent::Lstm(Lstm {
                input_gate: gate(0),
                forget_gate: Some(gate(1)),
                cell_gate: gate(2),
                output_gate: gate(3),
                ..LstmConfig::new(features, units, true).init(device)
            }),
            // By default the reset gate comes after the product, as in PyTorch.
            Cell::Gru => Recurrent::Gru(Gru {
                reset_gate: gate(0),
                update_gate: gate(1),
                new_gate: gate(2),
                ..GruConfig::new(features, units, true).init(device)
            }),
        }
    }

    /// Returns the last output.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<2> {
        match self {
            Recurrent::Lstm(lstm) => lstm.forward(x, None).1.hidden,
            Recurrent::Gru(gru) => {
                let [_, steps, _] = x.dims();
                gru.forward(x, None).narrow(1, steps - 1, 1).squeeze_dim(1)
            }
        }
    }
}

/// Goes through the sequence, the last output of which has the loss that is compared, and then on through it again and again.
pub fn control(job: &Job, numbers: &Numbers, device: &Device) {
    let Recurrent::Lstm(lstm) = Recurrent::new(job, Cell::Lstm, numbers, device) else {
        panic!("an LSTM is asked for")
    };
    let (weight, bias) = &numbers.layers[2];
    let linear = linear(weight, bias, device);
    let features = job.shape[1];
    let step = |values: &[f32]| Tensor::from_data(TensorData::new(values.to_vec(), [1, 1, features]), device);
    let steps: Vec<Tensor<3>> = numbers.inputs.chunks(features).map(step).collect();
    let call = |x: &Tensor<3>, state: Option<LstmState<2>>| {
        let state = lstm.forward(x.clone(), state).1;
        (linear.forward(state.hidden.clone()), state)
    };
    let (mut y, mut state) = call(&steps[0], None);
    for x in &steps[1..] {
        (y, state) = call(x, Some(state));
    }
    let value = crate::cross_entropy(y, numbers, device);
    let (mut steps, mut state) = (steps.iter().cycle(), Some(state));
    job.window(value, || {
        state = Some(call(steps.next().expect("a sequence has steps"), state.take()).1);
    });
}
