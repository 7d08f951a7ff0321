//! Models: what is loaded is saved and loaded alike, and predicts the same or is refused alike; memory stays in proportion to the
//! file; messages are bounded.
//!
//! The first byte says what the rest is: a file, a file without the length of its header, or a text in an otherwise whole model:
//! the architecture or the preprocessor.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nn_fuzz::{Folder, check_message, framed, peak, stretch};
use nn_train::Model;
use nn_train::nn_core::StateDict;
use nn_train::nn_data::{Column, ColumnKind, Recipe, Table};
use nn_train::prelude::*;

/// The maximum length of a message in bytes: it lists twenty names of eighty characters, each of which may print as an
/// escape of ten bytes.
const LONGEST_MESSAGE: usize = 20_000;
/// What a network may take that its file does not have: a million values, and some to make it.
const UNSAVED: usize = 16 << 20;

/// A whole model.
struct Shared {
    folder: Folder,
    state: StateDict<f32>,
}

thread_local! {
    static SHARED: Shared = Shared::new();
}

fuzz_target!(|input: &[u8]| {
    let Some((&settings, bytes)) = input.split_first() else { return };
    SHARED.with(|shared| {
        let file = match settings % 4 {
            0 => bytes.to_vec(),
            1 => framed(&stretch(bytes)),
            2 => shared.with("nn.architecture", &stretch(bytes)),
            _ => shared.with("nn.preprocessor", &stretch(bytes)),
        };
        shared.check(&file);
    });
});

impl Shared {
    fn new() -> Self {
        let folder = Folder::new();
        let table = Table::new([
            Column::numbers("age", [Some(22.0), None, Some(35.0)]),
            Column::categories("place", ["a", "a", "a"].map(Some)),
            Column::numbers("again", [0.0, 1.0, 1.0].map(Some)),
        ])
        .unwrap();
        let preprocessor = Recipe::new().target_classes("again").fit(&table).unwrap();
        let rng = &mut ChaCha8Rng::seed_from_u64(0);
        let network = Sequential::<f32>::new().append(Linear::new(preprocessor.features(), 2, rng));
        let path = folder.path("whole");
        Model::new(network, preprocessor).metadata("author", "Ada").save(&path).unwrap();
        let state = StateDict::load_safetensors(&path).unwrap();
        Shared { folder, state }
    }

    /// The bytes of the model with this text.
    fn with(&self, key: &str, text: &[u8]) -> Vec<u8> {
        let mut state = self.state.clone();
        state.metadata_mut().insert(key.into(), String::from_utf8_lossy(text).into_owned());
        state.to_safetensors().unwrap()
    }

    fn check(&self, file: &[u8]) {
        let path = self.folder.write("first", file);
        let (first, used) = peak(|| Model::<f32>::load(&path));
        assert!(used <= 100 * file.len() + UNSAVED, "{used} bytes for a file of {}", file.len());
        let first = match first {
            Ok(first) => first,
            Err(error) => return check_message(&error, LONGEST_MESSAGE),
        };
        let (second_path, third_path) = (self.folder.path("second"), self.folder.path("third"));
        first.save(&second_path).unwrap();
        let second = Model::<f32>::load(&second_path).unwrap();
        second.save(&third_path).unwrap();
        assert!(fs::read(second_path).unwrap() == fs::read(third_path).unwrap(), "saved differently");
        assert!(self.folder.files() <= 4, "a save has left litter");
        assert_eq!(first.preprocessor(), second.preprocessor());

        // How much memory a prediction takes depends on the network, so only a known one predicts.
        let known = &self.state.metadata()["nn.architecture"];
        if first.network().architecture().unwrap().to_json() == *known {
            assert_eq!(predicted(&first), predicted(&second));
        }
    }
}

/// What the model predicts for a table with its columns, or the message of the refusal.
fn predicted(model: &Model<f32>) -> Option<String> {
    let column = |(name, kind): (String, ColumnKind)| match kind {
        ColumnKind::Number | ColumnKind::Date(_) => Column::numbers(name, [Some(1.0), None, Some(-3.5)]),
        ColumnKind::Category => Column::categories(name, [Some("a"), Some("b"), None]),
    };
    let table = Table::new(model.columns().into_iter().map(column)).ok()?;
    Some(match model.predict(&table) {
        Ok(predictions) => {
            assert!(predictions.values().view().iter().all(|value| value.is_finite()));
            predictions.to_csv()
        }
        Err(error) => {
            check_message(&error, LONGEST_MESSAGE);
            error.to_string()
        }
    })
}
