//! The results of a run as a JSON document. All times are in seconds, all sizes of memory in KiB.

use std::time::Duration;

use serde_json::{Value, json};

use super::contestant::Contestant;
use super::forms::Forms;
use super::growth::{Growth, GrowthPoint};
use super::plan::{Conditions, Measurements};
use super::results::Results;
use super::sample::Sample;

/// Everything that the tables say, and the measurements under all conditions.
pub(super) fn results(
    machine: &[String],
    plan: &Measurements,
    results: &Results,
    (forms, growth): (Option<&Forms>, Option<&Growth>),
    took: Duration,
) -> Value {
    let programs = results.contestants.iter().map(|(contestant, version)| {
        json!({ "name": contestant.id, "title": contestant.title, "version": version })
    });
    let left_out = results.left_out.iter().map(
        |(contestant, reason)| json!({ "name": contestant.id, "title": contestant.title, "reason": reason }),
    );
    json!({
        "machine": machine,
        "quick": plan.quick,
        "rounds": plan.rounds,
        "window": plan.seconds,
        "seconds": took.as_secs_f64(),
        "programs": programs.collect::<Vec<Value>>(),
        "left_out": left_out.collect::<Vec<Value>>(),
        "works": (0..plan.works.len()).map(|work| of_work(plan, results, work)).collect::<Vec<Value>>(),
        "forms": forms.map(by_form),
        "growth": growth.map(|Growth { trials, widths }| json!({
            "trials": trials.iter().map(growth_point).collect::<Vec<Value>>(),
            "widths": widths.iter().map(growth_point).collect::<Vec<Value>>(),
        })),
    })
}

/// A work, with a measurement for each program and each of the conditions under which it ran.
fn of_work(plan: &Measurements, results: &Results, work: usize) -> Value {
    let all = results.contestants.iter().flat_map(|(contestant, _)| {
        let conditions = plan.conditions.iter().enumerate();
        conditions.map(move |(place, conditions)| (contestant, place, conditions))
    });
    let measurements = all.filter_map(|(contestant, place, conditions)| {
        measurement(plan, results, (contestant, work), (place, *conditions))
    });
    json!({
        "name": plan.works[work].name,
        "title": plan.works[work].title,
        "group": plan.works[work].group.name(),
        "trials": plan.works[work].trials,
        "measurements": measurements.collect::<Vec<Value>>(),
    })
}

/// The times of one trial, epoch, step, prediction or reading.
fn measurement(
    plan: &Measurements,
    results: &Results,
    (contestant, work): (&Contestant, usize),
    (place, Conditions { threads, keep_memory }): (usize, Conditions),
) -> Option<Value> {
    let wall = results.wall(contestant, work, place)?;
    Some(json!({
        "program": contestant.id,
        "threads": threads,
        "keeps_memory": keep_memory,
        "trials": contestant.trials(&plan.works[work], plan.quick),
        "wall": sample(wall),
        "cpu": results.cpu(contestant, work, place).map(sample),
        "compiling": results.setup(contestant, work, place).map(sample),
        "epochs": results.epochs(contestant, work, place).map(sample),
        "peak_memory": results.memory(contestant, work),
    }))
}

fn by_form(forms: &Forms) -> Value {
    let point = |point: &super::forms::FormPoint| {
        let times = forms.names.iter().zip(&point.walls);
        let times = times.map(|(name, wall)| json!({ "form": name, "wall": sample(*wall) }));
        json!({ "title": point.title, "threads": point.threads, "forms": times.collect::<Vec<Value>>() })
    };
    forms.points.iter().map(point).collect()
}

fn growth_point(point: &GrowthPoint) -> Value {
    let GrowthPoint { size, threads, wall, memory } = point;
    json!({ "size": size, "threads": threads, "wall": sample(*wall), "peak_memory": memory })
}

fn sample(Sample { median, min, max }: Sample) -> Value {
    json!({ "median": median, "min": min, "max": max })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::answer::Answer;
    use crate::compare::{contestant, work};

    #[test]
    fn each_program_has_a_measurement_for_the_conditions_under_which_it_ran() {
        let plan = Measurements {
            quick: true,
            rounds: 2,
            seconds: 0.05,
            conditions: [1, 2].map(|threads| Conditions { threads, keep_memory: false }).to_vec(),
            works: work::all(false).into_iter().filter(|work| work.name == "regression").collect(),
            growth: false,
        };
        let find = contestant::find;
        let mut found = Results::new(["nn", "jax"].map(find).map(|contestant| (contestant, "1.0".into())));
        found.left_out.push((find("torch"), "it is not installed".into()));
        for (id, place, wall) in [("nn", 0, 0.1), ("nn", 0, 0.3), ("nn", 1, 1.0 / 3.0), ("jax", 1, 0.5)] {
            let answer = Answer {
                work: "regression".into(),
                loss: 1.0,
                wall,
                cpu: 2.0 * wall,
                count: 1,
                setup: None,
                memory: Some(10_000),
                epochs: None,
            };
            found.record(&find(id), 0, place, answer);
        }
        let machine = ["CPU: one".to_string()];
        let document = results(&machine, &plan, &found, (None, None), Duration::from_secs(3));
        let document: Value = serde_json::from_str(&document.to_string()).unwrap();
        let measurements = document["works"][0]["measurements"].as_array().unwrap();
        let programs: Vec<(&Value, &Value)> =
            measurements.iter().map(|found| (&found["program"], &found["threads"])).collect();
        let (nn, jax) = (&json!("nn"), &json!("jax"));
        assert_eq!(programs, [(nn, &json!(1)), (nn, &json!(2)), (jax, &json!(2))]);
        assert_eq!(measurements[0]["wall"], json!({ "median": 0.2, "min": 0.1, "max": 0.3 }));
        assert_eq!(measurements[1]["wall"]["median"].as_f64(), Some(1.0 / 3.0));
        assert_eq!(measurements[1]["compiling"], Value::Null);
        assert_eq!(document["left_out"][0]["reason"], "it is not installed");
        assert_eq!((&document["growth"], &document["rounds"]), (&Value::Null, &json!(2)));
    }
}
