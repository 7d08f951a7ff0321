//! Neural networks from first principles: every gradient by hand, every result over many seeds, the same bits on every
//! machine.
//!
//! This crate is the whole of **nn** under one name. Each part is a crate that also stands alone:
//!
//! | module | crate | feature | what it has |
//! |---|---|---|---|
//! | [`core`] | `nn-core` | always there | tensors, layers, initialisation, saved models, a gradient checker |
//! | `loss` | `nn-loss` | `loss` | losses for values and for classes |
//! | `data` | `nn-data` | `data` | generators, CSV and IDX files, splits, scalers |
//! | `train` | `nn-train` | `train` (default; includes the two above) | optimisers, trainings, trials over many seeds, statistics, metrics |
//! | `viz` | `nn-viz` | `viz` | figures as SVG and PNG |
//!
//! The feature `approx` compares tensors and states up to rounding, and `progress` shows how far trainings and trials are. The names that most programs need are in the `prelude`:
#![cfg_attr(
    feature = "train",
    doc = r#"
```
use byhand::prelude::*;

fn main() -> Result<(), AnyError> {
    // y = 2 x − 1, with noise.
    let file = "x,y\n0,-1.1\n1,1.2\n2,2.9\n3,5.1\n";
    let data = Csv::from_reader(file.as_bytes())?.values::<f64>(["y"])?.data;

    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut line = Linear::new(1, 1, &mut rng);
    GradientDescent::new(0.1, 500).fit(&mut line, &MseLoss::mean(), &data, &mut rng)?;
    assert!((line.weight()[[0, 0]] - 2.03).abs() < 1e-6 && (line.bias()[0] + 1.02).abs() < 1e-6);
    Ok(())
}
```
"#
)]

pub use nn_core as core;
#[cfg(feature = "data")]
pub use nn_data as data;
#[cfg(feature = "loss")]
pub use nn_loss as loss;
#[cfg(feature = "train")]
pub use nn_train as train;
#[cfg(feature = "train")]
pub use nn_train::prelude;
#[cfg(feature = "viz")]
pub use nn_viz as viz;

/// Runs the example of the README as a doctest.
#[cfg(all(doctest, feature = "train"))]
#[doc = include_str!("../README.md")]
struct Readme;
