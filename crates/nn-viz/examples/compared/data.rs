//! Made-up data, the same on every machine, rounded to four decimals so that a file of it holds exactly these values.

use std::fmt::Write as _;

/// Named lists of numbers.
pub(crate) struct Data(Vec<(String, Vec<f64>)>);

impl Data {
    /// Makes the data of all figures.
    pub(crate) fn make() -> Self {
        let mut data = Self(Vec::new());
        data.curves();
        data.classes();
        data.moons();
        data.confusion();
        data.scores();
        data.roc();
        data.calibration();
        data
    }

    /// The list with this name; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &[f64] {
        self.0.iter().find(|(known, _)| known == name).map_or(&[], |(_, values)| values)
    }

    /// The list with this name as whole numbers.
    pub(crate) fn counts(&self, name: &str) -> Vec<usize> {
        self.get(name).iter().map(|&value| value as usize).collect()
    }

    /// One line for each list: its name, then its values.
    pub(crate) fn csv(&self) -> String {
        let mut text = String::new();
        for (name, values) in &self.0 {
            text += name;
            for value in values {
                write!(text, ",{value}").expect("writing to memory cannot fail");
            }
            text.push('\n');
        }
        text
    }

    fn add(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) {
        let rounded = values.into_iter().map(|value| (value * 1e4).round() / 1e4).collect();
        self.0.push((name.into(), rounded));
    }

    /// Two losses over epochs, each with its quartiles.
    fn curves(&mut self) {
        let mut noise = Noise(3);
        let epochs: Vec<f64> = (1..=300).map(f64::from).collect();
        self.add("epochs", epochs.iter().copied());
        for (name, floor) in [("train", 0.02), ("test", 0.06)] {
            let mut wobble = |level: f64, size: f64| level * (1.0 + size * noise.bell());
            let middle: Vec<f64> =
                epochs.iter().map(|t| wobble(floor + (0.9 - floor) * libm::exp(-t / 45.0), 0.01)).collect();
            self.add(format!("{name}-q1"), middle.iter().map(|middle| wobble(middle * 0.74, 0.02)));
            self.add(format!("{name}-q3"), middle.iter().map(|middle| wobble(middle * 1.36, 0.02)));
            self.add(name, middle);
        }
    }

    /// Points of ten classes around a ring.
    fn classes(&mut self) {
        let mut noise = Noise(33);
        let classes: Vec<f64> = (0..400).map(|sample| f64::from(sample % 10)).collect();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for class in &classes {
            let radius = if class % 2.0 == 0.0 { 5.0 } else { 3.1 };
            x.push(radius * libm::cos(0.63 * class) + 0.6 * noise.bell());
            y.push(radius * libm::sin(0.63 * class) + 0.6 * noise.bell());
        }
        self.add("classes-x", x);
        self.add("classes-y", y);
        self.add("classes", classes);
    }

    /// Two half moons.
    fn moons(&mut self) {
        let mut noise = Noise(11);
        for (name, centre, sign, height) in [("zero", 0.0, 1.0, 0.1), ("one", 1.0, -1.0, 0.4)] {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for _ in 0..60 {
                let angle = noise.uniform() * std::f64::consts::PI;
                x.push(centre + libm::cos(angle) + 0.12 * noise.bell());
                y.push(height + sign * libm::sin(angle) + 0.12 * noise.bell());
            }
            self.add(format!("{name}-x"), x);
            self.add(format!("{name}-y"), y);
        }
    }

    /// Counts of ten classes, row by row.
    fn confusion(&mut self) {
        let mut noise = Noise(21);
        let mut count = |truth: i32, predicted: i32| match truth == predicted {
            true => 170.0 - 9.0 * f64::from(truth),
            false => 3.0 * (3.4 * noise.uniform() * noise.uniform() * noise.uniform()).floor(),
        };
        let counts: Vec<f64> = (0..100).map(|cell| count(cell / 10, cell % 10)).collect();
        self.add("confusion", counts);
    }

    /// Accuracies of four optimisers, of which trials with the same index began alike.
    fn scores(&mut self) {
        let mut noise = Noise(13);
        let starts: Vec<f64> = (0..50).map(|_| 0.015 * noise.bell()).collect();
        for (name, level, spread) in [
            ("SGD", 0.84, 0.025),
            ("momentum", 0.88, 0.02),
            ("RMSprop", 0.885, 0.022),
            ("Adam", 0.925, 0.012),
        ] {
            let score = |start: &f64, bell: f64| (level + start + spread * bell).min(0.995);
            let scores: Vec<f64> = starts.iter().map(|start| score(start, noise.bell())).collect();
            self.add(name, scores);
        }
    }

    /// The rates of two classifiers at all thresholds.
    fn roc(&mut self) {
        let mut noise = Noise(27);
        for (name, apart) in [("network", 2.2), ("linear", 1.1)] {
            let score = |class: i32, noise: &mut Noise| noise.bell() + apart * f64::from(class);
            let mut scores: Vec<(f64, i32)> =
                (0..300).map(|sample| (score(sample % 2, &mut noise), sample % 2)).collect();
            scores.sort_by(|a, b| b.0.total_cmp(&a.0));
            let rate = |of: i32| {
                let mut found = 0;
                let steps = scores.iter().map(move |(_, class)| {
                    found += i32::from(*class == of);
                    f64::from(found) / 150.0
                });
                [0.0].into_iter().chain(steps)
            };
            let (x, y) = (rate(0).collect::<Vec<_>>(), rate(1).collect::<Vec<_>>());
            self.add(format!("{name}-false"), x);
            self.add(format!("{name}-true"), y);
        }
    }

    /// Bins of probabilities of two classifiers: one is calibrated, the other is too sure.
    fn calibration(&mut self) {
        let samples = [210.0, 90.0, 60.0, 40.0, 30.0, 35.0, 45.0, 70.0, 110.0, 240.0];
        let predicted: Vec<f64> = (0..10).map(|bin| 0.05 + 0.1 * f64::from(bin)).collect();
        self.add("samples", samples);
        self.add("predicted", predicted.iter().copied());
        for (name, slope) in [("calibrated", 1.05), ("too-sure", 0.5)] {
            let odds = |p: &f64| libm::pow((1.0 - p) / p, slope);
            self.add(name, predicted.iter().map(|p| 1.0 / (1.0 + odds(p))));
        }
    }
}

/// Values that look random: a linear congruential generator.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
