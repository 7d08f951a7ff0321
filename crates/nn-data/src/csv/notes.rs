//! What a table says of how it was read.

use super::Csv;
use super::column::excerpt;
use crate::error::shortened;

impl Csv {
    /// What was guessed and left out.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let lines @ 1.. = self.source.comments {
            notes.push(format!(
                "skipped as comments: {lines} {} above the header",
                if lines == 1 { "line" } else { "lines" }
            ));
        }
        if self.header.has_rule {
            notes.push("left out: a line of dashes below the header".to_owned());
        }
        if let lines @ 1.. = self.source.notes {
            let plural = if lines == 1 { "line" } else { "lines" };
            notes.push(format!("left out as notes: {lines} {plural} below the table"));
        }
        if self.header.has_numbers {
            notes.push("the numbers in the first row are read as names".to_owned());
        }
        if self.source.is_guess {
            notes.push(format!("fields are separated by {}", self.delimiter()));
        }
        if self.has_decimal_comma() {
            notes.push("numbers have a decimal comma".to_owned());
        }
        if let Some(thousands) = self.source.dialect.thousands {
            notes.push(format!("numbers have {thousands:?} between thousands"));
        }
        let mut unnamed = Vec::new();
        self.header.for_each(&self.source, |position, name| {
            if name.is_some_and(|name| name.is_empty()) {
                unnamed.push((position + 1).to_string());
            }
        });
        if !unnamed.is_empty() {
            notes.push(format!("left out, without a name: column {}", shortened(&unnamed.join(", "), 40)));
        }
        notes
    }

    /// The number of times each marker stands for a missing value, if there is any.
    pub(super) fn missing_note(&self, counts: &[usize]) -> Option<String> {
        let found = self.missing.texts().iter().zip(counts).filter(|(_, count)| **count > 0);
        let said = |(marker, count): (&String, &usize)| match &marker[..] {
            "" => format!("{count} empty"),
            marker => format!("{count} {:?}", excerpt(marker)),
        };
        let said: Vec<String> = found.map(said).collect();
        (!said.is_empty()).then(|| format!("missing values: {}", said.join(", ")))
    }
}
