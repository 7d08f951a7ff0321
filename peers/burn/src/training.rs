//! Whole trainings on shuffled mini-batches from burn's DataLoader.

use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::prelude::*;

use crate::common::{Job, Numbers};
use crate::{Data, Target, Training, checked};

/// One sample.
#[derive(Clone, Debug)]
struct Item {
    x: Vec<f32>,
    label: i32,
}

/// Puts samples together.
#[derive(Clone)]
struct Collate;

impl Batcher<Item, Data> for Collate {
    fn batch(&self, items: Vec<Item>, device: &Device) -> Data {
        let shape = [items.len(), items[0].x.len()];
        let labels: Vec<i32> = items.iter().map(|item| item.label).collect();
        let labels = Tensor::from_data(TensorData::new(labels, [items.len()]), device);
        let x = items.into_iter().flat_map(|item| item.x).collect();
        Data { x: Tensor::from_data(TensorData::new::<f32, _>(x, shape), device), y: Target::Labels(labels) }
    }
}

/// A training with its batches and its validation.
struct Whole<'a> {
    training: Training<'a>,
    loader: Arc<dyn DataLoader<Data>>,
    held_out: Option<Data>,
}

impl<'a> Whole<'a> {
    fn new(job: &'a Job, numbers: &Numbers, device: &Device) -> Self {
        let items = numbers.inputs.chunks(job.sizes[0]).zip(numbers.labels()).take(job.trained);
        let items = items.map(|(x, label)| Item { x: x.to_vec(), label: label as i32 }).collect();
        let loader = DataLoaderBuilder::new(Collate)
            .batch_size(job.batch)
            .shuffle(0)
            .set_device(device.clone())
            .build(InMemDataset::new(items));
        let held_out = (job.trained < job.samples)
            .then(|| Data::new(job, numbers, job.trained..job.samples, &Device::flex()));
        Whole { training: Training::new(job, numbers, true, device), loader, held_out }
    }

    /// Trains an epoch and returns the validation loss, if there is one.
    fn epoch(&mut self) -> Option<f32> {
        for data in self.loader.iter() {
            self.training.step(&data.expect("a sample in memory"));
        }
        let data = self.held_out.as_ref()?;
        Some(self.training.mean(&self.training.network().valid(), data).into_scalar())
    }

    /// Trains to the end, which early stopping may bring forward. Returns the number of epochs.
    fn train(&mut self) -> usize {
        let job = self.training.job;
        let mut stopping = job.stopping();
        let (mut best, mut epochs) = (None, 0);
        while epochs < job.epochs && !stopping.ends() {
            epochs += 1;
            let loss = self.epoch();
            if job.patience > 0 && stopping.is_best(loss.expect("a validation loss")) {
                best = self.training.network.clone();
            }
        }
        if best.is_some() {
            self.training.network = best;
        }
        epochs
    }
}

/// Consumes what was read, so that it is not part of the memory that is measured.
pub fn answer(job: &Job, trials: Vec<Numbers>, device: &Device) {
    let losses: f64 = trials.iter().map(|numbers| checked(job, numbers, device)).sum();
    let loss = losses / trials.len() as f64;
    let mut wholes: Vec<Whole> = trials.iter().map(|numbers| Whole::new(job, numbers, device)).collect();
    drop(trials);
    if job.is("epochs") {
        job.long_window(loss, || {
            wholes[0].epoch();
        });
    } else {
        job.ensemble(loss, wholes.len(), |index| wholes[index].train());
    }
}
