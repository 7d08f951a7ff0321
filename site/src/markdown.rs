//! A document as HTML: Markdown with formulas, code in colours, headings with ids, and links that lead to
//! pages of the site.

mod blocks;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::code;
use crate::error::SiteError;
use crate::formula::to_mathml;
use crate::headings::{Heading, Ids};
use crate::html::attributes;
use crate::links::{Links, Mention};
use blocks::Blocks;

/// What a document becomes.
pub(crate) struct Article {
    pub(crate) html: String,
    pub(crate) headings: Vec<Heading>,
    /// The text under each heading, and before the first, for the search.
    pub(crate) texts: Vec<String>,
}

impl Article {
    /// The first heading, or the name of the file if there is none.
    pub(crate) fn title<'a>(&'a self, path: &'a str) -> &'a str {
        self.headings.first().map_or(path, |heading| &heading.text)
    }
}

/// Converts a document. What it links to is kept in `links`.
///
/// # Errors
/// With the line: a link that leads nowhere, or a formula that cannot be converted.
pub(crate) fn convert(path: &str, text: &str, links: &mut Links) -> Result<Article, SiteError> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH | Options::ENABLE_GFM;
    let mut converter = Converter {
        path,
        text,
        links,
        ids: Ids::default(),
        blocks: Blocks::default(),
        events: Vec::new(),
        headings: Vec::new(),
        texts: vec![String::new()],
    };
    for (event, place) in Parser::new_ext(text, options).into_offset_iter() {
        converter.take(event, &place).map_err(|problem| {
            let line = text[..place.start].matches('\n').count() + 1;
            SiteError::new(path, Some(line), problem)
        })?;
    }
    let Converter { events, headings, texts, .. } = converter;
    let mut html = String::with_capacity(2 * text.len());
    html::push_html(&mut html, events.into_iter());
    Ok(Article { html, headings, texts })
}

struct Converter<'a> {
    path: &'a str,
    text: &'a str,
    links: &'a mut Links,
    ids: Ids,
    blocks: Blocks,
    /// What is written.
    events: Vec<Event<'a>>,
    headings: Vec<Heading>,
    texts: Vec<String>,
}

impl<'a> Converter<'a> {
    fn take(&mut self, event: Event<'a>, place: &Range<usize>) -> Result<(), String> {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.blocks.code = Some((language, String::new()));
            }
            Event::Text(text) if self.blocks.code.is_some() => {
                self.blocks.code.as_mut().expect("it is there").1.push_str(&text);
            }
            Event::End(TagEnd::CodeBlock) => {
                let (language, text) = self.blocks.code.take().unwrap_or_default();
                let block = match language.as_str() {
                    "math" => display(&text)?,
                    _ => code::block(&language, &text),
                };
                self.raw(block);
            }
            Event::DisplayMath(tex) => self.raw(display(&tex)?),
            Event::InlineMath(tex) => {
                // GitHub reads $`x`$ as $x$.
                let tex = tex.strip_prefix('`').and_then(|tex| tex.strip_suffix('`')).unwrap_or(&tex);
                let formula = to_mathml(tex, false)?;
                self.events.push(Event::InlineHtml(formula.into()));
            }
            Event::Start(Tag::Heading { .. }) => self.blocks.open_heading(self.events.len()),
            Event::End(TagEnd::Heading(level)) => self.heading(level),
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                self.blocks.open_link(self.events.len());
                self.events.push(Event::Start(tag));
            }
            Event::End(end @ (TagEnd::Link | TagEnd::Image)) => self.link(end)?,
            Event::Start(tag @ Tag::Table(_)) => {
                self.raw("<div class=\"table\" tabindex=\"0\">".into());
                self.events.push(Event::Start(tag));
            }
            Event::End(TagEnd::Table) => {
                self.events.push(Event::End(TagEnd::Table));
                self.raw("</div>\n".into());
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                let html = self.with_links_of_the_site(&self.text[place.clone()])?;
                self.events.push(Event::InlineHtml(html.into()));
            }
            event => {
                match &event {
                    Event::Text(text) => self.read(text),
                    Event::Code(code) => {
                        self.blocks.name(code);
                        self.read(code);
                    }
                    Event::SoftBreak | Event::HardBreak => self.read(" "),
                    Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => self.read(" "),
                    _ => {}
                }
                self.events.push(event);
            }
        }
        Ok(())
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::Html(html.into()));
    }

    /// Keeps a text where it will be needed: in the heading, or for the search.
    fn read(&mut self, text: &str) {
        if !self.blocks.read(text) {
            self.texts.last_mut().expect("there is a text before the first heading").push_str(text);
        }
    }

    /// Ends a heading: gives it an id, and a link to itself.
    fn heading(&mut self, level: HeadingLevel) {
        let (start, text) = self.blocks.close_heading();
        let id = self.ids.next(&text);
        let inner: Vec<Event<'a>> = self.events.drain(start..).collect();
        self.raw(format!("<{level} id=\"{id}\">"));
        self.events.extend(inner);
        let anchor = "class=\"anchor\" aria-label=\"Link to this section\"";
        self.raw(format!(" <a {anchor} href=\"#{id}\">#</a></{level}>\n"));
        self.headings.push(Heading { level: level as u8, id, text: text.trim().into() });
        self.texts.push(String::new());
    }

    /// Ends a link or a picture. Only now is it known whether the label of a link names an item.
    fn link(&mut self, end: TagEnd) -> Result<(), String> {
        let (start, name) = self.blocks.close_link();
        if let Some(Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })) =
            self.events.get(start)
        {
            let url = self.url(dest_url.clone().as_ref(), &name)?;
            if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) =
                &mut self.events[start]
            {
                *dest_url = url.into();
            }
        }
        self.events.push(Event::End(end));
        Ok(())
    }

    fn url(&mut self, url: &str, name: &str) -> Result<String, String> {
        let heading = self.headings.last().map(|heading| (heading.id.clone(), heading.text.clone()));
        self.links.url(url, name, &Mention { document: self.path.into(), heading })
    }

    /// HTML of the document, with the links of its attributes replaced.
    fn with_links_of_the_site(&mut self, html: &str) -> Result<String, String> {
        let mut replaced = String::with_capacity(html.len());
        let mut done = 0;
        for attribute in attributes(html) {
            if matches!(attribute.name, "href" | "src" | "srcset") {
                replaced.push_str(&html[done..attribute.value.start]);
                replaced.push_str(&self.url(&html[attribute.value.clone()], "")?);
                done = attribute.value.end;
            }
        }
        Ok(replaced + &html[done..])
    }
}

/// A formula in a line of its own.
fn display(tex: &str) -> Result<String, String> {
    Ok(format!("<div class=\"formula\" tabindex=\"0\">{}</div>\n", to_mathml(tex.trim(), true)?))
}
