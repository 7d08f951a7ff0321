//! Writes the document. The measured part stands between two marks; the text around it, written by people, stays.

use std::time::Duration;

use super::contestant::Contestant;
use super::forms::Forms;
use super::growth::{Growth, GrowthPoint};
use super::job::Timed;
use super::plan::Measurements;
use super::results::Results;
use super::sample::Sample;
use super::table::Table;
use super::text::{Unit, digits, duration, spread};
use super::work::Work;

const BEGIN: &str = "<!-- measured: begin; `cargo xtask compare` writes what follows -->";
const END: &str = "<!-- measured: end -->";

/// Replaces everything between the marks of an existing text, or makes a text of nothing but the marked part.
pub(super) fn insert(existing: Option<&str>, measured: &str) -> Result<String, String> {
    let marked = format!("{BEGIN}\n\n{measured}\n{END}");
    let Some(existing) = existing else { return Ok(marked + "\n") };
    let parts = existing.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| {
        format!(
            "expected the lines '{BEGIN}' and '{END}', found none; put them back or choose another file with --out"
        )
    })?;
    Ok(format!("{before}{marked}{after}"))
}

/// The measured part, in Markdown.
pub(super) fn measured(
    machine: &[String],
    plan: &Measurements,
    results: &Results,
    (forms, growth): (Option<&Forms>, Option<&Growth>),
    took: Duration,
) -> String {
    let mut text = String::from("## Measured\n\n");
    for line in machine {
        text += &format!("- {line}\n");
    }
    let quick = if plan.quick { "; a quick run, to try things out: publish none of it" } else { "" };
    text += &format!(
        "- {} rounds, medians with (least – most); windows of {} s; {:.0} minutes in all{quick}\n",
        plan.rounds,
        plan.seconds,
        (took.as_secs_f64() / 60.0).ceil()
    );
    text += "- Programs: ";
    let versions =
        results.contestants.iter().map(|(contestant, version)| format!("{} {version}", contestant.id));
    text += &versions.collect::<Vec<_>>().join(", ");
    text.push('\n');
    for (contestant, reason) in &results.left_out {
        text += &format!("- Left out: {}: {reason}\n", contestant.title);
    }

    text += &format!("\n### In short\n\n{}", short(plan, results));
    for (index, work) in plan.works.iter().enumerate() {
        text += &format!("\n### {}\n\n{}", work.title, detail(plan, results, index));
    }
    if let Some(forms) = forms {
        text += &format!("\n### nn alone, in single and double precision\n\n{}", by_form(forms));
    }
    if let Some(growth) = growth {
        let title = "XOR with more and more trials, as `cargo xtask figures` runs it";
        text += &format!("\n### {title}\n\n{}", by_trials(&growth.trials));
        text += &format!("\n### One step of a wider and wider network\n\n{}", by_width(&growth.widths));
    }
    text
}

/// The index of the conditions under which a contestant was fastest at a work, and its time there.
fn best(
    plan: &Measurements,
    results: &Results,
    contestant: &Contestant,
    work: usize,
) -> Option<(usize, Sample)> {
    let samples = (0..plan.conditions.len())
        .filter_map(|conditions| Some((conditions, results.wall(contestant, work, conditions)?)));
    samples.min_by(|(_, a), (_, b)| a.median.total_cmp(&b.median))
}

/// The table with one row per work: nn, its best peer, and PyTorch as users write it.
fn short(plan: &Measurements, results: &Results) -> String {
    let mut table = Table::new(["Work", "nn", "Best peer", "its time to nn's", "PyTorch as users write it"]);
    for (index, work) in plan.works.iter().enumerate() {
        let bests = |(contestant, _): &(Contestant, String)| {
            best(plan, results, contestant, index).map(|(_, sample)| (*contestant, sample))
        };
        let bests: Vec<(Contestant, Sample)> = results.contestants.iter().filter_map(bests).collect();
        let Some(&(_, nn)) = bests.iter().find(|(contestant, _)| contestant.id == "nn") else { continue };
        let ratio = |sample: Sample| format!("{} ×", digits(sample.median / nn.median));
        let peers = bests.iter().filter(|(contestant, _)| contestant.id != "nn");
        let peer = peers.min_by(|(_, a), (_, b)| a.median.total_cmp(&b.median));
        let eager = bests.iter().find(|(contestant, _)| contestant.id == "torch");
        let none = || "—".to_string();
        table.row(vec![
            work.title.clone(),
            value(work, nn),
            peer.map_or_else(none, |(contestant, sample)| {
                format!("{}: {}", contestant.title, value(work, *sample))
            }),
            peer.map_or_else(none, |(_, sample)| ratio(*sample)),
            eager.map_or_else(none, |(_, sample)| ratio(*sample)),
        ]);
    }
    table.markdown()
}

/// A time with its unit, in the quantity that the work is measured in.
fn value(work: &Work, each: Sample) -> String {
    let unit = unit(work, each.median);
    format!("{} {}", digits(shown(work, each, unit).median), unit.name)
}

/// The number of samples that one epoch or step learns from, if the work is measured in samples per second.
fn rated(work: &Work) -> Option<usize> {
    match work.timed {
        Timed::Epochs => Some(work.network.trained()),
        Timed::Throughput => Some(work.network.samples),
        _ => None,
    }
}

/// The unit of a work's numbers, chosen for a time of one trial, epoch, step, prediction or reading.
fn unit(work: &Work, each: f64) -> Unit {
    match rated(work) {
        Some(_) => Unit { name: "k samples/s", factor: 1e-3 },
        None => duration(each * work.trials as f64),
    }
}

/// Converts times of one trial, epoch, step, prediction or reading to the unit of the work.
fn shown(work: &Work, each: Sample, unit: Unit) -> Sample {
    match rated(work) {
        Some(samples) => each.reciprocal(samples as f64).times(unit.factor),
        None => each.times(work.trials as f64 * unit.factor),
    }
}

/// The table of one work: every contestant under all conditions.
fn detail(plan: &Measurements, results: &Results, index: usize) -> String {
    let work = &plan.works[index];
    let bests: Vec<Option<(usize, Sample)>> =
        results.contestants.iter().map(|(contestant, _)| best(plan, results, contestant, index)).collect();
    let median = |best: &Option<(usize, Sample)>| best.map_or(f64::INFINITY, |(_, sample)| sample.median);
    let of_nn = results.contestants.iter().position(|(contestant, _)| contestant.id == "nn");
    let nn = of_nn.map_or(f64::NAN, |nn| median(&bests[nn]));
    let best_peer = (0..bests.len())
        .filter(|&place| Some(place) != of_nn && bests[place].is_some())
        .min_by(|&a, &b| median(&bests[a]).total_cmp(&median(&bests[b])));
    let unit = unit(work, bests.iter().map(median).fold(f64::INFINITY, f64::min));
    let cpu_unit = if rated(work).is_some() { duration(nn) } else { unit };

    let columns: Vec<usize> =
        (0..plan.conditions.len()).filter(|&column| plan.measures(work, plan.conditions[column])).collect();
    let names = columns.iter().map(|&column| plan.conditions[column].to_string());
    let header = [unit.name.to_string()].into_iter().chain(names);
    let a_part = match work.timed {
        Timed::Epochs => ", an epoch",
        Timed::Throughput => ", a step",
        _ => "",
    };
    let cpu = format!("CPU {} at best{a_part}", cpu_unit.name);
    let mut table = Table::new(header.chain([cpu, "peak MB".into(), "time to nn's".into()]));
    let mut notes = String::new();
    for (place, (contestant, _)) in results.contestants.iter().enumerate() {
        let Some((conditions, sample)) = bests[place] else { continue };
        let mut cells = vec![contestant.title.to_string()];
        let trials = contestant.trials(work, plan.quick);
        if trials < work.trials {
            let plural = if trials == 1 { "trial" } else { "trials" };
            cells[0] += &format!(" ({trials} {plural}, scaled)");
        }
        for &column in &columns {
            let sample = results.wall(contestant, index, column);
            let text = sample.map_or("—".into(), |sample| spread(shown(work, sample, unit)));
            cells.push(if column == conditions { format!("{text} ←") } else { text });
        }
        let cpu = results.cpu(contestant, index, conditions).map_or(f64::NAN, |sample| sample.median);
        cells.push(digits(cpu * work.trials as f64 * cpu_unit.factor));
        cells.push(megabytes(results.memory(contestant, index)));
        cells.push(format!("{} ×", digits(sample.median / nn)));
        if Some(place) == best_peer {
            table.bold_row(cells);
        } else {
            table.row(cells);
        }
        if let Some(setup) = results.setup(contestant, index, conditions) {
            notes += &format!(
                "\n{}: {} s of compiling before, not counted.\n",
                contestant.title,
                digits(setup.median)
            );
        }
        if let Some(epochs) = results.epochs(contestant, index, conditions) {
            notes += &format!("\n{}: {} epochs in a trial.\n", contestant.title, digits(epochs.median));
        }
        if let Some(note) = contestant.note(work) {
            notes += &format!("\n{}: {note}.\n", contestant.title);
        }
    }
    table.markdown() + &notes
}

/// Formats KiB as MB, if the system reports them.
fn megabytes(kib: Option<usize>) -> String {
    kib.map_or("—".into(), |kib| digits(kib as f64 * 1024.0 / 1e6))
}

/// The table of nn's times in each form.
fn by_form(forms: &Forms) -> String {
    let columns = forms.names.iter().map(ToString::to_string);
    let mut table = Table::new(["Work".to_string(), "threads".into()].into_iter().chain(columns));
    for point in &forms.points {
        let unit = duration(point.walls.iter().map(|wall| wall.median).fold(f64::INFINITY, f64::min));
        let times =
            point.walls.iter().map(|wall| format!("{} {}", spread(wall.times(unit.factor)), unit.name));
        table.row([point.title.clone(), point.threads.to_string()].into_iter().chain(times).collect());
    }
    table.markdown()
}

/// The table of time and memory for each number of trials.
fn by_trials(points: &[GrowthPoint]) -> String {
    let mut table = Table::new([
        "trials",
        "threads",
        "ms a trial",
        "to the fewest trials",
        "gain of threads",
        "peak memory, MB",
    ]);
    for point in points {
        let at = |size: usize, threads: usize| {
            points.iter().find(|other| other.size == size && other.threads == threads)
        };
        let times = |ratio: Option<f64>| ratio.map_or("—".into(), |ratio| format!("{} ×", digits(ratio)));
        let seconds = |point: &GrowthPoint| point.wall.median;
        table.row(vec![
            digits(point.size as f64),
            point.threads.to_string(),
            spread(point.wall.times(1e3)),
            times(at(points[0].size, point.threads).map(|fewest| seconds(point) / seconds(fewest))),
            times(at(point.size, 1).map(|alone| seconds(alone) / seconds(point))),
            megabytes(point.memory),
        ]);
    }
    table.markdown()
}

/// The table of the time of a step for each width, and of its share for each hidden unit.
fn by_width(points: &[GrowthPoint]) -> String {
    let mut table = Table::new(["network", "threads", "µs a step", "ns a step and hidden unit"]);
    for point in points {
        table.row(vec![
            format!("2-{}-2", point.size),
            point.threads.to_string(),
            spread(point.wall.times(1e6)),
            digits(point.wall.median * 1e9 / point.size as f64),
        ]);
    }
    table.markdown()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::answer::Answer;
    use crate::compare::forms::FormPoint;
    use crate::compare::plan::Conditions;
    use crate::compare::{contestant, work};

    #[test]
    fn what_people_wrote_stays_and_what_was_measured_is_replaced() {
        let first = insert(None, "FIRST RUN\n").unwrap();
        assert_eq!(first, format!("{BEGIN}\n\nFIRST RUN\n\n{END}\n"));
        let edited = format!("# How fast it is\n\n{first}\nAnd a last word.\n");
        let second = insert(Some(&edited), "SECOND RUN\n").unwrap();
        assert_eq!(second, edited.replace("FIRST RUN", "SECOND RUN"));
    }

    #[test]
    fn the_document_of_the_workspace_has_its_marks() {
        let document = std::fs::read_to_string(crate::paths::benchmarks()).unwrap();
        assert!(insert(Some(&document), "numbers").unwrap().starts_with("# Benchmarks"));
    }

    #[test]
    fn a_document_without_marks_is_not_overwritten() {
        let error = insert(Some("# My own notes\n"), "one").unwrap_err();
        assert!(error.starts_with("expected the lines '<!-- measured: begin"), "{error}");
        assert!(insert(Some(&format!("{END}\n{BEGIN}\n")), "one").is_err());
    }

    #[test]
    fn a_table_marks_the_best_conditions_the_best_peer_and_what_is_scaled() {
        let plan = Measurements {
            quick: false,
            rounds: 3,
            seconds: 0.4,
            conditions: [1, 2].map(|threads| Conditions { threads, keep_memory: false }).to_vec(),
            works: work::all(false).into_iter().filter(|work| work.name == "regression").collect(),
            growth: false,
        };
        let find = contestant::find;
        let mut results =
            Results::new(["nn", "torch", "jax"].map(find).map(|contestant| (contestant, "1.0".into())));
        let mut record = |id, conditions, count, times: [f64; 3]| {
            for wall in times {
                let setup = (id == "jax").then_some(0.5);
                let answer = Answer {
                    work: "regression".into(),
                    loss: 1.0,
                    wall,
                    cpu: 2.0 * wall,
                    count,
                    setup,
                    memory: (id != "torch").then_some(10_000 * (conditions + 1)),
                    epochs: (id == "jax").then_some(28.5),
                };
                results.record(&find(id), 0, conditions, answer);
            }
        };
        record("nn", 0, 100, [0.02, 0.02, 0.03]);
        record("nn", 1, 100, [0.01, 0.012, 0.009]);
        record("torch", 0, 10, [2.0, 2.1, 1.9]);
        record("jax", 0, 100, [0.05, 0.06, 0.04]);
        record("jax", 1, 100, [0.07, 0.06, 0.07]);
        let text = detail(&plan, &results, 0);
        let rows: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect())
            .collect();
        assert_eq!(rows[0], ["ms", "1 thread", "2 threads", "CPU ms at best", "peak MB", "time to nn's"]);
        assert_eq!(rows[2], ["nn", "20.0 (20.0 – 30.0)", "10.0 (9.00 – 12.0) ←", "20.0", "10.2", "1.00 ×"]);
        let title = "PyTorch, as users write it (10 trials, scaled)";
        assert_eq!(rows[3], [title, "20 000 (19 000 – 21 000) ←", "—", "40 000", "—", "2 000 ×"]);
        let title = "**JAX, vmap + scan + jit**";
        let cells =
            ["**50.0 (40.0 – 60.0) ←**", "**70.0 (60.0 – 70.0)**", "**100**", "**10.2**", "**5.00 ×**"];
        assert_eq!(rows[4][0], title);
        assert_eq!(rows[4][1..], cells);
        assert_eq!(rows[6], ["JAX, vmap + scan + jit: 0.500 s of compiling before, not counted."]);
        assert_eq!(rows[8], ["JAX, vmap + scan + jit: 28.5 epochs in a trial."]);
        let short = short(&plan, &results);
        assert!(short.contains("JAX, vmap + scan + jit: 50.0 ms") && short.contains("5.00 ×"), "{short}");
        assert!(short.contains("2 000 ×"), "{short}");
    }

    #[test]
    fn forms_stand_side_by_side() {
        let time = |seconds| Sample { median: seconds, min: seconds, max: seconds };
        let walls = [2e-3, 4e-3].map(time).to_vec();
        let point = FormPoint { title: "LeNet".into(), threads: 2, walls };
        let table = by_form(&Forms { names: vec!["f32", "f64"], points: vec![point] });
        let last: Vec<&str> = table.lines().last().unwrap().split('|').map(str::trim).collect();
        assert_eq!(last[1..5], ["LeNet", "2", "2.00 (2.00 – 2.00) ms", "4.00 (4.00 – 4.00) ms"]);
    }

    #[test]
    fn growth_compares_with_the_first_size_and_with_one_thread() {
        let point = |size, threads, seconds| GrowthPoint {
            size,
            threads,
            wall: Sample { median: seconds, min: seconds, max: seconds },
            memory: Some(10_000),
        };
        let points =
            [point(100, 1, 2e-3), point(100, 2, 1e-3), point(1000, 1, 2.2e-3), point(1000, 2, 1.1e-3)];
        let table = by_trials(&points);
        let last: Vec<&str> = table.lines().last().unwrap().split('|').map(str::trim).collect();
        assert_eq!(last[1..7], ["1 000", "2", "1.10 (1.10 – 1.10)", "1.10 ×", "2.00 ×", "10.2"]);
        let last = by_width(&points);
        assert!(last.lines().last().unwrap().contains("| 2-1000-2 |"), "{last}");
    }
}
