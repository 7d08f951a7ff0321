//! Columns with numbers and texts: hardly of one kind, unless they can only be texts.

use std::borrow::Cow;

use super::builder::{Builder, Seen};
use super::source::Source;
use super::suspect::{Suspicion, example, thousands};
use super::thousands::thousands_of;

/// The numbers and the texts of a column.
#[derive(Clone, Copy)]
pub(super) struct Mixture<'a> {
    pub(super) numbers: Seen<'a>,
    pub(super) texts: Seen<'a>,
    /// Those of the numbers that have zeros in front.
    pub(super) codes: Seen<'a>,
}

impl<'a> Mixture<'a> {
    /// The mixture that a column is.
    pub(super) fn of(builder: &Builder<'a>) -> Option<Self> {
        let &Builder { numbers, texts, codes, .. } = builder;
        (numbers.count > 0 && texts.count > 0).then_some(Mixture { numbers, texts, codes })
    }

    /// Whether it is worth the time to read the texts: numbers are rare, or are written as codes are.
    pub(super) fn may_be_texts(&self) -> bool {
        self.are_numbers_rare() || self.codes.count > 0
    }

    /// Whether the column can only have texts, of which these are the different ones: free text in which a number stands alone now and
    /// then, or codes of which some have letters. What stands for a missing value is a single text in many rows, and has no digit.
    pub(super) fn are_texts(&self, names: &[String]) -> bool {
        // Numbers that are written in an unknown way have other characters.
        let is_written = |name: &&String| name.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let is_free_text = || {
            2 * names.len() > self.numbers.count + self.texts.count
                && 10 * names.iter().filter(is_written).count() > 9 * names.len()
        };
        let has_digit = |name: &String| name.contains(|c: char| c.is_ascii_digit());
        (self.are_numbers_rare() && is_free_text()) || (self.codes.count > 0 && names.iter().all(has_digit))
    }

    fn are_numbers_rare(&self) -> bool {
        self.texts.count >= 100 * self.numbers.count
    }

    /// What is wrong with the column.
    pub(super) fn suspicion(self, source: &Source) -> Suspicion {
        let first_thousands = self.texts.first.and_then(|(_, field)| thousands_of(&field.text()?));
        let [number, text] = [self.numbers, self.texts].map(|seen| example(seen, source));
        let [numbers, texts] = [self.numbers.count, self.texts.count];
        let found =
            format!("holds numbers ({numbers}, such as {number}) and texts ({texts}, such as {text})");
        let remedy: Cow<str> = match first_thousands {
            Some(separator) => thousands(separator).into(),
            None if texts > numbers => {
                "read it with `categories`, or set the texts that stand for no value with `missing`".into()
            }
            None => {
                "set the texts that stand for no value with `missing`, or read it with `categories`".into()
            }
        };
        Suspicion::new(found, remedy)
    }
}
