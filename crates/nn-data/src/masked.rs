//! Targets with a mask: it goes where their samples go.

use nn_core::{Masked, Scalar, SettingError, Tensor};

use crate::{DataError, Gather, Target};

/// [`interleave`](Target::interleave) returns `None`: networks on targets with a mask are trained one after another.
impl<F: Scalar> Target for Masked<F> {
    fn len(&self) -> usize {
        self.target.samples()
    }

    /// Checks that the mask has the shape of the target or of its first axes, that it is 0 or 1 everywhere, and that each target
    /// that counts is finite.
    fn check(&self, of: &str) -> Result<(), DataError> {
        let Masked { target, mask } = self;
        let expected = format_args!("that of the target, {:?}, or of its first axes", target.shape());
        let found = format_args!("{:?}", mask.shape());
        SettingError::unless(
            target.shape().starts_with(mask.shape()),
            of,
            "shape of the mask",
            expected,
            found,
        )?;
        let shared = target.features() / mask.features().max(1);
        for feature in 0..target.features() {
            let mask = mask.feature(feature / shared);
            for (sample, (value, &counts)) in target.feature(feature).iter().zip(mask).enumerate() {
                if counts != F::ZERO && counts != F::ONE {
                    let name = format_args!("mask of sample {sample}");
                    return Err(SettingError::new(of, name, "0 or 1", counts).into());
                }
                if counts == F::ONE && !value.is_finite() {
                    let (found, place) = (value.to_string().into(), feature);
                    return Err(DataError::NotFinite { of: of.into(), name: "target", place, sample, found });
                }
            }
        }
        Ok(())
    }

    fn select(&self, samples: &[usize]) -> Self {
        Masked { target: self.target.select(samples), mask: self.mask.select(samples) }
    }

    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.target.select_into(samples, &mut selected.target);
        self.mask.select_into(samples, &mut selected.mask);
    }

    fn batches(&self) -> Box<dyn Gather<Self> + '_> {
        Box::new(Batches { target: self.target.batches(), mask: self.mask.batches() })
    }

    fn concat(targets: &[&Self]) -> Option<Self> {
        let all = |part: fn(&Self) -> &Tensor<F>| {
            Tensor::concat(&targets.iter().map(|masked| part(masked)).collect::<Vec<_>>())
        };
        Some(Masked { target: all(|masked| &masked.target)?, mask: all(|masked| &masked.mask)? })
    }
}

/// Makes batches of targets and of their masks as of any tensors.
struct Batches<'t, F> {
    target: Box<dyn Gather<Tensor<F>> + 't>,
    mask: Box<dyn Gather<Tensor<F>> + 't>,
}

impl<F: Scalar> Gather<Masked<F>> for Batches<'_, F> {
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut Masked<F>) {
        self.target.gather(samples, next, &mut batch.target);
        self.mask.gather(samples, next, &mut batch.mask);
    }
}
