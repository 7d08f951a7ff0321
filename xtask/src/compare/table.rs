//! Tables in Markdown, aligned so that the source is as readable as the page.

/// A table whose first column is text and whose other columns are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Table { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row, which must be as long as the header.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.header.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// Adds a row in bold.
    pub(super) fn bold_row(&mut self, cells: Vec<String>) {
        let bold = |cell: String| if cell.is_empty() { cell } else { format!("**{cell}**") };
        self.row(cells.into_iter().map(bold).collect());
    }

    /// Returns the table in Markdown.
    pub(super) fn markdown(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| &row[column]).chain([&self.header[column]]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(3)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let line = |cells: &[String]| {
            let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column == 0 { format!(" {cell:width$} ") } else { format!(" {cell:>width$} ") }
            });
            format!("|{}|\n", padded.collect::<Vec<_>>().join("|"))
        };
        let rules = widths.iter().enumerate().map(|(column, &width)| {
            let dashes = "-".repeat(width + 1);
            if column == 0 { format!("{dashes}-") } else { format!("{dashes}:") }
        });
        let rule = format!("|{}|\n", rules.collect::<Vec<_>>().join("|"));
        let rows: Vec<String> = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{rule}{}", line(&self.header), rows.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(["program", "ms"]);
        table.row(vec!["nn".into(), "1.5".into()]);
        table.bold_row(vec!["µ".into(), String::new()]);
        let expected = "\
| program |  ms |
|---------|----:|
| nn      | 1.5 |
| **µ**   |     |
";
        assert_eq!(table.markdown(), expected);
    }
}
