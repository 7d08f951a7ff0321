//! The numbers of the page are those of the networks: its own forward pass, from rounded weights, against nn's.

use nn_core::{Module, Softmax, Tensor};
use xtask::experiments::{Settings, nonlinear_classification, spirals};

use crate::site::page;
use crate::webdriver::Browser;

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn the_page_computes_the_probabilities_of_the_networks() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "");
    for name in ["nonlinear-classification", "spirals"] {
        for (run, frame) in [(0, 41), (1, 20), (2, 41)] {
            let find = format!("const r = watch.recordings['{name}'], run = r.runs[{run}]");
            let number =
                |what: &str| browser.run(&format!("{find}; return {what}")).as_u64().unwrap() as usize;
            let (trial, epoch) = (number("run.trial"), number(&format!("r.epochs[{frame}]")));
            // The weights are those that the epoch begins with.
            let settings = Settings {
                trials: 100,
                samples: 200,
                epochs: epoch - 1,
                learning_rate: 0.01,
                seed: 2025,
                threads: 1,
            };
            let trials = settings.trials(&|| ()).range(trial..trial + 1);
            let learn =
                if name == "spirals" { spirals::run::<f32> } else { nonlinear_classification::run::<f32> };
            let ensemble = learn(&settings, &trials).unwrap();
            let network = ensemble.runs()[trial].kept.network();

            let places: Vec<[f32; 2]> =
                (0..49).map(|place| [place / 7, place % 7].map(|step| 0.3 * (step as f32 - 3.0))).collect();
            let expected = Softmax.predict(&network.predict(&Tensor::from_rows(&places)).unwrap()).unwrap();
            let found = browser.run(&format!(
                "{find}; const parameters = watch.parametersOf(run)[{frame}]; \
                 return {places:?}.map(place => watch.probability(r.layers, parameters, place))"
            ));
            let (mut farthest, mut spread) = (0.0_f64, [1.0_f64, 0.0]);
            for place in 0..places.len() {
                let (expected, found) = (f64::from(expected[[place, 1]]), found[place].as_f64().unwrap());
                farthest = farthest.max((expected - found).abs());
                spread = [spread[0].min(expected), spread[1].max(expected)];
            }
            assert!(farthest < 0.01, "{name}, trial {trial}, epoch {epoch}: {farthest} apart");
            assert!(spread[1] - spread[0] > 0.2, "the network tells these places apart: {spread:?}");
        }
    }
}
