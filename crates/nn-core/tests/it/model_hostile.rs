//! Architectures that nobody described: each is an error with a short message, and takes no memory for the numbers in it.

#![cfg(feature = "safetensors")]

use crate::common::narrow;
use crate::safetensors_fuzz::{LARGEST, damage};
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Architecture, Module, StateDict, StateFileProblem, Tanh};

/// The message of a file with this text.
fn refused(text: &str) -> String {
    let mut state = StateDict::<f32>::new();
    state.metadata_mut().insert("nn.architecture".into(), text.into());
    LARGEST.set(0);
    let error = state.to_network().err().unwrap_or_else(|| panic!("a network of {text:.200}"));
    assert!(LARGEST.get() <= 16 * text.len() + 4096, "{} bytes for {text:.200}", LARGEST.get());
    let message = error.to_string();
    assert!(message.len() < 2000, "{message}");
    message
}

#[test]
fn a_text_that_is_no_architecture_is_refused() {
    let long = "x".repeat(100_000);
    let deep = format!("{}{}", r#"{"kind":"Sequential","children":["#.repeat(2000), "]}".repeat(2000));
    for (text, expected) in [
        ("", "EOF while parsing"),
        ("NaN", "expected"),
        ("[]", "expected an object with the kind, the settings and the children of a module"),
        ("{}", "missing field `kind` at line 1 column 2"),
        (r#"{"kind":3}"#, "invalid type: integer `3`, expected a string"),
        (r#"{"kind":"Tanh"} "#, ""),
        (r#"{"kind":"Tanh"}x"#, "trailing characters"),
        (r#"{"kind":"Tanh","kind":"Tanh"}"#, r#""kind" appears twice"#),
        (r#"{"kind":"Dropout","p":0.5,"p":0.5}"#, r#""p" appears twice"#),
        (r#"{"kind":"Tanh","children":[],"children":[]}"#, r#""children" appears twice"#),
        (r#"{"kind":"Dropout","p":NaN}"#, "expected"),
        (r#"{"kind":"Dropout","p":1e999}"#, "number out of range"),
        (r#"{"kind":"Dropout","p":null}"#, "invalid type: null, expected true, false, a number"),
        (r#"{"kind":"Dropout","p":{}}"#, "invalid type: map, expected true, false, a number"),
        (r#"{"kind":"Sequential","children":{}}"#, "invalid type: map, expected a sequence"),
        (&deep, "recursion limit exceeded"),
        (&format!(r#"{{"kind":{{"{long}":1}}}}"#), "invalid type: map, expected a string"),
    ] {
        if expected.is_empty() {
            assert!(Architecture::from_json(text).is_ok(), "white space may follow");
            continue;
        }
        let message = refused(text);
        assert!(message.starts_with("the architecture is not as expected: "), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_architecture_that_makes_no_network_is_refused() {
    let long = "x".repeat(100_000);
    let linear = |settings| format!(r#"{{"kind":"Sequential","children":[{{"kind":"Linear"{settings}}}]}}"#);
    // Layers without units have no parameters, and still take memory.
    let recurrent = |kind: &str, layers: usize, more: &str| {
        format!(
            r#"{{"kind":"{kind}","input_size":0,"hidden_size":0,"num_layers":{layers},"bias":false,"dropout":0,
            "bidirectional":false,"last":false,"batch_first":true{more}}}"#
        )
    };
    for (text, expected) in [
        (&*format!(r#"{{"kind":"{long}"}}"#), "Architecture: kind is \"xxx"),
        (r#"{"kind":"Own"}"#, r#"Architecture: kind is "Own", expected one of nn's own modules"#),
        (r#"{"kind":"Dropout"}"#, "Dropout: p is missing, expected a number"),
        (r#"{"kind":"Dropout","p":"a"}"#, r#"Dropout: p is "a", expected a number"#),
        (&format!(r#"{{"kind":"Dropout","p":"{long}"}}"#), "Dropout: p is \"xxx"),
        (r#"{"kind":"Reshape","shape":[1,-1]}"#, "Reshape: shape is [1, -1], expected a list of sizes"),
        (r#"{"kind":"Reshape","shape":[[1]]}"#, "Reshape: shape is [[…]], expected a list of sizes"),
        (&format!(r#"{{"kind":"Reshape","shape":["{long}"]}}"#), "Reshape: shape is [\"xxx"),
        (r#"{"kind":"Tanh","p":1}"#, r#"Tanh: the setting "p" is 1, expected none of that name"#),
        (&format!(r#"{{"kind":"Tanh","{long}":1}}"#), "Tanh: the setting \"xxx"),
        (
            r#"{"kind":"Tanh","children":[{"kind":"Tanh"}]}"#,
            "Tanh: number of further children is 1, expected 0",
        ),
        (r#"{"kind":"Sequential","bias":true}"#, r#"Sequential: the setting "bias" is true"#),
        (r#"{"kind":"Residual"}"#, "Residual: number of children is 0, expected 1"),
        (
            r#"{"kind":"Residual","children":[{"kind":"Tanh"},{"kind":"Tanh"}]}"#,
            "Residual: number of children is 2, expected 1",
        ),
        (
            r#"{"kind":"Sequential","children":[{"kind":"Tanh"},{"kind":"Residual","children":[{"kind":"Own"}]}]}"#,
            r#"layer 1.fn, Architecture: kind is "Own""#,
        ),
        (r#"{"kind":"Softmax","dim":1}"#, "Softmax: dim is 1, expected -1"),
        (r#"{"kind":"Softmax"}"#, "Softmax: dim is missing, expected -1"),
        (
            &recurrent("LSTM", 1, r#","nonlinearity":"tanh""#),
            "LSTM: nonlinearity is \"set\", expected left out",
        ),
        (&recurrent("RNN", 1, ""), "RNN: nonlinearity is \"left out\", expected"),
        (
            &recurrent("RNN", 1, r#","nonlinearity":"sine""#),
            r#"RNN: nonlinearity is "sine", expected "tanh" or "relu""#,
        ),
        (&recurrent("GRU", 1_000_000_000_000, ""), "GRU: shape of a parameter is [999999999999, 1, 3, 1]"),
        (
            r#"{"kind":"Upsample","scale_factor":2,"mode":"bilinear"}"#,
            r#"Upsample: mode is "bilinear", expected "nearest""#,
        ),
        (
            r#"{"kind":"Upsample","scale_factor":[2],"mode":"nearest"}"#,
            "Upsample: scale_factor is [2], expected a size or a list of two",
        ),
        (
            &linear(r#","in_features":2.5,"out_features":1,"bias":true"#),
            "layer 0, Linear: in_features is 2.5, expected a whole number of at least 0",
        ),
        (&linear(r#","in_features":-1,"out_features":1,"bias":true"#), "layer 0, Linear: in_features is -1"),
        (
            &linear(r#","in_features":1e30,"out_features":1,"bias":true"#),
            "layer 0, Linear: in_features is 1e30",
        ),
        (
            &linear(r#","in_features":1,"out_features":1,"bias":1"#),
            "Linear: bias is 1, expected true or false",
        ),
        (
            &linear(r#","in_features":1000000000,"out_features":1000000000,"bias":true"#),
            "layer 0, Linear: shape of a parameter is [1000000000, 1000000000], expected one for which there are",
        ),
    ] {
        let message = refused(text);
        assert!(message.starts_with("the architecture in it makes no network: "), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

/// Every setting of every module, as large as it can be, in the file of a small network.
#[test]
fn no_number_takes_memory() {
    for case in narrow::<f32>() {
        let json = case.module.architecture().unwrap().to_json();
        let digits: Vec<usize> = (0..json.len()).filter(|&at| json.as_bytes()[at].is_ascii_digit()).collect();
        for at in digits {
            for number in ["999999999", "999999999999", "18446744073709551615"] {
                let text = format!("{}{number}{}", &json[..at], &json[at + 1..]);
                let mut state = case.module.state_dict();
                state.metadata_mut().insert("nn.architecture".into(), text.clone());
                LARGEST.set(0);
                let made = state.to_network();
                // Room for a million values that normalisation does not save.
                assert!(LARGEST.get() <= 5 << 20, "{} bytes for {text}", LARGEST.get());
                if let Err(error) = made {
                    assert!(error.to_string().len() < 3000, "{error}");
                }
            }
        }
    }
}

#[test]
fn damaged_models_are_errors() {
    let (errors, networks) = fuzz(20_000, 1);
    // Damage to a name of a tensor or to a setting is an error; damage to values, or to a setting without parameters, is not.
    assert!(errors > 10_000 && networks > 1_000, "{errors} errors, {networks} networks");
}

/// `cargo test --release -p nn-core --test it -- --ignored model_hostile::`
#[test]
#[ignore = "takes minutes"]
fn many_damaged_models_are_errors() {
    for seed in 0..100 {
        println!("{seed}: {:?}", fuzz(100_000, seed));
    }
}

/// Returns the number of damaged files that gave an error and the number that gave a network.
fn fuzz(rounds: usize, seed: u64) -> (usize, usize) {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let whole: Vec<Vec<u8>> = narrow::<f32>()
        .iter()
        .map(|case| StateDict::from_network(&*case.module).to_safetensors().unwrap())
        .collect();
    let (mut errors, mut networks) = (0, 0);
    for _ in 0..rounds {
        let mut bytes = whole[rng.random_range(0..whole.len())].clone();
        for _ in 0..rng.random_range(1..4) {
            damage(&mut bytes, rng);
        }
        LARGEST.set(0);
        let made = StateDict::<f32>::from_safetensors(&bytes)
            .map_err(|error| error.problem)
            .and_then(|state| state.to_network());
        assert!(LARGEST.get() <= 16 * bytes.len() + (5 << 20), "{} bytes of memory at once", LARGEST.get());
        match made {
            Ok(network) => {
                networks += 1;
                assert_saved_alike(&*network);
            }
            Err(error) => {
                errors += 1;
                assert!(error.to_string().len() < 3000, "{error}");
            }
        }
    }
    (errors, networks)
}

/// Checks that a network that was read can be written and read again.
fn assert_saved_alike(network: &dyn Module<f32>) {
    let saved = StateDict::from_network(network);
    let again = StateDict::from_network(&*saved.to_network().unwrap());
    assert_eq!(again.to_safetensors().unwrap(), saved.to_safetensors().unwrap());
}

/// What a file says of the reason may be as long as the file.
#[test]
fn a_long_reason_is_shortened() {
    let mut state = StateDict::<f32>::from_network(&Tanh);
    state.metadata_mut().clear();
    for reason in ["x".repeat(100_000), "\u{1b}[2J".into()] {
        state.metadata_mut().insert("nn.no_architecture".into(), reason);
        let error = state.to_network().err().unwrap();
        assert!(matches!(error, StateFileProblem::NoArchitecture { reason: Some(_) }));
        let message = error.to_string();
        assert!(message.len() < 1000 && !message.contains(char::is_control), "{message:?}");
    }
}
