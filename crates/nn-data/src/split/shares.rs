//! How many samples of each class come into each part.

/// Shares the samples of `classes` (how many each has) out to `parts` (how many each takes; together all). Class by class,
/// a part gets the share that its size asks for, class · part / samples, rounded down or one more. Larger remainders are
/// rounded up first: no two classes could exchange parts and be nearer to their shares. For two parts, this is the method of
/// the largest remainders. Returns the parts' numbers for each class.
pub(super) fn shares<const P: usize>(classes: &[usize], parts: [usize; P]) -> Vec<[usize; P]> {
    let samples: usize = parts.iter().sum();
    let product = |class: usize, part: usize| class as u128 * part as u128;
    let remainder =
        |class: usize, part: usize| (product(classes[class], parts[part]) % samples as u128) as i128;
    let mut shares: Vec<[usize; P]> = classes
        .iter()
        .map(|&class| parts.map(|part| (product(class, part) / samples as u128) as usize))
        .collect();

    // What rounding down left over, to the parts that miss most. No part runs out before a class has found its places:
    // the remainders themselves are a solution in fractions, and where there is one, this way finds one in whole numbers.
    let mut missing = parts;
    for share in &shares {
        for part in 0..P {
            missing[part] -= share[part];
        }
    }
    let mut more = vec![[false; P]; classes.len()];
    for (class, more) in more.iter_mut().enumerate() {
        let left = classes[class] - shares[class].iter().sum::<usize>();
        let mut order: Vec<usize> = (0..P).collect();
        order.sort_by_key(|&part| (std::cmp::Reverse(missing[part]), part));
        for &part in &order[..left] {
            more[part] = true;
            missing[part] -= 1;
        }
    }
    while exchange(&mut more, remainder) {}

    for (share, more) in shares.iter_mut().zip(&more) {
        for part in 0..P {
            share[part] += usize::from(more[part]);
        }
    }
    shares
}

/// Lets two classes exchange parts wherever that rounds larger remainders up. Whether there was such a place.
fn exchange<const P: usize>(more: &mut [[bool; P]], remainder: impl Fn(usize, usize) -> i128) -> bool {
    let mut changed = false;
    for (a, b) in (0..P).flat_map(|b| (0..b).map(move |a| (a, b))) {
        // Those that could give up one in the first part for one in the second, the greatest gain first.
        let movers = |from: usize, to: usize, more: &[[bool; P]]| {
            let mut movers: Vec<(i128, usize)> = (0..more.len())
                .filter(|&class| more[class][from] && !more[class][to])
                .map(|class| (remainder(class, from) - remainder(class, to), class))
                .collect();
            movers.sort_unstable();
            movers
        };
        let (there, back) = (movers(a, b, more), movers(b, a, more));
        for ((loss, first), (other, second)) in there.into_iter().zip(back) {
            if loss + other >= 0 {
                break;
            }
            more[first].swap(a, b);
            more[second].swap(a, b);
            changed = true;
        }
    }
    changed
}
