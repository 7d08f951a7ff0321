//! Settings: the numbers that a user chooses, checked once, as the precision in use sees them.

use std::any::type_name;
use std::fmt::{self, Display};

use crate::Scalar;

/// A setting that makes no sense, of a layer, a loss, an optimiser or a generator of data. Prints as
/// `Dropout: p is 1.5, expected a number from 0 to 1`.
///
/// Constructors and setters never fail. Whatever uses the settings checks them: [`Module::plan`](crate::Module::plan)
/// those of a module, `check` those of a loss or an optimiser, `fit` those of a training run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{of}: {name} is {found}, expected {expected}")]
pub struct SettingError {
    /// The owner of the setting, such as `Dropout`.
    pub of: Box<str>,
    /// The setting, such as `p`.
    pub name: Box<str>,
    /// The expected value, such as `a number from 0 to 1`.
    pub expected: Box<str>,
    /// The value that was found.
    pub found: Box<str>,
}

impl SettingError {
    /// Makes the error that the setting `name` of `of` was expected to be `expected` and is `found`.
    pub fn new(of: impl Display, name: impl Display, expected: impl Display, found: impl Display) -> Self {
        SettingError {
            of: of.to_string().into(),
            name: name.to_string().into(),
            expected: expected.to_string().into(),
            found: found.to_string().into(),
        }
    }

    /// Checks that the setting `fits`.
    ///
    /// # Errors
    /// [`SettingError`], as [`new`](SettingError::new) makes it, unless `fits`.
    pub fn unless(
        fits: bool,
        of: impl Display,
        name: impl Display,
        expected: impl Display,
        found: impl Display,
    ) -> Result<(), Self> {
        if fits { Ok(()) } else { Err(SettingError::new(of, name, expected, found)) }
    }
}

/// A number that a user chose, about to be checked as the precision in use sees it: in `f32` a learning rate of 10³⁰⁰
/// is infinite, and 0.999999999 is 1.
///
/// ```
/// use nn_core::Setting;
/// assert!(Setting::of::<f64>("Adam", "beta 2", 0.999_999_999).below_1().is_ok());
/// let beta = Setting::of::<f32>("Adam", "beta 2", 0.999_999_999);
/// let error = beta.below_1().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Adam: beta 2 is 0.999999999, which is 1 in f32, \
///      expected a number from 0 to below 1",
/// );
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    of: &'a str,
    name: &'a str,
    given: f64,
    /// The nearest number of the precision in use.
    seen: f64,
    precision: &'static str,
}

impl<'a> Setting<'a> {
    /// Makes the setting `name` of `of`, in the precision `F`.
    #[inline]
    pub fn of<F: Scalar>(of: &'a str, name: &'a str, value: f64) -> Self {
        Setting { of, name, given: value, seen: F::from_f64(value).to_f64(), precision: type_name::<F>() }
    }

    /// Checks that the number is finite.
    ///
    /// # Errors
    /// [`SettingError`] if the number is infinite or NaN.
    #[inline]
    pub fn finite(self) -> Result<(), SettingError> {
        self.fits(f64::is_finite, "a finite number")
    }

    /// Checks that the number is positive.
    ///
    /// # Errors
    /// [`SettingError`] unless the number is finite and above 0.
    #[inline]
    pub fn positive(self) -> Result<(), SettingError> {
        self.fits(|x| x.is_finite() && x > 0.0, "a finite number above 0")
    }

    /// Checks that the number is not negative.
    ///
    /// # Errors
    /// [`SettingError`] unless the number is finite and at least 0.
    #[inline]
    pub fn at_least_0(self) -> Result<(), SettingError> {
        self.fits(|x| x.is_finite() && x >= 0.0, "a finite number of at least 0")
    }

    /// Checks that the number is from 0 to below 1, such as the share of the past that is kept.
    ///
    /// # Errors
    /// [`SettingError`] unless the number is at least 0 and below 1.
    #[inline]
    pub fn below_1(self) -> Result<(), SettingError> {
        self.fits(|x| (0.0..1.0).contains(&x), "a number from 0 to below 1")
    }

    /// Checks that the number is from 0 to 1, such as a probability.
    ///
    /// # Errors
    /// [`SettingError`] unless the number is at least 0 and at most 1.
    #[inline]
    pub fn up_to_1(self) -> Result<(), SettingError> {
        self.fits(|x| (0.0..=1.0).contains(&x), "a number from 0 to 1")
    }

    /// Checks the number as the precision in use sees it, against a condition that `expected` states in words.
    ///
    /// # Errors
    /// [`SettingError`] unless the condition holds.
    #[inline]
    pub fn fits(self, condition: impl Fn(f64) -> bool, expected: &str) -> Result<(), SettingError> {
        if condition(self.seen) { Ok(()) } else { Err(self.refused(expected)) }
    }

    #[cold]
    fn refused(self, expected: &str) -> SettingError {
        SettingError::new(self.of, self.name, expected, Found(self))
    }
}

/// The number as it was given, and as the precision sees it if that is a surprise.
struct Found<'a>(Setting<'a>);

impl Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found(Setting { given, seen, precision, .. }) = *self;
        // The scientific form is shorter than three hundred zeros.
        let large = given.is_finite() && (given.abs() >= 1e9 || (given != 0.0 && given.abs() < 1e-9));
        if large {
            write!(f, "{given:e}")?;
        } else {
            write!(f, "{given}")?;
        }
        let surprises =
            given.is_finite() && (!seen.is_finite() || seen == 0.0 || seen == 1.0) && seen != given;
        if surprises { write!(f, ", which is {seen} in {precision}") } else { Ok(()) }
    }
}
