"""Writes crates/nn-core/src/math/erfcx.rs: the polynomials that nn-core's erf uses for |x| > 1.

    pip install -r scripts/requirements.txt
    python scripts/erf_fit.py            # rewrites the file
    python scripts/erf_fit.py --check    # fails if it would change

erfcx(a) = exp(a²) (1 − erf(a)) falls slowly from erfcx(1) = 0.43 and is close to a polynomial in t = 1 / (1 + a), which goes
from 1/2 towards 0. The fit is by least squares, with each point weighted by exp(−a²), because an error is multiplied by that
in erf = 1 − exp(−a²) erfcx(a). The weights are then multiplied a few times by the remaining errors (Lawson's algorithm), which
reduces the largest error to nearly that of the best polynomial.
"""

import numpy as np
import oracle
from mpmath import cos, erfc, exp, lu_solve, matrix, mp, mpf, pi

mp.dps = 60
FILE = "crates/nn-core/src/math/erfcx.rs"
POINTS, ROUNDS = 160, 8


def fit(degree, low, high):
    """Returns the coefficients of t⁰, t¹, … and the largest error that they leave in erf between `low` and `high`."""
    nodes = [cos(pi * (2 * i + 1) / (2 * POINTS)) for i in range(POINTS)]
    points = [mpf(low + high) / 2 + mpf(high - low) / 2 * node for node in nodes]
    powers = [[(1 + a) ** -k for k in range(2 * degree + 1)] for a in points]
    values = [erfc(a) * exp(a * a) for a in points]
    damping = [exp(-a * a) for a in points]
    weights, best = [mpf(1)] * POINTS, None
    for _ in range(ROUNDS):
        scales = [w * d * d for w, d in zip(weights, damping)]
        moments = [sum(s * p[k] for s, p in zip(scales, powers)) for k in range(2 * degree + 1)]
        normal = matrix([[moments[i + j] for j in range(degree + 1)] for i in range(degree + 1)])
        right = matrix([sum(s * p[k] * v for s, p, v in zip(scales, powers, values)) for k in range(degree + 1)])
        solution = lu_solve(normal, right)
        fitted = [sum(c * x for c, x in zip(solution, p)) for p in powers]
        errors = [abs(f - v) * d for f, v, d in zip(fitted, values, damping)]
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
        f"/// Up to {high}; wrong by at most {units} units in the last place of erf.\n"
        f"pub(super) const {name}: [{name.lower()}; {degree + 1}] = [\n{rows}];\n"
    )


def text():
    head = "//! Coefficients of erfcx(a) in powers of 1 / (1 + a), from a = 1 on. Written by `scripts/erf_fit.py`.\n"
    return "\n".join([head, table("F32", np.float32, 6, 4, 24), table("F64", np.float64, 14, 6, 53)])


if __name__ == "__main__":
    oracle.main("Writes the coefficients of erf.", {FILE: text()})
