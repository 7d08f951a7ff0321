//! Windows over series: what a network sees of the past, and what comes next.

mod cut;

use std::borrow::Borrow;

use nn_core::{Scalar, Tensor};

use crate::error::at_least;
use crate::{DataError, Dataset, memory};
use cut::check_series;

/// Cuts series into samples for a network that predicts: the input is a window of `length` consecutive steps, the target the
/// values at the next `horizon` steps. Keras's `timeseries_dataset_from_array` and the `input_chunk_length` and
/// `output_chunk_length` of darts.
///
/// A series is a tensor `[steps, features]`, one row for each step of time. Inputs are `[n, length, features]`, as recurrent layers
/// take them. Targets are `[n, horizon]` of one column of the series, and `[n, horizon, columns]` of several. A network whose last
/// layer is linear has horizon · columns outputs; [`Unflatten`](nn_core::Unflatten) gives them the shape of the targets.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::Windows;
/// let series = Tensor::from_column(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// let windows = Windows::new(3).horizon(2);
/// let data = windows.of(&series)?;
/// assert_eq!(data.x().shape(), [2, 3, 1]);
/// assert_eq!(data.x().sample(0).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
/// assert_eq!(data.y(), &Tensor::from_rows(&[[4.0, 5.0], [5.0, 6.0]]));
///
/// // What comes after the series is predicted from its last steps.
/// let last = windows.last(&series)?;
/// assert_eq!(last.sample(0).collect::<Vec<_>>(), [4.0, 5.0, 6.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # No look at the future
/// Split the series, not its windows: windows overlap, so those of a random split have in their inputs what others are to predict.
/// [`temporal_train_validation_test_split`](crate::temporal_train_validation_test_split) divides the steps in the order of time, a
/// scaler is fitted on the training part alone, and [`of_parts`](Windows::of_parts) cuts windows whose targets are in one part. So
/// nothing of a training sample, neither input nor target nor scale, is of a later part. The inputs of the first test samples reach
/// back into the parts before, as they do when a model is used; `windows.of(&test)` has samples of the test part alone.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::{StandardScaler, Windows, temporal_train_validation_test_split};
/// // By day: the temperature, which is to be predicted a week ahead, and the rain.
/// let days = Tensor::from_fn(365, 2, |day, column| {
///     [10.0 + (day % 30) as f64, (day % 5) as f64][column]
/// });
/// let (train, validation, test) =
///     temporal_train_validation_test_split(&days, 0.2, 0.2)?;
/// let scaler = StandardScaler::fit(&train)?;
/// let windows = Windows::new(28).horizon(7).targets([0]);
/// let [train, validation, test] = windows.of_parts([
///     &scaler.transform(&train)?,
///     &scaler.transform(&validation)?,
///     &scaler.transform(&test)?,
/// ])?;
/// assert_eq!(train.x().shape(), [185, 28, 2]);
/// assert_eq!(test.y().shape(), [67, 7]);
///
/// // Predictions of column 0, seven of each sample, in degrees.
/// let predicted = test.y().clone();
/// let degrees = scaler.select(&[0; 7])?.inverse_transform(&predicted)?;
/// assert!((degrees[[0, 0]] - days[[292, 0]]).abs() < 1e-12);
/// # let _ = validation;
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// Folds in the order of time are made in the same way, each with its own scaler:
///
/// ```
/// # use nn_core::Tensor;
/// # use nn_data::{StandardScaler, TimeSeriesSplit, Windows};
/// # let days = Tensor::from_fn(365, 2, |day, column| (day * (column + 1)) as f64);
/// # let windows = Windows::new(28).horizon(7).targets([0]);
/// for (train, test) in TimeSeriesSplit::new(5).split(&days)? {
///     let scaler = StandardScaler::fit(&train)?;
///     let [train, test] = windows
///         .of_parts([&scaler.transform(&train)?, &scaler.transform(&test)?])?;
/// #     assert!(train.samples() >= 31 && test.samples() == 54);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// A [`TimeSeriesSplit`](crate::TimeSeriesSplit) of the windows of one series also works, for data that need no scaler. It takes a
/// [`gap`](crate::TimeSeriesSplit::gap) of ⌈`horizon` / `stride`⌉ − 1 windows: without it, the last targets of a training part
/// are the first of its test part.
///
/// # Tables
/// The numbers of a [`Table`](crate::Table) become a series with a [`Recipe`](crate::Recipe) that is fitted on the training part. Where
/// predictions are to go back to their units, let it keep the numbers [unscaled](crate::Numbers::unscaled), and scale the series.
///
/// ```
/// use nn_data::{
///     Csv, Numbers, Recipe, StandardScaler, Windows, temporal_train_test_split,
/// };
/// let file = "passengers,month\n112,1\n118,2\n132,3\n129,4\n121,5\n135,6\n";
/// let table = Csv::from_reader(file.as_bytes())?.features(["passengers"]).table()?;
/// let (train, test) = temporal_train_test_split(&table, 2)?;
/// let recipe = Recipe::new().other_numbers(Numbers::new().unscaled());
/// let preprocessor = recipe.fit(&train)?;
/// let train = preprocessor.transform::<f32>(&train)?;
/// let test = preprocessor.transform::<f32>(&test)?;
/// let scaler = StandardScaler::fit(&train)?;
/// let [train, test] = Windows::new(2)
///     .of_parts([&scaler.transform(&train)?, &scaler.transform(&test)?])?;
/// assert_eq!((train.samples(), test.samples()), (2, 2));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// **Memory.** Every window is a copy, so that a step takes up to `length` / `stride` times its size.
#[doc(alias = "timeseries_dataset_from_array")]
#[doc(alias = "sliding_window_view")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    length: usize,
    horizon: usize,
    stride: usize,
    targets: Option<Vec<usize>>,
}

const NAME: &str = "Windows";

impl Windows {
    /// Makes windows of this many steps, which predict the next step of every column.
    pub fn new(length: usize) -> Self {
        Windows { length, horizon: 1, stride: 1, targets: None }
    }

    /// Sets the number of steps to predict, 1 by default.
    #[must_use]
    pub fn horizon(self, steps: usize) -> Self {
        Windows { horizon: steps, ..self }
    }

    /// Sets the number of steps from the start of one window to that of the next, 1 by default.
    #[must_use]
    pub fn stride(self, steps: usize) -> Self {
        Windows { stride: steps, ..self }
    }

    /// Chooses the columns to predict, in this order. Without this call, they are all columns.
    #[must_use]
    pub fn targets(self, columns: impl Into<Vec<usize>>) -> Self {
        Windows { targets: Some(columns.into()), ..self }
    }

    /// Cuts one series: sample i starts at step i · stride. What is left over at the end of the series is in no target.
    ///
    /// # Errors
    /// [`DataError::Setting`] if a length, a horizon or a stride is 0, if a target is no column of the series, if the series is too
    /// short for one window, or if memory cannot hold the samples; [`DataError::Shape`] for a series that is no `[steps, features]`;
    /// and [`DataError::NotFinite`] for a value that is not finite, where the sample is the step.
    pub fn of<F: Scalar>(&self, series: &Tensor<F>) -> Result<Dataset<F, Tensor<F>>, DataError> {
        self.of_all(&[series])
    }

    /// Cuts several series that have nothing to do with each other, such as those of several places: first the windows of the first,
    /// then those of the second. No window is of two series. They need not be of equal length.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Windows;
    /// let graz = Tensor::from_column(&[1.0, 2.0, 3.0, 4.0]);
    /// let linz = Tensor::from_column(&[10.0, 20.0, 30.0]);
    /// let data = Windows::new(2).of_all(&[graz, linz])?;
    /// assert_eq!(data.y(), &Tensor::from_column(&[3.0, 4.0, 30.0]));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`of`](Windows::of), also if there is no series or if the columns of one are not as many as those of the first.
    pub fn of_all<F: Scalar>(
        &self,
        series: &[impl Borrow<Tensor<F>>],
    ) -> Result<Dataset<F, Tensor<F>>, DataError> {
        at_least(1, NAME, "number of series", series.len())?;
        let features = series[0].borrow().features();
        let targets = self.check(features)?;
        let mut samples = 0;
        for (place, series_here) in series.iter().enumerate() {
            let series_here = series_here.borrow();
            let named = if series.len() == 1 { "the series".to_owned() } else { format!("series {place}") };
            check_series(&named, series_here, features)?;
            samples += self.count(&named, 0..series_here.samples())?;
        }
        let mut cut = self.room(samples, features, &targets)?;
        let mut first = 0;
        for series in series {
            let series = series.borrow();
            let places = self.places(0..series.samples());
            let after = first + places.len();
            self.fill(series, &places, &targets, first, &mut cut);
            first = after;
        }
        Ok(cut)
    }

    /// Cuts the parts of one series, which follow each other without a gap: the first steps, those after them, and so on. The targets
    /// of a data set are steps of its part; its inputs may begin in the parts before, and never have a step of a later part. So
    /// the first sample of a later part predicts the first steps of that part, unless there are fewer than `length` steps before.
    ///
    /// # Errors
    /// As [`of_all`](Windows::of_all), also for a part without a window.
    pub fn of_parts<F: Scalar, const N: usize>(
        &self,
        parts: [&Tensor<F>; N],
    ) -> Result<[Dataset<F, Tensor<F>>; N], DataError> {
        at_least(1, NAME, "number of parts", N)?;
        let features = parts[0].features();
        let targets = self.check(features)?;
        let named = |part: usize| format!("part {part}");
        for (place, part) in parts.into_iter().enumerate() {
            check_series(&named(place), part, features)?;
        }
        let all = Tensor::vstack(&parts)?;
        let (mut cut, mut start) = (Vec::with_capacity(N), 0);
        for (place, part) in parts.into_iter().enumerate() {
            let steps = start..start + part.samples();
            let samples = self.count(&named(place), steps.clone())?;
            let mut data = self.room(samples, features, &targets)?;
            self.fill(&all, &self.places(steps.clone()), &targets, 0, &mut data);
            cut.push(data);
            start = steps.end;
        }
        Ok(cut.try_into().expect("a data set of each part"))
    }

    /// Returns the last window of a series, `[1, length, features]`: the input for a prediction of what comes after it.
    ///
    /// # Errors
    /// As [`of`](Windows::of), for a series that has fewer than `length` steps.
    pub fn last<F: Scalar>(&self, series: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        let (features, steps) = (series.features(), series.samples());
        self.check(features)?;
        check_series("the series", series, features)?;
        self.enough("the series", self.length <= steps, self.length, steps)?;
        let first = steps - self.length;
        let mut last = memory::tensor(NAME, [1, self.length, features])?;
        for place in 0..self.length * features {
            last[[0, place]] = series[[first + place / features, place % features]];
        }
        Ok(last)
    }
}
