//! A history as a file: every number, every name, and nothing that is not finite as a number.

use nn_train::prelude::*;
use serde_json::Value;

/// Two epochs with names and values that need care.
fn history<F: nn_train::nn_core::Scalar>() -> History<F> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data = make_xor::<F>(20, 0.3, &mut rng).unwrap();
    let mut history = Trainer::new(Adam::new(0.01))
        .epochs(2)
        .metric("plain", |_, _| Ok(0.1 + 0.2))
        .metric("a, \"b\"\n\\", |_, _| Ok(f64::NAN))
        .training_metrics()
        .fit(&mut Linear::new(2, 2, &mut rng), &CrossEntropyLoss::mean(), &data, Some(&data), &mut rng)
        .unwrap();
    history.loss[1] = F::from_f64(f64::INFINITY);
    history.validation[0] = F::from_f64(f64::NAN);
    history
}

#[test]
fn csv_has_a_row_for_each_epoch_and_a_column_for_each_curve() {
    let history = history::<f32>();
    let (loss, validation) = (history.loss[0], history.validation[1]);
    let plain = "0.30000000000000004";
    assert_eq!(
        history.to_csv(),
        format!(
            "epoch,loss,plain,\"a, \"\"b\"\"\n\\\",validation_loss,validation_plain,\"validation_a, \"\"b\"\"\n\\\"\n\
             1,{loss},{plain},NaN,NaN,{plain},NaN\n\
             2,inf,{plain},NaN,{validation},{plain},NaN\n"
        )
    );
    assert_eq!(history.to_csv().parse_loss(), Some(loss));
    // Without validation data and metrics only the loss is left.
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data = make_xor::<f64>(20, 0.3, &mut rng).unwrap();
    let mut line = Linear::new(2, 2, &mut rng);
    let plain =
        GradientDescent::new(0.1, 1).fit(&mut line, &CrossEntropyLoss::mean(), &data, &mut rng).unwrap();
    assert_eq!(plain.to_csv(), format!("epoch,loss\n1,{}\n", plain.loss[0]));
}

trait ParseLoss {
    fn parse_loss(&self) -> Option<f32>;
}

impl ParseLoss for String {
    /// The loss of the first epoch, read back.
    fn parse_loss(&self) -> Option<f32> {
        let row = self.lines().find(|line| line.starts_with("1,"))?;
        row.split(',').nth(1)?.parse().ok()
    }
}

#[test]
fn json_has_every_field_under_its_name() {
    let history = history::<f64>();
    let json: Value = serde_json::from_str(&history.to_json()).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "best",
            "diverged",
            "loss",
            "metrics",
            "restored",
            "skipped_steps",
            "stopped_early",
            "training_metrics",
            "validation"
        ]
    );
    assert_eq!((json["loss"][0].as_f64(), &json["loss"][1]), (Some(history.loss[0]), &Value::Null));
    assert_eq!(
        (&json["validation"][0], json["validation"][1].as_f64()),
        (&Value::Null, Some(history.validation[1]))
    );
    for curves in ["metrics", "training_metrics"] {
        assert_eq!(json[curves]["plain"], serde_json::json!([0.1 + 0.2, 0.1 + 0.2]));
        assert_eq!(json[curves]["a, \"b\"\n\\"], serde_json::json!([null, null]));
    }
    assert_eq!((&json["best"], &json["restored"]), (&serde_json::json!(1), &Value::Null));
    assert_eq!(json["diverged"], Value::Bool(false));
}

#[test]
fn files_are_written_whole_or_not_at_all() {
    let (history, directory) = (history::<f64>(), tempfile::tempdir().unwrap());
    let (csv, json) = (directory.path().join("a.csv"), directory.path().join("a.json"));
    history.save_csv(&csv).unwrap();
    history.save_json(&json).unwrap();
    assert_eq!(std::fs::read_to_string(csv).unwrap(), history.to_csv());
    assert_eq!(std::fs::read_to_string(json).unwrap(), history.to_json());
    let error = history.save_csv(directory.path()).unwrap_err().to_string();
    assert!(error.contains(&directory.path().display().to_string()), "{error}");
}
