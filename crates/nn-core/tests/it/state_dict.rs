//! States of modules: they can be loaded again in any order, and a state that does not fit changes nothing.

use std::time::{Duration, Instant};

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Entry, Kind, Linear, Module, Parameters, Purpose, Relu, Sequential, StateDict, StateError, Workspace,
};

fn network(hidden: usize, seed: u64) -> Sequential<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Sequential::new()
        .append(Linear::new(2, hidden, &mut rng))
        .append(Relu)
        .append(Sequential::new().append(Linear::new(hidden, 1, &mut rng)))
}

#[test]
fn a_state_can_be_loaded_in_any_order() {
    let (from, mut to) = (network(3, 0), network(3, 1));
    assert_ne!(from.state_dict(), to.state_dict());
    let reversed = from.state_dict().entries().iter().rev().cloned().collect();
    to.load_state_dict(&reversed).unwrap();
    assert_eq!(from.state_dict(), to.state_dict());
    assert_eq!(to.state_dict().names().last(), Some("2.0.bias"));
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    let mut to = network(3, 1);
    let before = to.state_dict();
    let rename = |entry: &Entry<f64>| match &*entry.name {
        "2.0.bias" => Entry { name: "3.bias".into(), ..entry.clone() },
        _ => entry.clone(),
    };
    let state: StateDict<f64> = network(4, 0).state_dict().entries().iter().map(rename).collect();
    let error = to.load_state_dict(&state).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state does not fit the model: missing 2.0.bias; unexpected 3.bias; \
         0.weight: expected shape [3, 2], found [4, 2]; 0.bias: expected shape [3], found [4]; \
         2.0.weight: expected shape [1, 3], found [1, 4]"
    );
    assert_eq!(to.state_dict(), before);
}

// --- Messages ---

#[test]
fn a_name_is_printed_as_it_is_unless_it_would_break_the_line_or_fill_the_screen() {
    let (longest, longer) = ("é".repeat(80), "é".repeat(81));
    for (name, printed) in [
        ("0.weight", "0.weight".to_owned()),
        ("my layer", "my layer".to_owned()),
        ("", r#""""#.to_owned()),
        ("a\nb", r#""a\nb""#.to_owned()),
        ("\u{1b}[31m", r#""\u{1b}[31m""#.to_owned()),
        (&longest, longest.clone()),
        (&longer, format!("\"{longest}\"…")),
        (&format!("{longest}\n"), format!("\"{longest}\"…")),
    ] {
        let (name, none) = (name.to_owned(), StateError::default);
        for (error, message) in [
            (StateError { missing: vec![name.clone()], ..none() }, format!("missing {printed}")),
            (StateError { unexpected: vec![name.clone()], ..none() }, format!("unexpected {printed}")),
            (
                StateError { shapes: vec![(name.clone(), vec![2], vec![])], ..none() },
                format!("{printed}: expected shape [2], found []"),
            ),
            (
                StateError { counts: vec![(name.clone(), "0.5".into())], ..none() },
                format!("{printed}: expected a whole number from 0 to 2^63, found 0.5"),
            ),
        ] {
            assert_eq!(error.to_string(), format!("the state does not fit the model: {message}"));
        }
    }
}

#[test]
fn long_lists_are_cut_and_say_how_much_is_left() {
    let message = |error: StateError| {
        let message = error.to_string();
        message.strip_prefix("the state does not fit the model: ").unwrap().to_owned()
    };
    let names = |count: usize| -> Vec<String> { (0..count).map(|index| format!("n{index}")).collect() };
    let missing = |count| message(StateError { missing: names(count), ..StateError::default() });
    let unexpected = |count| message(StateError { unexpected: names(count), ..StateError::default() });
    let shapes = |count| {
        let shapes = names(count).into_iter().map(|name| (name, vec![1], vec![2])).collect();
        message(StateError { shapes, ..StateError::default() })
    };
    let counts = |count| {
        let counts = names(count).into_iter().map(|name| (name, "inf".into())).collect();
        message(StateError { counts, ..StateError::default() })
    };
    assert_eq!(missing(20), format!("missing {}", names(20).join(", ")));
    assert_eq!(missing(21), format!("missing {} and 1 more", names(20).join(", ")));
    assert_eq!(unexpected(1000), format!("unexpected {} and 980 more", names(20).join(", ")));
    for (list, more) in [(&shapes as &dyn Fn(usize) -> String, "more shapes"), (&counts, "more counts")] {
        assert_eq!(list(20).matches(": expected").count(), 20);
        assert!(list(20).contains("n19") && !list(20).contains(more));
        assert!(list(21).ends_with(&format!("; 1 {more}")) && !list(21).contains("n20"));
        assert!(list(5000).ends_with(&format!("; 4980 {more}")) && list(5000).len() < 2000);
    }
    let long =
        StateError { shapes: vec![("a".into(), vec![1; 10], vec![1; 100_000])], ..StateError::default() };
    let ones = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]";
    assert_eq!(message(long), format!("a: expected shape {ones}, found {ones} and 99990 more"));
}

// --- Time ---

/// The shortest time of three, because others use the machine as well.
fn shortest(mut work: impl FnMut()) -> Duration {
    let time = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    std::iter::repeat_with(time).take(3).min().unwrap()
}

/// Compared with sorting the names, which takes about as long as each of these. To look each name up among all takes
/// hundreds of times as long.
#[test]
fn the_time_is_about_proportional_to_the_number_of_layers() {
    const LAYERS: usize = 16_000;
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let append = |chain: Sequential<f64>, _| chain.append(Linear::new(1, 1, rng));
    let mut network = (0..LAYERS).fold(Sequential::new(), append);
    let (state, plan) = (network.state_dict(), network.plan(&[1, 1], Purpose::Train).unwrap());
    type Work<'a> = (&'a str, fn(&mut Sequential<f64>, &StateDict<f64>, &Workspace<f64>));
    let works: [Work<'_>; 8] = [
        ("load_state_dict", |network, state, _| network.load_state_dict(state).unwrap()),
        ("state_dict", |network, _, _| drop(network.state_dict())),
        ("collect", |_, state, _| drop(state.entries().iter().cloned().collect::<StateDict<f64>>())),
        ("get", |_, state, _| assert!(state.names().all(|name| state.get(name).is_some()))),
        ("insert", |_, state, _| {
            let mut state = state.clone();
            let entries = state.entries().to_vec();
            entries.into_iter().for_each(|entry| state.insert(entry));
        }),
        ("plan", |network, _, _| drop(network.plan(&[1, 1], Purpose::Train).unwrap())),
        ("visit", |network, _, workspace| {
            let mut gradients = 0;
            network.visit_mut(Some(workspace), &mut |parameter| {
                gradients += parameter.gradient.map_or(0, <[f64]>::len);
            });
            assert_eq!(gradients, network.parameter_count());
        }),
        ("display", |network, _, _| drop(network.to_string())),
    ];
    let sort = || drop(state.names().map(String::from).collect::<std::collections::BTreeSet<_>>());
    let sorted = shortest(sort);
    for (name, work) in works {
        let time = shortest(|| work(&mut network, &state, &plan.workspace));
        assert!(time < 60 * sorted, "{name}: {time:?}, sorting the names: {sorted:?}");
    }
}

#[test]
fn an_entry_is_found_by_its_name_and_replaced_in_its_place() {
    let entry = |name: &str, value| Entry {
        name: name.into(),
        kind: Kind::Learned,
        shape: vec![],
        value: vec![value],
    };
    let mut state = StateDict::from_iter([entry("b", 1.0), entry("a", 2.0), entry("b", 3.0)]);
    assert_eq!(state.entries(), [entry("b", 3.0), entry("a", 2.0)]);
    state.insert(entry("a", 4.0));
    state.insert(entry("c", 5.0));
    assert_eq!(state.names().collect::<Vec<_>>(), ["b", "a", "c"]);
    assert_eq!(
        ["a", "b", "c", "d"].map(|name| state.get(name).map(|entry| entry.value[0])),
        [Some(4.0), Some(3.0), Some(5.0), None]
    );
}
