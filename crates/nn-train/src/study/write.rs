//! Writes a [shard](super::shard), whose format is described there.

use std::ops::Range;

use nn_core::Scalar;

use super::header::{BITS, Header, Identity, Precision, Report};
use crate::failure::shortened;
use crate::{Cost, Ensemble, Failure, Run};

/// The number of characters that are kept of the cause of a failure.
const LONGEST_CAUSE: usize = 200;

/// Returns the bytes of a shard with these trials, all of which have ended: `ensemble` is `None` if there are none, or if all of
/// them failed.
pub(super) fn bytes<F: Scalar, K>(
    study: &Identity,
    range: Range<usize>,
    ensemble: Option<&Ensemble<F, K>>,
    failures: &[Failure],
    cost: Cost,
) -> Vec<u8> {
    let runs: Vec<(usize, &Run<F, K>)> =
        ensemble.map_or(Vec::new(), |ensemble| ensemble.runs().indexed().collect());
    let first = runs.first().map(|(_, run)| *run);
    let score = first.and_then(|run| run.score.as_ref());
    let header = Header {
        study: study.clone(),
        nn: env!("CARGO_PKG_VERSION").into(),
        cost,
        report: Report {
            validation: first.is_some_and(|run| !run.validation.is_empty()),
            score: score.map(|score| (score.better, score.name.clone())),
            success: first.is_some_and(|run| run.success.is_some()),
        },
        failures: failures
            .iter()
            .map(|failure| (failure.index, shortened(&failure.cause, LONGEST_CAUSE)))
            .collect(),
        range,
        runs: runs.len(),
        epochs: runs.iter().map(|(_, run)| run.curve.len()).max().unwrap_or(0),
    };
    let mut bytes = header.to_string().into_bytes();
    for (index, run) in &runs {
        let number = |number: usize| (number as u64).to_le_bytes();
        bytes.extend(number(*index));
        bytes.extend(number(run.curve.len()));
        bytes.extend(run.restored.map_or(u64::MAX.to_le_bytes(), number));
        bytes.extend(run.score.as_ref().map_or(0.0, |score| plain(score.value)).to_le_bytes());
        bytes.push(u8::from(run.diverged) | u8::from(run.success == Some(true)) << 1);
    }
    let curves =
        |curve: fn(&Run<F, K>) -> &Vec<F>| runs.iter().map(|(_, run)| &curve(run)[..]).collect::<Vec<_>>();
    put_by_epoch(&mut bytes, study.precision, &curves(|run| &run.curve));
    put_by_epoch(&mut bytes, study.precision, &curves(|run| &run.validation));
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// Writes the first loss of every curve, then the second of every curve that has one, and so on.
fn put_by_epoch<F: Scalar>(bytes: &mut Vec<u8>, precision: Precision, curves: &[&[F]]) {
    let epochs = curves.iter().map(|curve| curve.len()).max().unwrap_or(0);
    for epoch in 0..epochs {
        for loss in curves.iter().filter_map(|curve| curve.get(epoch)) {
            match precision {
                Precision::F32 => bytes.extend((plain(loss.to_f64()) as f32).to_le_bytes()),
                Precision::F64 => bytes.extend(plain(loss.to_f64()).to_le_bytes()),
            }
        }
    }
}

/// The value, with the same bits for every NaN: which of them comes out of a computation depends on the CPU.
pub(crate) fn plain(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// The precision of a type.
pub(super) fn precision<F: Scalar>() -> Precision {
    if size_of::<F>() == size_of::<f32>() { Precision::F32 } else { Precision::F64 }
}

/// The version of the bits that this library computes.
pub(super) fn bits() -> String {
    BITS.into()
}
