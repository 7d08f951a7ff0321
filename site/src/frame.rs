//! What surrounds the content of every page.

use crate::html::escape;
use crate::navigation::Navigation;
use crate::place::relative;

/// A page without its frame.
pub(crate) struct Content<'a> {
    /// Where it is on the site.
    pub(crate) page: &'a str,
    pub(crate) title: &'a str,
    /// What it is: `article`, `source`, …
    pub(crate) class: &'a str,
    pub(crate) body: &'a str,
    /// The list of contents; may be empty.
    pub(crate) contents: &'a str,
}

/// Puts a page into the frame.
pub(crate) fn frame(content: &Content<'_>, navigation: &Navigation) -> String {
    let Content { page, title, class, body, contents } = content;
    let title = if *title == "nn" {
        "nn: neural networks from first principles".into()
    } else {
        format!("{} · nn", escape(title))
    };
    let url = |to: &str| relative(page, to);
    let (home, style, icon, search) =
        (url("index.html"), url("assets/style.css"), url("assets/icon.svg"), url("search.html"));
    let rooms = navigation.rooms(page);
    let neighbours = navigation.neighbours(page);
    let (wide, narrow) = match contents {
        &"" => (String::new(), String::new()),
        contents => (
            format!(
                "<nav class=\"contents\" aria-label=\"On this page\"><p>On this page</p>\n{contents}</nav>\n"
            ),
            format!("<details class=\"contents\"><summary>On this page</summary>\n{contents}</details>\n"),
        ),
    };
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         <link rel=\"icon\" href=\"{icon}\">\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n\
         </head>\n\
         <body class=\"{class}\">\n\
         <a class=\"skip\" href=\"#content\">To the content</a>\n\
         <header>\n\
         <a class=\"home\" href=\"{home}\">nn</a>\n\
         <nav aria-label=\"Site\">\n{rooms}</nav>\n\
         <form role=\"search\" action=\"{search}\">\
         <input type=\"search\" name=\"q\" placeholder=\"Search\" aria-label=\"Search\"></form>\n\
         </header>\n\
         <div class=\"columns\">\n\
         <main id=\"content\">\n{narrow}{body}{neighbours}</main>\n\
         {wide}</div>\n\
         </body>\n\
         </html>\n"
    )
}
