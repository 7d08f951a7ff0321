//! The site of nn: static pages made from the documents of this repository.
//!
//! Every Markdown document becomes a page. Every source file that a document links to becomes a page as well,
//! with numbered lines and the places that explain it. Formulas become MathML. Pages need neither a network
//! nor a script; only the search is a script. Nothing is written here: [`build`] returns all files of a site
//! in which every link has been checked.
//!
//! Data flows one way: `documents` are read, `markdown` converts each and leaves what it links to in `links`,
//! from which
//! `source` and `navigation` make the pages between; `frame` surrounds every page, and `check` reads what came out.

mod check;
mod code;
mod definition;
mod documents;
mod error;
mod formula;
mod frame;
mod headings;
mod html;
mod lexer;
mod links;
mod markdown;
mod navigation;
mod place;
mod search;
mod site;
mod source;

pub use check::Files;
pub use error::SiteError;
pub use site::build;
