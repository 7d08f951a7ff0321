//! Convolutions as matrices, their transposes as gradients, and what an output sees of the image. Nothing is trained: every
//! number is what a layer computes forward or backward.

use nn_core::ndarray::{Array1, ArrayD};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, AvgPool2d, Conv1d, Conv2d, Mode, Module, Plan, Purpose, Scalar, Sequential, Tensor,
};
use nn_viz::{Figure, Images, Panel, VizError};

use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;

/// The row of this experiment, which has no trials.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "convolution-matrix",
    about: "convolutions as matrices, and what an output sees",
    sets: &[],
    single: find::<f32>,
    double: find::<f64>,
};

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    if let nn_train::Task::Shard { .. } = request.task {
        return Ok(None);
    }
    Ok(Some(Findings { sets: Vec::new(), figure: figure::<F>()? }))
}

/// A matrix row by row, with the number of its rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The number of rows.
    pub rows: usize,
    /// The number of columns.
    pub columns: usize,
    /// The entries.
    pub entries: Vec<f64>,
}

/// Returns the matrix of a linear layer for inputs of this shape: column j is what it makes of input j alone.
pub fn matrix<F: Scalar>(layer: &dyn Module<F>, shape: &[usize]) -> Matrix {
    let columns: usize = shape.iter().product();
    // Sample j is unit vector j.
    let mut x = Tensor::zeros(&[&[columns], shape].concat());
    (0..columns).for_each(|j| x[[j, j]] = F::ONE);
    let y = layer.predict(&x).expect("the shape is that of the layer");
    let rows = y.features();
    let entries = (0..rows * columns).map(|at| y[[at % columns, at / columns]].to_f64()).collect();
    Matrix { rows, columns, entries }
}

/// Returns the matrix by which the layer takes gradients back to the input: column i is what becomes of output i alone.
pub fn backward_matrix<F: Scalar>(layer: &dyn Module<F>, shape: &[usize]) -> Matrix {
    let one = [&[1], shape].concat();
    let outputs: usize = layer.plan(&one, Purpose::Predict).expect("its shape").output.iter().product();
    let shape = [&[outputs], shape].concat();
    let x = Tensor::zeros(&shape);
    let Plan { output, mut workspace } = layer.plan(&shape, Purpose::Train).expect("its shape");
    let (mut y, mut dy, mut dx) = (Tensor::zeros(&output), Tensor::zeros(&output), Tensor::zeros(&shape));
    (0..outputs).for_each(|i| dy[[i, i]] = F::ONE);
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    let rows = dx.features();
    let entries = (0..rows * outputs).map(|at| dx[[at % outputs, at / outputs]].to_f64()).collect();
    Matrix { rows, columns: outputs, entries }
}

/// The filter of the first two matrices.
const FILTER: [f64; 3] = [1.0, 2.0, 3.0];

/// Returns a convolution of a sequence with `FILTER`.
pub fn filter<F: Scalar>() -> Conv1d<F> {
    let weight = ArrayD::from_shape_vec(vec![1, 1, 3], FILTER.map(F::from_f64).to_vec()).expect("three");
    Conv1d::from_parameters(weight, Array1::zeros(1)).expect("one output channel and one bias")
}

/// A convolution of one channel by a window of ones.
fn ones<F: Scalar>(kernel: usize) -> Conv2d<F> {
    let weight = ArrayD::from_elem(vec![1, 1, kernel, kernel], F::ONE);
    Conv2d::from_parameters(weight, Array1::zeros(1)).expect("one output channel and one bias")
}

/// The number of rows and of columns of the image that outputs look at.
pub const FIELD: usize = 17;

/// Returns networks with their names, which look at an image of 17 × 17 pixels.
pub fn networks<F: Scalar>() -> [(&'static str, Sequential<F>); 5] {
    let layers = |count| (0..count).fold(Sequential::new(), |network, _| network.append(ones(3)));
    [
        ("3×3", layers(1)),
        ("two of 3×3", layers(2)),
        ("three of 3×3", layers(3)),
        ("3×3, pool 2, 3×3", Sequential::new().append(ones(3)).append(AvgPool2d::new(2)).append(ones(3))),
        (
            "dilated by 1, 2, 4",
            Sequential::new().append(ones(3)).append(ones(3).dilation(2)).append(ones(3).dilation(4)),
        ),
    ]
}

/// Returns the gradient of the output in the middle: by how many paths each pixel reaches it, up to a factor.
pub fn field<F: Scalar>(network: &Sequential<F>) -> Vec<f64> {
    let shape = [1, 1, FIELD, FIELD];
    let x = Tensor::zeros(&shape);
    let Plan { output, mut workspace } = network.plan(&shape, Purpose::Train).expect("its shape");
    let (mut y, mut dy, mut dx) = (Tensor::zeros(&output), Tensor::zeros(&output), Tensor::zeros(&shape));
    dy[[0, output[2] / 2 * output[3] + output[3] / 2]] = F::ONE;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    network.forward(&x, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
    network.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    dx.sample(0).map(F::to_f64).collect()
}

fn figure<F: Scalar>() -> Result<Figure, VizError> {
    let draw = |title: &str, matrix: Matrix| {
        let Matrix { rows, columns, entries } = matrix;
        Panel::new(title.to_owned()).mark(Images::new(rows, columns, &[entries]).inverted())
    };
    let sequence = filter::<F>();
    let same = ones::<F>(3).padding(1);
    let fields = networks::<F>().map(|(name, network)| {
        let field = field(&network);
        let most = field.iter().fold(f64::MIN_POSITIVE, |most, &paths| most.max(paths));
        // The root shows the edges, which few paths reach.
        (name, field.iter().map(|paths| (paths / most).sqrt()).collect::<Vec<f64>>())
    });
    let (names, images): (Vec<&str>, Vec<Vec<f64>>) = fields.into_iter().unzip();
    let seen = Images::new(FIELD, FIELD, &images).range(0.0, 1.0).inverted().captions(&names).columns(5);
    Ok(Figure::new(7.2, 4.4)
        .description(
            "(a) A convolution of eight values by a filter of three as a matrix: each row has the filter, \
             one place further to the right. (b) The matrix that takes gradients back: its transpose. (c) A \
             convolution of an image as a matrix. (d) For five networks, the pixels that the output in the \
             middle sees; the darker, the more paths lead there.",
        )
        .title("Convolutions as matrices, and the pixels that one output sees")
        .row(
            2.2,
            [
                draw("Forward: W, 6 × 8", matrix(&sequence, &[1, 8])),
                draw("Backward: Wᵀ, 8 × 6", backward_matrix(&sequence, &[1, 8])),
                draw("3×3, same, image of 6 × 6", matrix(&same, &[1, 6, 6])),
            ],
        )
        .row(1.6, [Panel::new("Pixels of 17 × 17 that the output in the middle sees").mark(seen)]))
}
