"""Writes crates/nn-data/tests/oracle/angle.txt: cos and sin of 2πt for doubles t, computed with 80 digits.

    pip install -r scripts/requirements.txt
    python scripts/angle_oracle.py            # rewrites the file
    python scripts/angle_oracle.py --check    # fails if it would change

The lines are as in math_oracle.py: the bits of t, the bits of the result truncated to a double, and the truncated part in
units of its last place.
"""

import math
import random

import oracle
from math_oracle import TINY, around, line, magnitudes, signed
from mpmath import mp, mpf

FILE = "crates/nn-data/tests/oracle/angle.txt"
RNG = random.Random(1996)


def points():
    """Yields turns: within one period, over many, tiny ones, and where the series in use changes or a result is 0."""
    yield from (RNG.uniform(-1, 1) for _ in range(400))
    yield from (RNG.uniform(-100, 100) for _ in range(200))
    yield from signed(magnitudes(2.0**-40, 2.0**60, 200))
    yield from (near for eighths in range(-17, 18) for near in around(eighths / 8))
    yield from [TINY, 2.0**-1022, 2.0**52 + 1, 2.0**1000, math.nextafter(math.inf, 0)]


def oracle_text():
    turns = sorted(set(points()))
    lines = [f"# Written by {__file__.rsplit('/')[-1]} with 80 digits: bits of t, of f(2πt) cut off, rest in units."]
    for name, f in [("cos", mp.cospi), ("sin", mp.sinpi)]:
        lines.append(name)
        lines += [line(t, f(2 * mpf(t))) for t in turns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    oracle.main("Writes the oracle of angles.", {FILE: oracle_text()})
