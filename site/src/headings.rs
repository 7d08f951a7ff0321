//! The ids of headings, as GitHub makes them, so that one link works in both places.

use std::collections::BTreeMap;

/// A heading of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 for a title, 2 for a section and so on.
    pub(crate) level: u8,
    pub(crate) id: String,
    pub(crate) text: String,
}

/// Gives out the ids of a page.
#[derive(Default)]
pub(crate) struct Ids {
    used: BTreeMap<String, usize>,
}

impl Ids {
    /// Returns the id of the next heading: in lower case, with hyphens for spaces, without punctuation, and
    /// numbered when it repeats.
    pub(crate) fn next(&mut self, text: &str) -> String {
        let kept = text.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let plain: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let mut id = plain.clone();
        while let Some(repeats) = self.used.get_mut(&id).filter(|_| id == plain) {
            *repeats += 1;
            id = format!("{plain}-{repeats}");
        }
        self.used.insert(id.clone(), 0);
        id
    }
}

/// The list of contents of a page, from sections down to their parts. Empty for a page of less than two
/// sections.
pub(crate) fn contents(headings: &[Heading]) -> String {
    let listed = || headings.iter().filter(|heading| (2..=3).contains(&heading.level));
    if listed().count() < 2 {
        return String::new();
    }
    let items = listed().map(|Heading { level, id, text }| {
        let text = crate::html::escape(text);
        format!("<li class=\"of-{level}\"><a href=\"#{id}\">{text}</a></li>\n")
    });
    format!("<ul>\n{}</ul>\n", items.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_github() {
        let mut ids = Ids::default();
        let texts =
            ["One: two – three_four", "Same", "Same again", "Same", "Same", "Same-1", "p − t", "Łódź & Ωμ"];
        let ids: Vec<String> = texts.iter().map(|text| ids.next(text)).collect();
        assert_eq!(
            ids,
            ["one-two--three_four", "same", "same-again", "same-1", "same-2", "same-1-1", "p--t", "łódź--ωμ"]
        );
    }

    #[test]
    fn contents_list_sections_and_their_parts() {
        let heading = |level, id: &str| Heading { level, id: id.into(), text: id.to_uppercase() };
        let headings = [heading(1, "t"), heading(2, "a"), heading(3, "b"), heading(4, "c")];
        let contents = contents(&headings);
        assert!(contents.contains("<li class=\"of-3\"><a href=\"#b\">B</a></li>"), "{contents}");
        assert!(!contents.contains("#t") && !contents.contains("#c"));
        assert_eq!(super::contents(&headings[..2]), "");
    }
}
