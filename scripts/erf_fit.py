"""Writes crates/nn-core/src/math/erfcx.rs: the polynomials that nn-core's erf and erfc use for |x| > 1.

    pip install -r scripts/requirements.txt
    python scripts/erf_fit.py            # rewrites the file
    python scripts/erf_fit.py --check    # fails if it would change

erfcx(a) = exp(a²) (1 − erf(a)) falls slowly from erfcx(1) = 0.43 and is close to a polynomial in 1 / (1 + a), which goes from 1/2
towards 0. The polynomial is one in t = 1 / (1 + a) − 9/32, which is about 0 in the middle, because the terms of a polynomial
in 1 / (1 + a) itself would be large and cancel each other. The fit is by least squares of the relative error, because
erfc(a) = exp(−a²) erfcx(a) is to keep its digits where it is small. The weights of the points are then multiplied a few times by
the remaining errors (Lawson's algorithm), which reduces the largest error to nearly that of the best polynomial.
"""

import numpy as np
import oracle
from mpmath import cos, erfc, exp, lu_solve, matrix, mp, mpf, pi

mp.dps = 90
FILE = "crates/nn-core/src/math/erfcx.rs"
CENTRE = mpf(9) / 32
POINTS, ROUNDS = 200, 10


def fit(degree, low, high):
    """Returns the coefficients of t⁰, t¹, … and the largest relative error that they leave between `low` and `high`."""
    first, last = 1 / (1 + mpf(high)), 1 / (1 + mpf(low))
    nodes = [cos(pi * (2 * i + 1) / (2 * POINTS)) for i in range(POINTS)]
    inverses = [(first + last) / 2 + (last - first) / 2 * node for node in nodes]
    powers = [[(inverse - CENTRE) ** k for k in range(2 * degree + 1)] for inverse in inverses]
    points = [1 / inverse - 1 for inverse in inverses]
    values = [erfc(a) * exp(a * a) for a in points]
    weights, best = [mpf(1)] * POINTS, None
    for _ in range(ROUNDS):
        scales = [w / v**2 for w, v in zip(weights, values)]
        moments = [sum(s * p[k] for s, p in zip(scales, powers)) for k in range(2 * degree + 1)]
        normal = matrix([[moments[i + j] for j in range(degree + 1)] for i in range(degree + 1)])
        right = matrix([sum(s * p[k] * v for s, p, v in zip(scales, powers, values)) for k in range(degree + 1)])
        solution = lu_solve(normal, right)
        fitted = [sum(c * x for c, x in zip(solution, p)) for p in powers]
        errors = [abs(f - v) / v for f, v in zip(fitted, values)]
        if best is None or max(errors) < best[1]:
            best = (list(solution), max(errors))
        weights = [w * e for w, e in zip(weights, errors)]
        weights = [w * POINTS / sum(weights) for w in weights]
    return best


def table(name, kind, degree, high, digits):
    coefficients, error = fit(degree, 1, high)
    rows = "".join(f"    {np.format_float_positional(kind(float(c)), unique=True)},\n" for c in coefficients)
    units = mp.nstr(error * 2**digits, 1)
    return (
        f"/// Up to {high}; wrong by at most {units} units in the last place.\n"
        f"pub(super) const {name}: [{name.lower()}; {degree + 1}] = [\n{rows}];\n"
    )


def text():
    head = (
        "//! Coefficients of erfcx(a) in powers of 1 / (1 + a) − 9/32, from a = 1 on. Written by `scripts/erf_fit.py`.\n"
    )
    return "\n".join([head, table("F32", np.float32, 9, 10.1, 24), table("F64", np.float64, 22, 27.3, 53)])


if __name__ == "__main__":
    oracle.main("Writes the coefficients of erf.", {FILE: text()})
