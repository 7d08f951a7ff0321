"""Writes crates/nn-core/src/math/ln_1p.rs: the polynomials that nn-core uses for ln(1 + x) from 0 to 1.

    pip install -r scripts/requirements.txt
    python scripts/ln_1p_fit.py            # rewrites the file
    python scripts/ln_1p_fit.py --check    # fails if it would change

ln(1 + x) = x + x² Q(x), where x itself carries the digits near 0. Q is fitted by least squares, with each point weighted by
x² / ln(1 + x), the effect of an error there on the relative error of the result. The weights are then multiplied by the
remaining errors (Lawson's algorithm), which reduces the largest error to nearly that of the best polynomial.
"""

import numpy as np
import oracle
from mpmath import cos, log1p, lu_solve, matrix, mp, mpf, pi

mp.dps = 60
FILE = "crates/nn-core/src/math/ln_1p.rs"
POINTS, ROUNDS = 120, 12


def fit(terms):
    """Returns the coefficients of Q in powers of x, and the largest relative error that they leave in ln(1 + x)."""
    points = [(1 + cos(pi * (2 * i + 1) / (2 * POINTS))) / 2 for i in range(POINTS)]
    values = [log1p(x) for x in points]
    rows = [[x ** (k + 2) / v for k in range(terms)] for x, v in zip(points, values)]
    targets = [(v - x) / v for x, v in zip(points, values)]
    weights, best = [mpf(1)] * POINTS, None
    for _ in range(ROUNDS):
        size = range(terms)
        normal = matrix([[sum(w * row[i] * row[j] for w, row in zip(weights, rows)) for j in size] for i in size])
        right = matrix([sum(w * row[i] * t for w, row, t in zip(weights, rows, targets)) for i in size])
        solution = list(lu_solve(normal, right))
        errors = [abs(sum(c * x for c, x in zip(solution, row)) - t) for row, t in zip(rows, targets)]
        if best is None or max(errors) < best[1]:
            best = (solution, max(errors))
        weights = [w * e for w, e in zip(weights, errors)]
        weights = [w * POINTS / sum(weights) for w in weights]
    return best


def table(name, kind, terms, digits):
    coefficients, error = fit(terms)
    rows = "".join(f"    {np.format_float_positional(kind(float(c)), unique=True)},\n" for c in coefficients)
    return (
        f"/// Wrong by at most {mp.nstr(error * 2**digits, 1)} units in the last place.\n"
        f"pub(super) const {name}: [{name.lower()}; {terms}] = [\n{rows}];\n"
    )


def text():
    head = (
        "//! Coefficients of Q in powers of x, where ln(1 + x) = x + x² Q(x) for x from 0 to 1. Written by\n"
        "//! `scripts/ln_1p_fit.py`.\n"
    )
    return "\n".join([head, table("F32", np.float32, 8, 24), table("F64", np.float64, 20, 53)])


if __name__ == "__main__":
    oracle.main("Writes the coefficients of ln(1 + x).", {FILE: text()})
