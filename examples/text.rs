//! Trains a transformer on this project's own documentation, letter by letter, and asks whether it beats counting: the bits for each
//! letter of text that it has not seen, beside those of n-grams; what it writes; perplexity over the training:
//! `cargo run --release --example text`.

use std::collections::{BTreeMap, HashMap};
use std::f64::consts::LN_2;
use std::fs;

use byhand::core::rand::RngExt;
use byhand::core::{
    ClassMap, Embedding, Init, LayerNorm, PositionEmbedding, Scalar, Softmax, TransformerEncoderLayer,
};
use byhand::prelude::*;
use byhand::train::optim::AdamW;
use byhand::train::progress::Progress;
use byhand::train::schedule::OneCycleLr;
use byhand::viz::{Axis, Color, Corner, Curve, Figure, Look, Panel};
use nn_examples::say;

/// The text, in this order: what is held out is the end of the last page.
const PAGES: [&str; 8] = [
    "architecture.md",
    "testing.md",
    "theory/judging.md",
    "theory/losses.md",
    "theory/convolution.md",
    "theory/layers.md",
    "theory/sequences.md",
    "theory.md",
];
/// Letters that the training text has less often than this all count as one.
const RARE: usize = 5;
/// The number of letters that the transformer sees.
const CONTEXT: usize = 64;
/// The longest context of counting.
const LONGEST: usize = 5;
const FEATURES: usize = 64;
const LAYERS: usize = 2;
const EPOCHS: usize = 20;

/// The text as indices of letters. Index 0 stands for all rare ones.
struct Text {
    letters: Vec<char>,
    train: Vec<usize>,
    held_out: Vec<usize>,
}

impl Text {
    fn read() -> Result<Self, AnyError> {
        let mut text = Vec::new();
        for page in PAGES {
            let path = nn_examples::docs(page);
            let read = fs::read_to_string(&path);
            let fault = |error| AnyError::new(format!("cannot read {}: {error}", path.display()));
            text.extend(read.map_err(fault)?.chars());
        }
        let (train, held_out) = text.split_at(text.len() / 10 * 9);
        let mut counts = BTreeMap::new();
        train.iter().for_each(|&letter| *counts.entry(letter).or_insert(0) += 1);
        let often = counts.into_iter().filter(|&(_, count)| count >= RARE).map(|(letter, _)| letter);
        let letters: Vec<char> = ['�'].into_iter().chain(often).collect();
        let index = |letter: &char| letters[1..].binary_search(letter).map_or(0, |index| index + 1);
        let [train, held_out] = [train, held_out].map(|part| part.iter().map(index).collect::<Vec<_>>());
        Ok(Text { letters, train, held_out })
    }
}

/// Counts of what follows each context of the training text. The probability of the next letter mixes those of all context lengths by
/// the rule of Witten and Bell (1991): the more different letters have followed a context, the more likely is one that has not.
struct Counts<'a> {
    /// How often each letter follows a context.
    followers: HashMap<&'a [usize], BTreeMap<usize, usize>>,
    letters: usize,
}

impl<'a> Counts<'a> {
    fn of(text: &'a Text) -> Self {
        let mut followers: HashMap<_, BTreeMap<_, _>> = HashMap::new();
        for (at, &next) in text.train.iter().enumerate() {
            for length in 0..=LONGEST.min(at) {
                *followers.entry(&text.train[at - length..at]).or_default().entry(next).or_insert(0) += 1;
            }
        }
        Counts { followers, letters: text.letters.len() }
    }

    /// Returns the probability that `next` comes after this context.
    fn probability(&self, context: &[usize], next: usize) -> f64 {
        let shorter = match context.split_first() {
            Some((_, shorter)) => self.probability(shorter, next),
            None => 1.0 / self.letters as f64,
        };
        let Some(followers) = self.followers.get(context) else { return shorter };
        let count = followers.get(&next).copied().unwrap_or(0) as f64;
        let (total, different) = (followers.values().sum::<usize>() as f64, followers.len() as f64);
        (count + different * shorter) / (total + different)
    }

    /// Returns the number of contexts of at most this length.
    fn contexts(&self, length: usize) -> usize {
        self.followers.keys().filter(|context| context.len() <= length).count()
    }

    /// Returns the bits of each held-out letter but the first, given at most so many letters before it.
    fn bits(&self, text: &Text, length: usize) -> f64 {
        let all = &text.held_out;
        let bits = |at: usize| Scalar::ln(self.probability(&all[at.saturating_sub(length)..at], all[at]));
        -(1..all.len()).map(bits).sum::<f64>() / (all.len() - 1) as f64 / LN_2
    }
}

/// The label of a letter whose prediction does not count.
const IGNORED: usize = usize::MAX - 1;

/// Cuts a text into windows, each half a window after the one before; the last one ends with the text. Each letter has the next one as its
/// label. With `once`, each letter of the text counts in only one window, and there it has half a window or more before it, except at the beginning.
fn windows(text: &[usize], once: bool) -> Result<Dataset<f32, ClassMap>, AnyError> {
    let end = text.len() - 1 - CONTEXT;
    let starts: Vec<usize> = (0..end).step_by(CONTEXT / 2).chain([end]).collect();
    let x = Tensor::from_fn(starts.len(), CONTEXT, |sample, at| text[starts[sample] + at] as f32);
    let mut labels = Vec::new();
    let mut counted = 0;
    for start in starts {
        for next in start + 1..=start + CONTEXT {
            labels.push(if once && next <= counted { IGNORED } else { text[next] });
        }
        counted = start + CONTEXT;
    }
    Ok(Dataset::new(x, ClassMap::new(&[labels.len() / CONTEXT, CONTEXT], &labels)?)?)
}

fn loss() -> CrossEntropyLoss {
    CrossEntropyLoss::mean().classes_last().ignore_index(IGNORED)
}

/// Makes a decoder-only transformer: it sees the letters up to each place and scores the one that comes next.
fn network(letters: usize, rng: &mut ChaCha8Rng) -> Sequential<f32> {
    let small = Init::Normal(0.02);
    let mut network = Sequential::new()
        .append(Embedding::with_init(letters, FEATURES, small, rng))
        .append(PositionEmbedding::with_init(CONTEXT, FEATURES, small, rng));
    for _ in 0..LAYERS {
        let layer = TransformerEncoderLayer::new(FEATURES, 4, 4 * FEATURES, rng);
        network = network.append(layer.dropout(0.1).norm_first().causal());
    }
    network.append(LayerNorm::new([FEATURES])).append(Linear::new(FEATURES, letters, rng))
}

/// Trains the network. Its validation losses are those of the held-out text, which decides nothing.
fn train(text: &Text, epochs: usize) -> Result<(Sequential<f32>, History<f32>), AnyError> {
    const BATCH: usize = 32;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut network = network(text.letters.len(), &mut rng);
    let [train, held_out] = [windows(&text.train, false)?, windows(&text.held_out, true)?];
    let progress = Progress::new();
    let steps = epochs * train.samples().div_ceil(BATCH);
    let history = Trainer::new(AdamW::new(0.003))
        .epochs(epochs)
        .batch_size(BATCH)
        .step_schedule(OneCycleLr::new(0.003, steps))
        .clip_grad_norm(1.0)
        .observe(progress.epochs())
        .fit(&mut network, &loss(), &train, Some(&held_out), &mut rng)?;
    Ok((network, history))
}

/// Returns the bits of each held-out letter but the first.
fn bits(network: &Sequential<f32>, text: &Text) -> Result<f64, AnyError> {
    let held_out = windows(&text.held_out, true)?;
    Ok(f64::from(loss().value(&network.predict(held_out.x())?, held_out.y())?) / LN_2)
}

/// Writes so many letters after `start`. Each is drawn from the probabilities that the network gives, raised to 1/temperature: the
/// lower that is, the more often the likeliest letter.
fn write(
    network: &Sequential<f32>,
    text: &Text,
    start: &str,
    count: usize,
    temperature: f32,
) -> Result<String, AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let index = |letter: char| text.letters.iter().position(|&known| known == letter).unwrap_or(0);
    let mut written: Vec<usize> = start.chars().map(index).collect();
    while written.len() < count {
        let seen = &written[written.len().saturating_sub(CONTEXT)..];
        let scores = network.predict(&Tensor::from_fn(1, seen.len(), |_, at| seen[at] as f32))?;
        let letters = text.letters.len();
        let last = (seen.len() - 1) * letters;
        let scores = Tensor::from_fn(1, letters, |_, letter| scores[[0, last + letter]] / temperature);
        let mut left = rng.random::<f32>();
        let next = Softmax.predict(&scores)?.sample(0).position(|p| {
            left -= p;
            left < 0.0
        });
        written.push(next.unwrap_or(0));
    }
    Ok(written.into_iter().map(|index| text.letters[index]).collect())
}

fn main() -> Result<(), AnyError> {
    let text = Text::read()?;
    let [known, unknown] = [&text.train, &text.held_out].map(Vec::len);
    say!(
        "{known} letters of text to learn from, {unknown} held out, {} different ones\n",
        text.letters.len()
    )?;
    say!("bits for each held-out letter")?;
    let counts = Counts::of(&text);
    let counted: Vec<f64> = (0..=LONGEST).map(|length| counts.bits(&text, length)).collect();
    for (length, bits) in counted.iter().enumerate() {
        say!("  {:30} {bits:.3}", counting(length))?;
    }
    let (network, history) = train(&text, EPOCHS)?;
    let learned = bits(&network, &text)?;
    say!("  {:30} {learned:.3}", format!("transformer, {CONTEXT} letters before"))?;
    let (length, fewest) = best(&counted);
    let winner = if learned < fewest { "the transformer" } else { "counting" };
    say!(
        "\n{winner} wins: {learned:.3} of the transformer, with {} parameters, ",
        network.parameter_count()
    )?;
    say!(
        "against {fewest:.3} of counting, with {} contexts of up to {length} letters",
        counts.contexts(length)
    )?;
    for temperature in [0.5, 0.8] {
        say!(
            "\nwritten at temperature {temperature}:\n{}",
            write(&network, &text, "## ", 400, temperature)?
        )?;
    }
    nn_examples::save(&figure(&counted, &history), "text")
}

/// Returns the length of the context with the fewest bits, and these.
fn best(counted: &[f64]) -> (usize, f64) {
    let numbered = counted.iter().copied().enumerate();
    numbered.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or((0, f64::NAN))
}

/// Names the prediction from counts.
fn counting(length: usize) -> String {
    format!("counting, {length} {} before", if length == 1 { "letter" } else { "letters" })
}

/// Draws the perplexity over the training, beside that of counting.
fn figure(counted: &[f64], history: &History<f32>) -> Figure {
    let epochs: Vec<f64> = (1..=history.epochs()).map(|epoch| epoch as f64).collect();
    let perplexity =
        |losses: &[f32]| -> Vec<f64> { losses.iter().map(|&loss| Scalar::exp(f64::from(loss))).collect() };
    let mut panel = Panel::new("Perplexity: among so many letters one might as well guess the next")
        .x(Axis::linear("Epoch"))
        .y(Axis::log("Perplexity"))
        .line("transformer, text of the training", &epochs, &perplexity(&history.loss), Color::GREY)
        .mark(Curve::new(
            "transformer, held-out text",
            &epochs,
            &perplexity(&history.validation),
            Look::nth(0),
        ))
        .legend(Corner::TopRight);
    for length in [1, 2, best(counted).0] {
        let level = vec![Scalar::exp(counted[length] * LN_2); epochs.len()];
        let look = Look::nth(length).without_symbols();
        panel = panel.mark(Curve::new(counting(length), &epochs, &level, look));
    }
    Figure::new(7.2, 4.6).title("A transformer reads the documentation of this project").row(4.0, [panel])
}

#[test]
fn counting_improves_with_context_and_its_probabilities_add_up_to_1() {
    let text = Text::read().unwrap();
    let counts = Counts::of(&text);
    let counted: Vec<f64> = (0..=LONGEST).map(|length| counts.bits(&text, length)).collect();
    assert!(counted[..4].is_sorted_by(|longer, shorter| longer > shorter), "{counted:?}");
    for context in [&text.train[..0], &text.train[7..12], &[0, 0, 0]] {
        let total: f64 = (0..text.letters.len()).map(|next| counts.probability(context, next)).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
}

/// As slow as the program. It reads the documentation, so every change of those pages changes what it prints.
#[test]
#[ignore = "takes minutes; for a release: cargo test --release -p nn-examples --example text -- --ignored"]
fn the_gallery_shows_what_the_pages_of_today_teach() {
    nn_examples::check_gallery("text", main);
}

/// A single epoch is enough to learn more than how often each letter is.
#[test]
fn a_transformer_learns_to_use_context() {
    let text = Text::read().unwrap();
    let (network, _) = train(&text, 1).unwrap();
    let (learned, single) = (bits(&network, &text).unwrap(), Counts::of(&text).bits(&text, 0));
    assert!(learned < 0.95 * single, "{learned} against {single}");
}
