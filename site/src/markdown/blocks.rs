//! What is open while a document is read: a code block, a heading, links within each other.

#[derive(Default)]
pub(super) struct Blocks {
    /// The language and the text of the code block.
    pub(super) code: Option<(String, String)>,
    /// The event after which the heading starts, and its text.
    heading: Option<(usize, String)>,
    /// The event that each link starts with, and the first name in its label.
    links: Vec<(usize, String)>,
}

impl Blocks {
    pub(super) fn open_heading(&mut self, event: usize) {
        self.heading = Some((event, String::new()));
    }

    pub(super) fn close_heading(&mut self) -> (usize, String) {
        self.heading.take().unwrap_or_default()
    }

    pub(super) fn open_link(&mut self, event: usize) {
        self.links.push((event, String::new()));
    }

    pub(super) fn close_link(&mut self) -> (usize, String) {
        self.links.pop().unwrap_or_default()
    }

    /// Takes code for the name of what a link leads to, unless it has one already.
    pub(super) fn name(&mut self, code: &str) {
        if let Some((_, name)) = self.links.last_mut().filter(|(_, name)| name.is_empty()) {
            name.push_str(code);
        }
    }

    /// Adds a text to the open heading. Returns whether there is one.
    pub(super) fn read(&mut self, text: &str) -> bool {
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(text);
        }
        self.heading.is_some()
    }
}
