//! cos and sin with the same bits on every platform, which std's do not have.
//!
//! Angles are measured in turns, because a full turn is exactly 1: subtracting whole and quarter turns is exact, however
//! large the angle. The remainder is at most an eighth of a turn, and two Taylor series compute its cosine and sine.

use std::f64::consts::TAU;

/// Returns cos 2πt and sin 2πt, within 2 units in the last place for every finite t and exact at the quarter turns.
pub(super) fn cos_sin(turns: f64) -> (f64, f64) {
    let part = turns - turns.round_ties_even();
    let quarter = (4.0 * part).round_ties_even();
    let (cos, sin) = within_an_eighth(part - 0.25 * quarter);
    // A quarter turn maps (cos, sin) to (−sin, cos). Adding 0 makes every zero positive.
    let (cos, sin) = match quarter as i8 {
        0 => (cos, sin),
        1 => (-sin, cos),
        -1 => (sin, -cos),
        _ => (-cos, -sin),
    };
    (cos + 0.0, sin + 0.0)
}

/// For |t| ≤ 1/8, which are angles up to π/4. The first omitted term is below 0.02 units in the last place.
fn within_an_eighth(turns: f64) -> (f64, f64) {
    let angle = TAU * turns;
    let z = angle * angle;
    let (mut cos, mut sin) = (0.0, 0.0);
    // cos = 1 − z/2! + z²/4! − …, sin = angle (1 − z/3! + z²/5! − …), evaluated from the last terms, z⁸/16! and z⁸/17!.
    for k in (1..=8).rev() {
        let even = f64::from(2 * k);
        cos = -z / (even * (even - 1.0)) * (1.0 + cos);
        sin = -z / (even * (even + 1.0)) * (1.0 + sin);
    }
    (1.0 + cos, angle + angle * sin)
}

#[cfg(test)]
mod tests {
    use super::cos_sin;

    /// Compared with values of 80 digits, made by `scripts/angle_oracle.py`.
    #[test]
    fn cos_and_sin_stay_within_their_bound() {
        let mut points = 0;
        let mut worst = (0.0, "", 0.0);
        let mut name = "";
        for line in include_str!("../../tests/oracle/angle.txt").lines().skip(1) {
            let columns: Vec<&str> = line.split(' ').collect();
            let &[turns, cut, rest] = &columns[..] else {
                name = line;
                continue;
            };
            let bits = |text| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
            let (turns, cut, rest): (f64, f64, f64) = (bits(turns), bits(cut), rest.parse().unwrap());
            let (cos, sin) = cos_sin(turns);
            let got = if name == "cos" { cos } else { sin };
            let unit = f64::from_bits(cut.abs().to_bits() + 1) - cut.abs();
            let error = ((got - cut) / unit - rest.copysign(cut)).abs();
            assert!(!error.is_nan(), "{name} {turns:e}");
            worst = if error > worst.0 { (error, name, turns) } else { worst };
            points += 1;
        }
        assert!(points > 1500, "{points} points");
        assert!(worst.0 < 2.0, "{worst:?}");
    }

    #[test]
    fn quarter_turns_are_exact_and_no_zero_is_negative() {
        for whole in [-3.0, -1.0, 0.0, 1.0, 1e6] {
            for (turns, cos, sin) in
                [(0.0, 1.0, 0.0), (0.25, 0.0, 1.0), (0.5, -1.0, 0.0), (0.75, 0.0, -1.0), (1.0, 1.0, 0.0)]
            {
                let (c, s) = cos_sin(whole + turns);
                let bits = |x: f64, y: f64| (x.to_bits(), y.to_bits());
                assert_eq!(bits(c, s), bits(cos, sin), "{turns} + {whole}");
            }
        }
    }

    /// cos² + sin² = 1, and the negative angle has the negative sine.
    #[test]
    fn they_lie_on_the_unit_circle() {
        for i in 0..10_000 {
            let turns = f64::from(i) / 7919.0;
            let (cos, sin) = cos_sin(turns);
            assert!((cos * cos + sin * sin - 1.0).abs() < 6e-16, "{turns}");
            assert_eq!(cos_sin(-turns), (cos, -sin), "{turns}");
        }
    }
}
