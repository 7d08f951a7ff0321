//! A preprocessor that is saved and restored is the same, bit for bit, and no text does harm.

use nn_core::rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use nn_data::{Categories, Column, Numbers, Preprocessor, Recipe, Table};
use proptest::prelude::*;

/// A number of any size and sign, or none.
fn number() -> impl Strategy<Value = Option<f64>> {
    let finite = any::<f64>().prop_map(|x| if x.is_finite() { x / 4.0 } else { 0.1 });
    prop_oneof![Just(None), Just(Some(-0.0)), finite.prop_map(Some)]
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[ab\"\\\\\u{0}é]{0,3}".prop_map(Some)]
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (0..5, 0..5, 0.0..1e3, any::<bool>()).prop_map(|(impute, scale, value, indicator)| {
        let how = if indicator { Numbers::new().indicator() } else { Numbers::new() };
        let how = match impute {
            0 => how.impute_mean(),
            1 => how.impute_most_frequent(),
            2 => how.impute_constant(value),
            _ => how,
        };
        match scale {
            0 => how.unscaled(),
            1 => how.min_max_range(-value, 0.1),
            2 => how.robust(),
            _ => how,
        }
    })
}

fn categories() -> impl Strategy<Value = Categories> {
    (0..3, any::<bool>(), -1e30..1e30).prop_map(|(impute, ignores, code)| {
        let how = if ignores { Categories::new().unknown_as(code) } else { Categories::new() };
        match impute {
            0 => how.impute_constant("7"),
            _ => how,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_restored_preprocessor_makes_the_same_bits(
        rows in prop::collection::vec((number(), number(), name(), name(), number()), 1..20),
        (a, b) in (numbers(), numbers()),
        (c, d) in (categories(), categories()),
        kind in 0..3,
    ) {
        let column = |name: &str, of: &dyn Fn(usize) -> Option<f64>| Column::numbers(name, (0..rows.len()).map(of));
        let text = |name: &str, of: &dyn Fn(usize) -> Option<String>| {
            let names: Vec<Option<String>> = (0..rows.len()).map(of).collect();
            Column::categories(name, names.iter().map(Option::as_deref).collect::<Vec<_>>())
        };
        let table = Table::new([
            column("a", &|row| rows[row].0),
            column("b \"quoted\"", &|row| rows[row].1.map(|x| (x % 1e3).abs())),
            text("c", &|row| rows[row].2.clone()),
            column("d", &|row| rows[row].4),
            text("class", &|row| Some(rows[row].3.clone().unwrap_or_default())),
            column("value", &|row| Some(rows[row].4.unwrap_or(1.0 / 3.0))),
        ]).unwrap();
        let recipe = Recipe::new()
            .features(["a", "b \"quoted\"", "c", "d"])
            .numbers(["a"], a)
            .numbers(["b \"quoted\""], b.ln_1p())
            .categories(["c"], c)
            .categories(["d"], d);
        let recipe = match kind {
            0 => recipe,
            1 => recipe.target_classes("class"),
            _ => recipe.target_values(["value"]),
        };
        // A column may have no value.
        let Ok(fitted) = recipe.fit(&table) else { return Ok(()) };
        let text = fitted.to_json();
        let restored = Preprocessor::from_json(&text).unwrap();
        // Debug tells −0 from 0.
        prop_assert_eq!(format!("{restored:?}"), format!("{fitted:?}"));
        prop_assert_eq!(restored.to_json(), text);
        match (fitted.transform::<f64>(&table), restored.transform::<f64>(&table)) {
            (Ok(ours), Ok(theirs)) => {
                prop_assert!(ours.view().iter().map(|x| x.to_bits()).eq(theirs.view().iter().map(|x| x.to_bits())));
            }
            (ours, theirs) => prop_assert_eq!(ours.err(), theirs.err()),
        }
    }
}

/// A table of every kind of column and the preprocessor of it.
fn saved() -> (Table, String) {
    let table = Table::new([
        Column::numbers("age", [Some(22.0), None, Some(0.1)]),
        Column::numbers("fare", [Some(7.25), Some(71.2833), Some(8.05)]),
        Column::numbers("rate", [Some(1.0), Some(2.0), Some(4.0)]),
        Column::numbers("class", [Some(3.0), Some(1.0), Some(3.0)]),
        Column::categories("sex", [Some("male"), Some("female"), None]),
        Column::categories("size", [Some("s"), Some("m"), Some("l")]),
        Column::categories("port", [Some("S"), Some("C"), Some("S")]),
    ])
    .unwrap();
    let recipe = Recipe::new()
        .numbers(["age"], Numbers::new().indicator().robust())
        .numbers(["fare"], Numbers::new().ln_1p().min_max())
        .numbers(["rate"], Numbers::new().refuse_missing().ln().unscaled())
        .categories(["class"], Categories::new().ignore_unknown())
        .categories(["size"], Categories::new().ordinal(["s", "m", "l"]).unknown_as(-1.0))
        .target_classes("port");
    let text = recipe.fit(&table).unwrap().to_json();
    (table, text)
}

#[test]
fn the_text_stays_readable_by_later_versions() {
    let (table, text) = saved();
    let expected = "{\"format\":\"nn preprocessor\",\"inputs\":[\
        {\"column\":\"age\",\"numbers\":{\"impute\":11.05,\"indicator\":true,\"log\":null,\"scale\":{\"center\":11.05,\"scale\":10.95}}},\
        {\"column\":\"fare\",\"numbers\":{\"impute\":8.05,\"indicator\":false,\"log\":\"ln_1p\",\"scale\":{\"data_max\":4.2805931204649,\"data_min\":2.1102132003465894,\"high\":1.0,\"low\":0.0}}},\
        {\"column\":\"rate\",\"numbers\":{\"impute\":null,\"indicator\":false,\"log\":\"ln\",\"scale\":null}},\
        {\"categories\":{\"impute\":\"3\",\"kind\":\"number\",\"names\":[\"1\",\"3\"],\"one_hot\":true,\"unknown\":0.0},\"column\":\"class\"},\
        {\"categories\":{\"impute\":\"female\",\"kind\":\"category\",\"names\":[\"female\",\"male\"],\"one_hot\":true,\"unknown\":null},\"column\":\"sex\"},\
        {\"categories\":{\"impute\":\"l\",\"kind\":\"category\",\"names\":[\"s\",\"m\",\"l\"],\"one_hot\":false,\"unknown\":-1.0},\"column\":\"size\"}],\
        \"target\":{\"classes\":{\"column\":\"port\",\"kind\":\"category\",\"names\":[\"C\",\"S\"]}},\"version\":1}";
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&text), value(expected));
    let restored = Preprocessor::from_json(expected).unwrap();
    assert_eq!(restored.class_names(), ["C", "S"]);
    assert_eq!(restored.classes::<f32>(&table).unwrap().y(), &[1, 0, 1]);
}

#[test]
fn a_text_that_makes_no_sense_is_refused_where_it_is_wrong() {
    let (_, text) = saved();
    let fails = |from: &str, to: &str, message: &str| {
        assert!(text.contains(from), "{from} is not in {text}");
        let error = Preprocessor::from_json(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert_eq!(error, format!("Preprocessor::from_json: {message}"));
    };
    fails("nn preprocessor", "nn", "\"format\" is \"nn\", expected \"nn preprocessor\"");
    fails("\"version\":1", "\"version\":2", "\"version\" is 2, expected 1");
    fails("\"version\"", "\"w\"", "the whole is an object of 4, expected an object with \"version\"");
    fails("10.95", "0.0", "\"scale\" of input 0 is 0.0, expected a number above 0");
    fails("10.95", "\"x\"", "\"scale\" of input 0 is \"x\", expected a number");
    fails("ln_1p", "log", "\"log\" of input 1 is \"log\", expected null, \"ln\" or \"ln_1p\"");
    fails("\"high\":1.0", "\"high\":0.0", "\"high\" of input 1 is 0.0, expected a number above `low`");
    let distance = "a number that is a finite distance from the lower end";
    let wide = "\"high\":1e308,\"low\":-1e308";
    fails("\"high\":1.0,\"low\":0.0", wide, &format!("\"high\" of input 1 is 1e+308, expected {distance}"));
    fails(
        "\"data_max\":4.2",
        "\"data_max\":1.2",
        "\"data_max\" of input 1 is 1.2805931204649, expected a number of at least `data_min`",
    );
    fails(
        "[\"1\",\"3\"]",
        "[\"1\",\"1.0\"]",
        "\"names\" of input 3 is a list of 2, expected names that differ, of numbers if the kind is \"number\"",
    );
    fails("[\"female\",\"male\"]", "[\"female\",7]", "\"names\" of input 4 is 7, expected a text");
    fails(
        "\"kind\":\"category\"",
        "\"kind\":\"text\"",
        "\"kind\" of input 4 is \"text\", expected \"number\" or \"category\"",
    );
    fails(
        "\"unknown\":-1.0",
        "\"unknown\":1e300",
        "\"unknown\" of input 5 is 1e+300, expected a number that is finite in f32",
    );
    fails(
        "{\"classes\"",
        "{\"class\"",
        "\"target\" is an object of 1, expected either \"classes\" or \"values\"",
    );
    fails(
        "\"indicator\":true",
        "\"indicator\":null",
        "\"indicator\" of input 0 is null, expected true or false",
    );

    let long = "9".repeat(100_000);
    for hostile in [
        "",
        "null",
        "[]",
        "{",
        &"[".repeat(100_000),
        &long,
        &format!("\"{long}\""),
        &format!("{{\"{long}\":"),
        &text.replacen("11.05", &format!("1{long}"), 1),
        &text.replacen("nn preprocessor", &long, 1),
        &text.replacen("\"ln\"", &format!("\"{long}\""), 1),
    ] {
        let message = Preprocessor::from_json(hostile).unwrap_err().to_string();
        assert!(message.starts_with("Preprocessor::from_json: ") && message.len() < 300, "{message}");
    }
}

/// Changes a byte, takes out a piece, or doubles one, several times. What still is a preprocessor works or says why not.
#[test]
fn a_damaged_text_does_no_harm() {
    let (table, text) = saved();
    let mut rng = ChaCha8Rng::seed_from_u64(1996);
    let mut below = |count: usize| (rng.next_u64() % count as u64) as usize;
    let mut restored = 0;
    for _ in 0..5_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            let end = (at + below(12)).min(bytes.len());
            match below(4) {
                0 => bytes[at] = b" \"0123456789-.eE[]{},:tfn"[below(25)],
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, piece));
                }
                _ => bytes[at] = below(128) as u8,
            }
        }
        let Ok(preprocessor) = Preprocessor::from_json(&String::from_utf8_lossy(&bytes)) else { continue };
        restored += 1;
        assert_eq!(Preprocessor::from_json(&preprocessor.to_json()).unwrap(), preprocessor);
        let _ = preprocessor.classes::<f32>(&table).map_err(|error| error.to_string());
        assert_eq!(preprocessor.feature_names().len(), preprocessor.features());
    }
    assert!(restored > 100, "{restored}");
}
