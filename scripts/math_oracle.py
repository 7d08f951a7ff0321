"""Writes two files of crates/nn-core/tests/oracle, computed with 80 digits: math.txt with exp, ln, tanh, exp_m1, erf and erfc of
doubles, and activations.txt with the activations and their derivatives.

    pip install -r scripts/requirements.txt
    python scripts/math_oracle.py            # rewrites the file
    python scripts/math_oracle.py --check    # fails if it would change

Each line of math.txt holds the bits of x, the bits of f(x) truncated to a double (towards 0), and the truncated part in units of that
double's last place. From these the error of an implementation follows to a thousandth of a unit, which a comparison with
the nearest double would not give. Each line of activations.txt holds the bits of x, which is an f32 as well, and of the doubles
nearest to f(x) and f′(x).
"""

import math
import random
import struct

import oracle
from mpmath import mp, mpf

mp.dps = 80
FOLDER = "crates/nn-core/tests/oracle"
RNG = random.Random(1996)
TINY = 5e-324  # the smallest subnormal number
MIN, MAX = 2.0**-1022, math.nextafter(math.inf, 0)


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def line(x, y):
    """Formats f(x) = y as described above."""
    _, exponent = mp.frexp(abs(y))
    unit = max(exponent - 53, -1074)
    scaled = mp.ldexp(abs(y), -unit)
    whole = int(mp.floor(scaled))
    if y != 0 and mp.ldexp(whole, unit) > mpf(MAX):
        return f"{bits(x)} {bits(math.inf)} 0"
    fraction = f"{float(scaled - whole):.3f}".rstrip("0").rstrip(".")
    return f"{bits(x)} {bits(math.copysign(math.ldexp(whole, unit), y))} {fraction}"


def uniform(low, high, n):
    return [RNG.uniform(low, high) for _ in range(n)]


def magnitudes(low, high, n):
    """Draws positive numbers, with every exponent from that of `low` to that of `high` equally likely."""
    a, b = (int(bits(x), 16) for x in (low, high))
    return [from_bits(RNG.randint(a, b)) for _ in range(n)]


def signed(values):
    return [value if RNG.random() < 0.5 else -value for value in values]


def around(x):
    return [math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)]


def halfway(multiples, scale):
    """Returns points where a reduction by ln 2 changes from one multiple to the next: its remainder is largest there."""
    return [near for n in multiples for near in around((n + 0.5) * math.log(2) * scale)]


def exp_points():
    yield from uniform(-745.2, 709.8, 400)
    yield from signed(magnitudes(TINY, 1.0, 150)) + signed(magnitudes(1e-17, 1.0, 150))
    yield from uniform(-1.0, 1.0, 150)
    yield from halfway(range(-1074, 1024, 21), 1.0)
    yield -206.90131228963972  # the largest error of a search over 200,000 points, as below
    yield from uniform(709.7, 709.79, 30) + uniform(-745.14, -744.4, 30) + uniform(-745.14, -708.3, 70)


def ln_points():
    yield from magnitudes(TINY, MAX, 350) + uniform(0.5, 2.0, 150) + uniform(0.0, 20.0, 100)
    yield from (1 + d for d in signed(magnitudes(2**-52, 0.3, 300)))
    yield from magnitudes(TINY, MIN, 100) + [RNG.uniform(0, MIN) for _ in range(50)]
    yield from (near for k in range(-1000, 1024, 41) for near in around(math.ldexp(math.sqrt(0.5), k)))
    yield 0.7069992182393167
    yield from around(1.0) + around(MIN) + [TINY, 2 * TINY, MAX]


def tanh_points():
    yield from uniform(-22.0, 22.0, 300) + uniform(-1.0, 1.0, 250)
    yield from signed(magnitudes(TINY, 1.0, 200)) + signed(magnitudes(1e-10, 1.0, 250))
    yield from halfway(range(0, 58), 0.5)
    yield 0.2181103709574174
    yield from signed(uniform(17.0, 20.1, 60)) + signed(magnitudes(TINY, MIN, 30))


def exp_m1_points():
    yield from uniform(-60.0, 61.0, 200) + uniform(-1.0, 1.0, 250) + uniform(-745.2, 709.8, 100)
    yield from signed(magnitudes(TINY, 1.0, 150)) + signed(magnitudes(1e-17, 1.0, 300))
    yield from halfway(range(-59, 59), 1.0)
    yield from around(-60.0) + around(60.0) + [MAX, -MAX, MIN, -MIN, TINY, -TINY]


def erf_points():
    yield from uniform(-6.5, 6.5, 300) + uniform(-1.5, 1.5, 400)
    yield from signed(magnitudes(TINY, 1.0, 200)) + signed(magnitudes(1e-10, 7.0, 250))
    yield from (near for a in (-1.0, 1.0, 6.0, -6.0) for near in around(a))
    yield from signed(uniform(5.8, 6.1, 60)) + signed(magnitudes(TINY, MIN, 30)) + [MAX, -MAX]


def erfc_points():
    yield from uniform(-6.5, 6.5, 150) + uniform(-1.5, 1.5, 150) + uniform(0.0, 27.3, 700)
    yield from signed(magnitudes(1e-20, 1.0, 50)) + [1e3, -1e3, 27.3]
    yield from (near for a in (-1.0, 1.0) for near in around(a))


def math_text():
    lines = [f"# Written by {__file__.rsplit('/')[-1]} with 80 digits: bits of x, of f(x) cut off, rest in units."]
    for name, f, points in [
        ("exp", mp.exp, exp_points()),
        ("ln", mp.log, ln_points()),
        ("tanh", mp.tanh, tanh_points()),
        ("exp_m1", mp.expm1, exp_m1_points()),
        ("erf", mp.erf, erf_points()),
        ("erfc", mp.erfc, erfc_points()),
    ]:
        lines.append(name)
        lines += [line(x, f(mpf(x))) for x in sorted(set(points)) if x != 0]
    return "\n".join(lines) + "\n"


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def twice_u(x):
    return 2 * mp.sqrt(2 / mp.pi) * (x + mpf(0.044715) * x**3)


def d_gelu_tanh(x):
    gate = logistic(twice_u(x))
    return gate + x * gate * logistic(-twice_u(x)) * 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mpf(0.044715) * x**2)


# With their default settings.
ACTIVATIONS = {
    "Tanh": (mp.tanh, lambda x: mp.sech(x) ** 2),
    "Sigmoid": (logistic, lambda x: logistic(x) * logistic(-x)),
    "Elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: mpf(1) if x > 0 else mp.exp(x)),
    "Softplus": (lambda x: x if x > 20 else mp.log1p(mp.exp(x)), lambda x: mpf(1) if x > 20 else logistic(x)),
    "Gelu": (lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x)),
    "GeluTanh": (lambda x: x * logistic(twice_u(x)), d_gelu_tanh),
    "Silu": (lambda x: x * logistic(x), lambda x: logistic(x) * (1 + x * logistic(-x))),
}


def activation_points():
    yield from uniform(-1.0, 1.0, 30) + uniform(-5.0, 5.0, 40) + uniform(-20.0, 20.0, 60) + uniform(-110.0, 110.0, 60)
    yield from uniform(-750.0, 750.0, 30) + signed(magnitudes(1e-30, 1.0, 30)) + signed(magnitudes(1e3, 1e12, 10))
    yield from (-17.0, -36.0, 36.0, -0.7517916, -1.2784645)


def activations_text():
    lines = [f"# Written by {__file__.rsplit('/')[-1]} with 80 digits: bits of x, f(x) and f′(x)."]
    points = sorted({struct.unpack("<f", struct.pack("<f", x))[0] for x in activation_points()})
    for name, functions in ACTIVATIONS.items():
        lines.append(name)
        lines += [" ".join(bits(float(y)) for y in (x, *(f(mpf(x)) for f in functions))) for x in points]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    files = {f"{FOLDER}/math.txt": math_text(), f"{FOLDER}/activations.txt": activations_text()}
    oracle.main("Writes the oracles of the transcendental functions and of the activations.", files)
