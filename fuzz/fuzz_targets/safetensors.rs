//! Saved states: what is read is complete, and read alike when it is saved and read again; both precisions agree; a model
//! takes a state that fits and is unchanged by any other; memory stays in proportion to the file; messages are bounded.
//!
//! The first byte says how the rest becomes a file.

#![no_main]

use std::cell::OnceCell;
use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{BatchNorm1d, Entry, Kind, Linear, Parameters, Scalar, Sequential, StateDict};
use nn_fuzz::{Folder, check_message, framed, peak, stretch};

/// The maximum length of a message in bytes: it lists twenty names of eighty characters, each of which may print as an
/// escape of ten bytes.
const LONGEST_MESSAGE: usize = 20_000;

fuzz_target!(|input: &[u8]| {
    let Some((&settings, bytes)) = input.split_first() else { return };
    let file = if settings & 1 == 0 { bytes.to_vec() } else { framed(&stretch(bytes)) };
    let (double, single) = (check::<f64>(&file), check::<f32>(&file));
    check_precisions(double.as_ref(), single.as_ref());
    if let Some(state) = &double {
        check_model(state);
    }
    if settings & 2 == 2 {
        check_path(&file, double.as_ref());
    }
});

/// Reads the file. What was read is saved and read again.
fn check<F: Scalar>(file: &[u8]) -> Option<StateDict<F>> {
    let (read, used) = peak(|| StateDict::<F>::from_safetensors(file));
    assert!(used <= 60 * file.len() + 10_000, "{used} bytes for a file of {}", file.len());
    let state = match read {
        Ok(state) => state,
        Err(error) => {
            check_message(&error, LONGEST_MESSAGE);
            return None;
        }
    };
    let values: usize = state.entries().iter().map(|entry| entry.value.len()).sum();
    assert!(2 * values <= file.len(), "{values} values in a file of {} bytes", file.len());
    for Entry { name, shape, value, .. } in state.entries() {
        assert_eq!(shape.iter().product::<usize>(), value.len(), "{name:?}");
    }
    assert_eq!(by_name(&state).len(), state.entries().len(), "a name appears twice");
    let saved = state.to_safetensors().unwrap();
    let again = StateDict::<F>::from_safetensors(&saved).unwrap();
    assert!(by_name(&again) == by_name(&state), "{again:?} is not {state:?}");
    assert_eq!(again.metadata(), state.metadata());
    assert!(again.to_safetensors().unwrap() == saved, "equal states have different bytes");
    Some(state)
}

/// What a file says of an entry: its kind as a file has it, its shape, and the bits of its values, with one NaN for all.
type Contents<'a> = BTreeMap<&'a str, (bool, &'a [usize], Vec<u64>)>;

fn by_name<F: Scalar>(state: &StateDict<F>) -> Contents<'_> {
    let bits = |value: &F| if value.is_finite() { value.to_f64().to_bits() } else { special(value.to_f64()) };
    let entries = state.entries().iter();
    entries
        .map(|Entry { name, kind, shape, value }| {
            (&**name, (*kind == Kind::Counter, &**shape, value.iter().map(bits).collect()))
        })
        .collect()
}

fn special(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// What is read as f32 is what is read as f64, rounded. Only a value beyond the range of f32 makes a difference.
fn check_precisions(double: Option<&StateDict<f64>>, single: Option<&StateDict<f32>>) {
    match (double, single) {
        (None, None) => {}
        (None, Some(_)) => panic!("read as f32 and not as f64"),
        (Some(double), None) => {
            let too_large = |value: &f64| value.is_finite() && !(*value as f32).is_finite();
            assert!(double.entries().iter().flat_map(|entry| &entry.value).any(too_large));
        }
        (Some(double), Some(single)) => {
            assert_eq!(double.metadata(), single.metadata());
            let rounded: StateDict<f32> = double
                .entries()
                .iter()
                .map(|Entry { name, kind, shape, value }| Entry {
                    name: name.clone(),
                    kind: *kind,
                    shape: shape.clone(),
                    value: value.iter().map(|&value| value as f32).collect(),
                })
                .collect();
            assert!(by_name(&rounded) == by_name(single));
        }
    }
}

fn network() -> Sequential<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    Sequential::new()
        .append(Linear::new(2, 3, rng))
        .append(BatchNorm1d::new(3))
        .append(Linear::new(3, 1, rng))
}

/// Loads the state into a network.
fn check_model(state: &StateDict<f64>) {
    let (mut network, untouched) = (network(), network().state_dict());
    match network.load_state_dict(state) {
        Ok(()) => {
            let loaded = network.state_dict();
            let (loaded, state) = (by_name(&loaded), by_name(state));
            assert_eq!(loaded.len(), state.len());
            // The file's kind may differ: a counter may be saved as a float.
            for (name, (_, shape, values)) in loaded {
                assert!(state[name].1 == shape && state[name].2 == values, "{name}");
            }
        }
        Err(error) => {
            check_message(&error, LONGEST_MESSAGE);
            assert_eq!(network.state_dict(), untouched, "a state that does not fit has changed the network");
        }
    }
}

/// The file on disk is read as its bytes are. If it is read as the state of a network, it is one.
fn check_path(file: &[u8], state: Option<&StateDict<f64>>) {
    thread_local! {
        static FOLDER: OnceCell<Folder> = const { OnceCell::new() };
    }
    let path = FOLDER.with(|folder| folder.get_or_init(Folder::new).write("model.safetensors", file));
    match (StateDict::<f64>::load_safetensors(&path), state) {
        (Ok(read), Some(state)) => assert!(by_name(&read) == by_name(state)),
        (Err(error), None) => check_message(&error, LONGEST_MESSAGE),
        (read, _) => panic!("a file is read unlike its bytes: {read:?}"),
    }
    let expected = network().state_dict();
    match StateDict::load_safetensors_like(&path, &expected) {
        Ok(read) => read.check_like(&expected).unwrap(),
        Err(error) => {
            check_message(&error, LONGEST_MESSAGE);
            assert!(state.is_none_or(|state| state.check_like(&expected).is_err()), "{error}");
        }
    }
}
