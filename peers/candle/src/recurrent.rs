//! Recurrent layers with the weights of a job, and a network in use: one step of a sequence in one call, with the state carried
//! to the next.

use std::collections::HashMap;

use candle_core::{DType, Result, Tensor};
use candle_nn::rnn::{GRU, GRUConfig, LSTM, LSTMConfig, LSTMState, RNN};
use candle_nn::{Module, VarBuilder, loss};

use crate::common::{Cell, Job, Numbers};
use crate::{DEVICE, Network, data};

pub enum Recurrent {
    Lstm(LSTM),
    Gru(GRU),
}

impl Recurrent {
    /// Makes the layer of a trial; `tensor` makes a tensor of values and a shape.
    pub fn new(
        job: &Job,
        cell: Cell,
        numbers: &Numbers,
        tensor: &mut dyn FnMut(&[f32], &[usize]) -> Result<Tensor>,
    ) -> Result<Self> {
        let (features, units) = (job.shape[1], job.sizes[0]);
        let mut named = HashMap::new();
        for (part, (weight, bias)) in ["ih", "hh"].iter().zip(&numbers.layers) {
            let shape = [bias.len(), weight.len() / bias.len()];
            named.insert(format!("weight_{part}_l0"), tensor(weight, &shape)?);
            named.insert(format!("bias_{part}_l0"), tensor(bias, &shape[..1])?);
        }
        let given = VarBuilder::from_tensors(named, DType::F32, &DEVICE);
        Ok(match cell {
            Cell::Lstm => Recurrent::Lstm(LSTM::new(features, units, LSTMConfig::default(), given)?),
            Cell::Gru => Recurrent::Gru(GRU::new(features, units, GRUConfig::default(), given)?),
        })
    }

    /// Returns the last output.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Recurrent::Lstm(lstm) => lstm.seq(x)?.pop().expect("at least one step").h,
            Recurrent::Gru(gru) => gru.seq(x)?.pop().expect("at least one step").h,
        })
    }
}

/// Goes through the sequence, the last output of which has the loss that is compared, and then on through it again and again.
pub fn control(job: &Job, numbers: &Numbers) -> Result<()> {
    let network = Network::new(job, numbers, &mut None)?;
    let (Some(Recurrent::Lstm(lstm)), linear) = (&network.recurrent, &network.layers[0]) else {
        panic!("an LSTM is asked for")
    };
    let (x, y) = data(job, numbers)?;
    let steps = x.reshape((job.shape[0], job.shape[1]))?.chunk(job.shape[0], 0)?;
    let call = |x: &Tensor, state: &LSTMState| {
        let state = lstm.step(x, state)?;
        Ok::<_, candle_core::Error>((linear.forward(&state.h)?, state))
    };
    let mut state = lstm.zero_state(1)?;
    let mut out = None;
    for x in &steps {
        let (output, next) = call(x, &state)?;
        (out, state) = (Some(output), next);
    }
    let out = out.expect("at least one step");
    let value = loss::cross_entropy(&out, &y)?.to_dtype(DType::F64)?.to_scalar()?;
    let mut steps = steps.iter().cycle();
    job.window(value, || {
        let x = steps.next().expect("a sequence has steps");
        state = call(x, &state).expect("a step like those before").1;
    });
    Ok(())
}
