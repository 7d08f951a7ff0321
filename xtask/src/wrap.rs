//! Wraps help texts, because a line that the terminal breaks in the middle of a word is hard to read.

/// The number of columns of a terminal that nobody has widened.
pub(crate) const COLUMNS: usize = 80;

/// Breaks lines that are longer than `width` characters between words. Where a line has columns, such as an option and what
/// it does, its rest goes below the beginning of the second column, and otherwise below the beginning of the line.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    text.lines().map(|line| wrap_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    let indent = indent(line);
    let mut lines = vec![String::new()];
    for (index, word) in line.split(' ').enumerate() {
        let last = lines.last_mut().expect("there is always a line");
        let length = last.chars().count() + 1 + word.chars().count();
        if index == 0 {
            last.push_str(word);
        } else if length > width && last.chars().count() > indent {
            lines.push(" ".repeat(indent) + word);
        } else {
            last.push(' ');
            last.push_str(word);
        }
    }
    lines.join("\n")
}

/// The number of characters before the second column or, if there is none, before the first word.
fn indent(line: &str) -> usize {
    let first = line.chars().take_while(|&c| c == ' ').count();
    let body = &line[first..];
    body.find("  ").map_or(first, |gap| {
        let rest = body[gap..].chars().take_while(|&c| c == ' ').count();
        first + body[..gap].chars().count() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_below_their_beginning() {
        assert_eq!(wrap("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrap("  one two three\n\nfour", 9), "  one two\n  three\n\nfour");
        assert_eq!(wrap("ηηηη ηηηη", 9), "ηηηη ηηηη");
        assert_eq!(wrap("a-word-that-is-too-long b", 9), "a-word-that-is-too-long\nb");
    }

    #[test]
    fn columns_stay_columns() {
        assert_eq!(wrap("  --η <N>  one two three", 18), "  --η <N>  one two\n           three");
    }
}
