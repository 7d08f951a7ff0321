//! Formulas: LaTeX in, MathML out.
//!
//! pulldown-latex reads most of LaTeX, and prints what it does not read as it stands, without an error. So
//! whatever contains a backslash afterwards is refused. What it prints in an unusual way is mended before and
//! after.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::mathml::push_mathml;
use pulldown_latex::{Parser, Storage};

/// Converts a formula, for a line of its own (`is_display`) or within a text.
///
/// # Errors
/// What the converter does not know.
pub(crate) fn to_mathml(tex: &str, is_display: bool) -> Result<String, String> {
    let prepared = prepare(tex);
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(&prepared, &storage).collect();
    if let Some(Err(error)) = events.iter().find(|event| event.is_err()) {
        let what = error.to_string();
        let what = what.lines().next().unwrap_or_default();
        let formula = tex.split_whitespace().collect::<Vec<_>>().join(" ");
        return Err(format!("the formula cannot be converted: {what}, in `{formula}`"));
    }
    let display_mode = if is_display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut mathml = String::new();
    push_mathml(&mut mathml, events.into_iter(), config)
        .map_err(|error| format!("the formula cannot be converted: {error}"))?;
    if let Some(at) = mathml.find('\\') {
        let rest: String = mathml[at..].chars().take_while(|&c| c != '<').collect();
        return Err(format!(
            "the formula cannot be converted: expected no backslash in MathML, found `{rest}`"
        ));
    }
    Ok(mend(mathml))
}

/// Rewrites what pulldown-latex reads wrongly: primes, which have to be superscripts to stand above an index,
/// and operators with limits.
fn prepare(tex: &str) -> String {
    const OPERATOR: &str = r"\operatorname*{";
    let mut prepared = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some(c) = rest.chars().next() {
        let primes = rest.len() - rest.trim_start_matches('\'').len();
        if primes > 0 {
            prepared.push_str("^{");
            prepared.push_str(&r"\prime".repeat(primes));
            prepared.push('}');
            rest = &rest[primes..];
        } else if let Some((name, after)) = rest.strip_prefix(OPERATOR).and_then(|rest| rest.split_once('}'))
        {
            prepared.push_str(r"\mathop{");
            // A thin space: `\mathop` does not know the command.
            prepared.push_str(&name.replace(r"\,", "\u{2009}"));
            prepared.push('}');
            rest = after;
        } else if let Some(text) = rest.strip_prefix(r"\text{").and_then(|rest| rest.split('}').next()) {
            // An apostrophe in a text is no prime.
            let whole = &rest[..r"\text{".len() + text.len()];
            prepared.push_str(whole);
            rest = &rest[whole.len()..];
        } else {
            prepared.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    prepared
}

/// Mends what pulldown-latex prints in a way that browsers show badly.
fn mend(mathml: String) -> String {
    const FENCE: &str = r#"<mo symmetric="false" stretchy="false">"#;
    let mut mended = mathml
        // The micro sign is upright, the Greek letter slants like the others.
        .replace('µ', "μ")
        .replace(r#""minsize"#, r#"" minsize"#)
        // A character that HTML knows by name, in a place that escapes it.
        .replace("&amp;nbsp;", "\u{a0}")
        // \Vert is as tall as a letter, like \lVert.
        .replace(r#"<mo symmetric="true" stretchy="true">‖"#, &format!("{FENCE}‖"))
        // One operator, which `\mathrel{+}=` is in LaTeX.
        .replace("<mo>+</mo><mo>=</mo>", "<mo>+=</mo>")
        // No space before the parenthesis of a function.
        .replace(&format!(r#"<mspace width="0.1667em" />{FENCE}("#), &format!("{FENCE}("));
    for scripts in ["<msup>", "<msub>", "<msubsup>"] {
        mended = in_a_row(&mended, scripts);
    }
    // Bars: opening and closing ones in turn, without the space around operators.
    for bar in ["|</mo>", "‖</mo>"] {
        let ambiguous = format!("{FENCE}{bar}");
        let mut forms = ["prefix", "postfix"].into_iter().cycle();
        while mended.contains(&ambiguous) {
            let form = forms.next().unwrap_or_default();
            let fence = format!(r#"<mo stretchy="false" form="{form}" lspace="0" rspace="0">{bar}"#);
            mended = mended.replacen(&ambiguous, &fence, 1);
        }
    }
    mended
}

/// Puts tall parentheses that have a script into a row of their own, because alone they lose their height.
fn in_a_row(mathml: &str, scripts: &str) -> String {
    let tall = format!(r#"{scripts}<mo symmetric="true" stretchy="true" "#);
    let mut parts = mathml.split(&tall);
    let mut mended = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let row = tall.replace("<mo ", "<mrow><mo ");
        mended.push_str(&(row + &part.replacen("</mo>", "</mo></mrow>", 1)));
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prime_and_an_index_stand_above_each_other() {
        let mathml = to_mathml("t''_k", true).unwrap();
        assert!(mathml.contains("<msubsup><mi>t</mi><mi>k</mi>"), "{mathml}");
        assert!(to_mathml(r"\text{Adam's}", true).unwrap().contains("Adam's"));
    }

    #[test]
    fn operators_with_limits_have_their_limit_below() {
        let mathml = to_mathml(r"\operatorname*{arg\,min}_i V_i", true).unwrap();
        assert!(mathml.contains("<munder><mi>arg\u{2009}min</mi><mi>i</mi></munder>"), "{mathml}");
    }

    #[test]
    fn bars_open_and_close() {
        let mathml = to_mathml(r"\lvert a \rvert + \lVert b \rVert", false).unwrap();
        let forms: Vec<&str> =
            mathml.split("form=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(forms, ["prefix", "postfix", "prefix", "postfix"]);
        assert!(mathml.contains(r#"display="inline""#), "{mathml}");
    }

    #[test]
    fn tall_parentheses_with_a_script_keep_their_height() {
        let mathml = to_mathml(r"\Big( a \Big)^{T} b", true).unwrap();
        assert!(
            mathml.contains("<msup><mrow><mo symmetric") && mathml.contains(">)</mo></mrow><mrow>"),
            "{mathml}"
        );
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for tex in
            [r"\unknown x", r"\frac{a", r"\mathop{\mathrm{d}} x", r"\operatorname*{\mathrm{d}}_x y", "{"]
        {
            let error = to_mathml(tex, true).unwrap_err();
            assert!(error.starts_with("the formula cannot be converted: "), "{tex}: {error}");
        }
        let error = to_mathml(r"a + \unknown b", true).unwrap_err();
        assert!(error.ends_with(r"unknown primitive command found, in `a + \unknown b`"), "{error}");
    }
}
