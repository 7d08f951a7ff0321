"""Writes crates/nn-core/src/math/tanh.rs: the rational function that nn-core uses for tanh in f32.

    pip install -r scripts/requirements.txt
    python scripts/tanh_fit.py            # rewrites the file
    python scripts/tanh_fit.py --check    # fails if it would change

tanh(a/2) = h/d with h = a/2 (1 + a² N) and d = 1 + a² D, where N and D are polynomials in a², and tanh a = p / (p + q) with
p = 2 h d and q = (d − h)². For large a, q is small beside p: an error in h/d is multiplied by 1/cosh a. So the least-squares fit
weights each point by that. Multiplied by d, it is linear in the coefficients; d is taken from the previous round. The weights
are then multiplied by the remaining errors (Lawson's algorithm), which reduces the largest error to nearly that of the best
function.

The rounding errors are much larger. So each coefficient is tried a few units to either side, and those with the smallest
rounding errors are kept; their errors are then measured over all floats.
"""

import numpy as np
import oracle
from mpmath import cos, lu_solve, matrix, mp, mpf, pi, sech, tanh

mp.dps = 40
FILE = "crates/nn-core/src/math/tanh.rs"
POINTS, ROUNDS = 80, 20
# Terms of N and of D, and an argument from which on tanh rounds to 1.
TOP, BOTTOM, HIGH = 2, 3, 9.1
ONE, HALF, TWO = np.float32(1), np.float32(0.5), np.float32(2)


def fit():
    """Returns the coefficients of N and of D, and the largest relative error that they leave in tanh up to `HIGH`."""
    points = [mpf(HIGH) / 2 * (1 + cos(pi * (2 * i + 1) / (2 * POINTS))) for i in range(POINTS)]
    powers = [[a ** (2 * k) for k in range(1, BOTTOM + 1)] for a in points]
    # With r = a/2 / tanh(a/2): r (1 + a² N) = 1 + a² D.
    ratios = [a / 2 / tanh(a / 2) for a in points]
    rows = [[r * x for x in p[:TOP]] + [-x for x in p] for r, p in zip(ratios, powers)]
    size = range(TOP + BOTTOM)
    weights, divisors, best = [mpf(1)] * POINTS, [mpf(1)] * POINTS, None
    for turn in range(ROUNDS):
        scales = [w * (sech(a) / d) ** 2 for w, d, a in zip(weights, divisors, points)]
        normal = matrix([[sum(s * row[i] * row[j] for s, row in zip(scales, rows)) for j in size] for i in size])
        right = matrix([sum(s * row[i] * (1 - r) for s, row, r in zip(scales, rows, ratios)) for i in size])
        solution = list(lu_solve(normal, right))
        divisors = [1 + sum(c * x for c, x in zip(solution[TOP:], p)) for p in powers]
        halves = [a / 2 * (1 + sum(c * x for c, x in zip(solution[:TOP], p))) for a, p in zip(points, powers)]
        errors = [abs(2 * h * d / (h * h + d * d) / tanh(a) - 1) for h, d, a in zip(halves, divisors, points)]
        if best is None or max(errors) < best[1]:
            best = (solution, max(errors))
        # The divisors have to settle first.
        if turn >= 3:
            weights = [w * e for w, e in zip(weights, errors)]
            weights = [w * POINTS / sum(weights) for w in weights]
    return best


def fused(a, b, c):
    """Returns a b + c rounded once (except where doubles round it to halfway between two floats)."""
    return (a.astype(np.float64) * b.astype(np.float64) + c).astype(np.float32)


def evaluate(coefficients, a):
    """Computes what nn-core's `tanh` computes, operation by operation."""
    n0, n1, d0, d1, d2 = coefficients
    z = a * a
    over = (a * z) * fused(z, n1, n0)
    e = z * fused(z, fused(z, d2, d1), d0)
    twice = a + over
    g = fused(twice, -HALF, e)
    q = fused(g, TWO + g, ONE)
    p = a + fused(twice, e, over)
    return p / (p + q)


def floats(low, high, step):
    low, high = (int(np.float32(x).view(np.uint32)) for x in (low, high))
    return np.arange(low, high, step, dtype=np.uint32).view(np.float32)


def truth(a):
    """Returns tanh and the unit in the last place of the float nearest to it."""
    want = np.tanh(a.astype(np.float64))
    return want, np.spacing(want.astype(np.float32)).astype(np.float64)


def worst(coefficients, a, want, unit):
    return np.max(np.abs(evaluate(coefficients, a) - want) / unit)


def rounded(exact):
    """Returns the coefficients as f32, and the largest error over all floats: below 2⁻²⁵ the result is the argument."""
    best = [np.float32(float(c)) for c in exact]
    # Most samples are where tanh approaches ½, because its unit is smallest beside it there, and the errors are largest.
    sample = np.concatenate([floats(2.0**-8, HIGH, 151), floats(0.5, 0.55, 2)])
    known = truth(sample)
    error, changed = worst(best, sample, *known), True
    while changed:
        changed = False
        for i in range(len(best)):
            for units in (-8, -4, -2, -1, 1, 2, 4, 8):
                tried = list(best)
                tried[i] = best[i] + np.float32(units) * np.spacing(best[i])
                # The gain must exceed the differences of NumPy's tanh between machines.
                if (new := worst(tried, sample, *known)) < error - 1e-6:
                    best, error, changed = tried, new, True
    edges = [2.0**k for k in range(-25, 4)] + [HIGH]
    return best, max(worst(best, a, *truth(a)) for a in (floats(x, y, 1) for x, y in zip(edges, edges[1:])))


def text():
    exact, error = fit()
    coefficients, largest = rounded(exact)
    n, d = ([np.format_float_positional(c, unique=True) for c in part] for part in (coefficients[:TOP], coefficients[TOP:]))
    return (
        "//! Coefficients of N and D in powers of a², where tanh(a/2) = a/2 (1 + a² N) / (1 + a² D). Written by\n"
        "//! `scripts/tanh_fit.py`.\n"
        "//!\n"
        f"//! Up to {HIGH}; wrong by at most {mp.nstr(error * 2**24, 1)} units in the last place of tanh, over all floats by {largest:.2f} with the errors of\n"
        "//! rounding.\n\n"
        f"pub(super) const N: [f32; {TOP}] = [{', '.join(n)}];\n"
        f"pub(super) const D: [f32; {BOTTOM}] = [{', '.join(d)}];\n"
    )


if __name__ == "__main__":
    oracle.main("Writes the coefficients of tanh.", {FILE: text()})
