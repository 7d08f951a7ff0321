//! The sizes of parts, as the user sets them and as numbers of samples.

use std::fmt;

use nn_core::{Setting, SettingError};

use crate::error::at_least;

/// The size of a part: a share of the samples, above 0 and below 1, or their number. A function that takes one is given `0.2` or
/// `30`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PartSize {
    /// A share, of which the number of samples is rounded up.
    Share(f64),
    /// A number of samples.
    Samples(usize),
}

impl From<f64> for PartSize {
    fn from(share: f64) -> Self {
        PartSize::Share(share)
    }
}

impl From<usize> for PartSize {
    fn from(samples: usize) -> Self {
        PartSize::Samples(samples)
    }
}

impl PartSize {
    /// The number of samples, for the setting `name` of the function `of`.
    fn count(self, of: &str, name: &str, samples: usize) -> Result<usize, SettingError> {
        match self {
            PartSize::Samples(count) => at_least(1, of, name, count).map(|()| count),
            PartSize::Share(share) => {
                Setting::of::<f64>(of, name, share)
                    .fits(|share| share > 0.0 && share < 1.0, "a number above 0 and below 1")?;
                Ok((share * samples as f64).ceil() as usize)
            }
        }
    }
}

/// Prints the number alone.
impl fmt::Display for PartSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartSize::Share(share) => share.fmt(f),
            PartSize::Samples(count) => count.fmt(f),
        }
    }
}

/// Number of samples in each part.
pub(super) struct Sizes {
    pub(super) train: usize,
    pub(super) validation: usize,
    pub(super) test: usize,
}

impl Sizes {
    /// Sizes without a validation part, for the function `of`.
    pub(super) fn train_test(of: &str, samples: usize, size: PartSize) -> Result<Self, SettingError> {
        let test = size.count(of, "test_size", samples)?;
        Sizes::new(of, samples, [0, test], "test_size", size)
    }

    /// Sizes with a validation part, for the function `of`. Of both sizes, the first is that of the validation part.
    pub(super) fn train_validation_test(
        of: &str,
        samples: usize,
        sizes: [PartSize; 2],
    ) -> Result<Self, SettingError> {
        let validation = sizes[0].count(of, "validation_size", samples)?;
        let test = sizes[1].count(of, "test_size", samples)?;
        let found = match sizes {
            [PartSize::Share(validation), PartSize::Share(test)] => (validation + test).to_string(),
            [validation, test] => format!("{validation} + {test}"),
        };
        Sizes::new(of, samples, [validation, test], "validation_size + test_size", found)
    }

    /// The rest is for training, and must not be empty. `name` and `size` are what the user chose, for the error.
    fn new(
        of: &str,
        samples: usize,
        [validation, test]: [usize; 2],
        name: &str,
        size: impl fmt::Display,
    ) -> Result<Self, SettingError> {
        let train = samples.saturating_sub(validation).saturating_sub(test);
        let expected = format_args!("a size that leaves at least 1 of {samples} samples for training");
        SettingError::unless(train > 0, of, name, expected, size)?;
        Ok(Sizes { train, validation, test })
    }
}
