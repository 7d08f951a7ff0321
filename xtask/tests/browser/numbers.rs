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
        for (run, frame) in [(0, 40), (1, 20), (2, 40)] {
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
            assert!(farthest < 0.03, "{name}, trial {trial}, epoch {epoch}: {farthest} apart");
            assert!(spread[1] - spread[0] > 0.2, "the network tells these places apart: {spread:?}");
        }
    }
}

/// The answers repeat numbers of the recordings: they are found again, in the same words.
#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn the_answers_say_what_the_recordings_hold() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "");
    let find = "const of = (experiment, which) => { \
         const r = watch.recordings[watch.texts[experiment].name], run = r.runs.find(run => run.which === which); \
         const frames = watch.parametersOf(run), points = watch.pointsOf(run), last = frames.at(-1); \
         const at = epoch => frames[r.epochs.indexOf(epoch)], loss = epoch => run.losses[epoch - 1]; \
         const right = frame => points.filter(point => watch.isRight(r.layers, frame, point)).length; \
         const losses = () => points.map(([x, y, label]) => { \
             const one = watch.probability(r.layers, last, [x, y]); return -Math.log(label ? one : 1 - one); }); \
         const share = () => Math.max(...losses()) / losses().reduce((a, b) => a + b); \
         return { r, run, frames, points, last, at, loss, right, share, text: watch.texts[experiment].runs[which] } };";
    let holds = |experiment: &str, which: &str, claim: &str| {
        let script = format!(
            "{find} const {{ r, run, frames, points, last, at, loss, right, share, text }} = of('{experiment}', '{which}'); \
             const all = text.question + text.answer; return {claim}"
        );
        assert_eq!(browser.run(&script), true, "{experiment}/{which}: {claim}");
    };
    holds("line", "best", "all.includes(`ends at ${loss(1000)},`)");
    holds(
        "line",
        "median",
        "[[95, 0.15], [199, 0.02]].every(([e, most]) => \
        [0, 1].every(i => Math.abs((at(e)[i] - last[i]) / (at(1)[i] - last[i])) < most))",
    );
    holds(
        "line",
        "worst",
        "all.includes(`${(loss(1000) / of('line', 'best').loss(1000)).toFixed(1)} times`)",
    );
    holds("line", "worst", "[0, 1].every(i => Math.abs(last[i] - run.truth[i]) < 0.05)");
    holds(
        "xor",
        "best",
        "right(at(6)) < 200 && right(at(7)) === 200 && all.includes('epoch 7 for the first time')",
    );
    holds("xor", "best", "right(at(8)) === 194 && all.includes('epoch 8 it has six wrong')");
    holds("xor", "best", "frames.slice(8).every(frame => right(frame) === 200)");
    holds("xor", "best", "all.includes(`from ${loss(11).toFixed(1)} to ${loss(1000).toFixed(4)}`)");
    holds("xor", "median", "all.includes(`from ${right(at(5))} to ${right(at(6))}`)");
    holds("xor", "median", "all.includes(`from ${loss(5)} to ${loss(6)}`)");
    holds("xor", "worst", "Math.abs(loss(1000) / of('xor', 'median').loss(1000) - 20) < 1.5");
    holds("xor", "worst", "right(last) === 199 && Math.abs(share() - 0.5) < 0.05");
    holds("spirals", "best", "all.includes(`epoch 95 the loss is ${loss(95)},`) && all.includes('0.693')");
    holds("spirals", "best", "all.includes(`epoch 199 it is ${loss(199)},`)");
    holds(
        "spirals",
        "best",
        "right(at(199)) < 200 && right(at(230)) === 200 && all.includes('epoch 230 all')",
    );
    holds("spirals", "worst", "right(last) === 199 && Math.abs(share() - 0.5) < 0.05");
    holds(
        "spirals",
        "worst",
        "(([x, y, label]) => Math.hypot(x, y) < 0.05 && points.some(([u, v, other]) => \
        other !== label && Math.hypot(u - x, v - y) < 0.02))(points.find(point => !watch.isRight(r.layers, last, point)))",
    );
}
