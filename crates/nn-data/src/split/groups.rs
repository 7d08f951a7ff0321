//! Cross-validation that keeps groups together: all samples of a group are in the training part, or all in the test part.

use std::collections::HashMap;
use std::hash::Hash;

use nn_core::SettingError;

use super::classes::Classes;
use super::folds::{Folds, Plan, Round};
use super::k_fold::check;
use super::{Labelled, Samples};
use crate::DataError;

/// Folds that keep the samples of a group together, such as the pictures of one patient: a network is tested on groups that it
/// has not seen. The folds are as equal in size as the groups allow: the largest group first, each goes to the
/// fold that is the smallest so far. The scikit-learn class of this name, with groups of equal size in the order of their first
/// sample.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::GroupKFold;
/// let x = Tensor::from_column(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
/// let patients = ["Ada", "Ada", "Bob", "Bob", "Bob", "Cid"];
/// let folds = GroupKFold::new(2).split(&x, &patients)?;
/// assert_eq!(folds.test_indices(), [[2, 3, 4], [0, 1, 5]]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupKFold {
    splits: usize,
}

/// [`GroupKFold`] whose folds have nearly the same mixture of classes, as far as the groups allow. Groups whose classes are least
/// even go first, each to the fold where it leaves the shares of the classes most alike among the folds. The scikit-learn class
/// of this name without shuffling, with its groups in the order of their first sample.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::{Dataset, StratifiedGroupKFold};
/// let y = vec![0, 0, 1, 1, 0, 0, 1, 1];
/// let data = Dataset::new(Tensor::<f32>::zeros(&[8, 1]), y)?;
/// let groups = [1, 1, 2, 2, 3, 3, 4, 4];
/// for (_, test) in StratifiedGroupKFold::new(2).split(&data, &groups)? {
///     assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 2);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StratifiedGroupKFold {
    splits: usize,
}

impl GroupKFold {
    /// Cross-validation with this many folds.
    pub fn new(splits: usize) -> Self {
        GroupKFold { splits }
    }

    /// Makes the folds. `groups` has the group of each sample, as any kind of label.
    ///
    /// # Errors
    /// [`DataError::Setting`] for fewer than 2 folds, more folds than groups, or unless there is one label for each sample.
    pub fn split<'a, S: Samples, G: Eq + Hash>(
        &self,
        data: &'a S,
        groups: &[G],
    ) -> Result<Folds<'a, S>, DataError> {
        let groups = Groups::new("GroupKFold", self.splits, data, groups)?;
        let mut order: Vec<usize> = (0..groups.count).collect();
        let sizes = groups.sizes();
        order.sort_by_key(|&group| std::cmp::Reverse(sizes[group]));
        let mut samples = vec![0; self.splits];
        let mut fold_of_group = vec![0; groups.count];
        for group in order {
            let smallest = (0..self.splits).min_by_key(|&fold| samples[fold]).expect("there are folds");
            samples[smallest] += sizes[group];
            fold_of_group[group] = smallest;
        }
        Ok(groups.folds(data, &fold_of_group))
    }
}

impl StratifiedGroupKFold {
    /// Cross-validation with this many folds.
    pub fn new(splits: usize) -> Self {
        StratifiedGroupKFold { splits }
    }

    /// Makes the folds. `groups` has the group of each sample, as any kind of label.
    ///
    /// # Errors
    /// As [`GroupKFold::split`], and if some fold would get no group; [`DataError::FewSamples`] for a class with fewer
    /// samples than folds.
    pub fn split<'a, S: Labelled, G: Eq + Hash>(
        &self,
        data: &'a S,
        groups: &[G],
    ) -> Result<Folds<'a, S>, DataError> {
        const NAME: &str = "StratifiedGroupKFold";
        let groups = Groups::new(NAME, self.splits, data, groups)?;
        let classes = Classes::new(data, self.splits)?;
        let mut counts = vec![vec![0; classes.sizes.len()]; groups.count];
        for (&group, &class) in groups.of.iter().zip(&classes.of) {
            counts[group][class] += 1;
        }
        let fold_of_group = Deal::new(self.splits, &classes.sizes).all(&counts);
        let full = (0..self.splits).filter(|fold| fold_of_group.contains(fold)).count();
        let expected = format_args!("at most {full}, the folds that groups of so unequal classes can fill");
        SettingError::unless(full == self.splits, NAME, "splits", expected, self.splits)?;
        Ok(groups.folds(data, &fold_of_group))
    }
}

/// The groups, numbered in the order of their first sample.
struct Groups {
    /// The group of each sample.
    of: Vec<usize>,
    count: usize,
    splits: usize,
}

impl Groups {
    fn new<G: Eq + Hash>(
        name: &str,
        splits: usize,
        data: &impl Samples,
        groups: &[G],
    ) -> Result<Self, SettingError> {
        let samples = data.samples();
        let expected = format_args!("{samples}, one for each sample");
        SettingError::unless(groups.len() == samples, name, "length of groups", expected, groups.len())?;
        check(name, splits, samples)?;
        let mut numbers: HashMap<&G, usize> = HashMap::new();
        let number = |group| {
            let next = numbers.len();
            *numbers.entry(group).or_insert(next)
        };
        let of: Vec<usize> = groups.iter().map(number).collect();
        let count = numbers.len();
        let expected = format_args!("at most the number of groups, {count}");
        SettingError::unless(splits <= count, name, "splits", expected, splits)?;
        Ok(Groups { of, count, splits })
    }

    fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.count];
        self.of.iter().for_each(|&group| sizes[group] += 1);
        sizes
    }

    fn folds<'a, S: Samples>(&self, data: &'a S, fold_of_group: &[usize]) -> Folds<'a, S> {
        let order = (0..self.of.len()).collect();
        let fold = self.of.iter().map(|&group| fold_of_group[group]).collect();
        Folds::new(data, Plan::Dealt { rounds: vec![Round { order, fold }], splits: self.splits })
    }
}

/// Deals groups out to folds, so that each class is spread over them evenly.
struct Deal<'c> {
    /// The number of samples of each class.
    sizes: &'c [usize],
    /// The number of samples of each class in each fold so far.
    folds: Vec<Vec<usize>>,
}

impl<'c> Deal<'c> {
    fn new(splits: usize, sizes: &'c [usize]) -> Self {
        Deal { sizes, folds: vec![vec![0; sizes.len()]; splits] }
    }

    /// Returns the fold of each group, of which this is the number of samples of each class.
    fn all(mut self, counts: &[Vec<usize>]) -> Vec<usize> {
        let spread: Vec<f64> =
            counts.iter().map(|counts| std(counts.iter().map(|&count| count as f64))).collect();
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by(|&a, &b| spread[b].total_cmp(&spread[a]));
        let mut fold_of_group = vec![0; counts.len()];
        for group in order {
            let best = self.best(&counts[group]);
            self.folds[best].iter_mut().zip(&counts[group]).for_each(|(sum, count)| *sum += count);
            fold_of_group[group] = best;
        }
        fold_of_group
    }

    /// The fold where a group leaves the classes spread most evenly; of folds that are as good, the one with the fewest samples.
    fn best(&self, group: &[usize]) -> usize {
        let samples = |fold: usize| self.folds[fold].iter().sum::<usize>();
        let mut best = (0, self.unevenness(0, group));
        for fold in 1..self.folds.len() {
            let unevenness = self.unevenness(fold, group);
            let is_close = (unevenness - best.1).abs() <= 1e-8 + 1e-5 * best.1.abs();
            if unevenness < best.1 || is_close && samples(fold) < samples(best.0) {
                best = (fold, unevenness);
            }
        }
        best.0
    }

    /// The mean over the classes of the standard deviation over the folds of a class's share, with the group in a fold.
    fn unevenness(&self, with: usize, group: &[usize]) -> f64 {
        let share = |class: usize, fold: usize| {
            let more = if fold == with { group[class] } else { 0 };
            (self.folds[fold][class] + more) as f64 / self.sizes[class] as f64
        };
        let folds = 0..self.folds.len();
        let classes = 0..self.sizes.len();
        let sum: f64 = classes.map(|class| std(folds.clone().map(|fold| share(class, fold)))).sum();
        sum / self.sizes.len() as f64
    }
}

/// The (population) standard deviation.
fn std(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    variance.sqrt()
}
