//! The number of samples of each class in each part.

/// Distributes the samples of `classes` (their sizes) over `parts` (their sizes, which add up to all samples) and returns the
/// number in each part for each class. A part gets the share of a class that its size asks for, class · part / samples,
/// rounded down or rounded up. Larger remainders are rounded up first, so that no exchange between two classes would bring
/// them nearer to their shares. For two parts, this is the method of the largest remainders.
pub(super) fn shares<const P: usize>(classes: &[usize], parts: [usize; P]) -> Vec<[usize; P]> {
    let samples: usize = parts.iter().sum();
    let product = |class: usize, part: usize| class as u128 * part as u128;
    let remainder =
        |class: usize, part: usize| (product(classes[class], parts[part]) % samples as u128) as i128;
    let mut shares: Vec<[usize; P]> = classes
        .iter()
        .map(|&class| parts.map(|part| (product(class, part) / samples as u128) as usize))
        .collect();

    // Gives what rounding down left over to the parts that lack most. No part is full before a class has its places: the
    // remainders themselves are a solution in fractions, and where one exists, this greedy choice finds one in whole numbers.
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

/// Lets two classes exchange parts wherever that rounds up larger remainders. Returns whether any exchange was made.
fn exchange<const P: usize>(more: &mut [[bool; P]], remainder: impl Fn(usize, usize) -> i128) -> bool {
    let mut changed = false;
    for (a, b) in (0..P).flat_map(|b| (0..b).map(move |a| (a, b))) {
        // The classes that could give up a place in the first part for one in the second, the greatest gain first.
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
