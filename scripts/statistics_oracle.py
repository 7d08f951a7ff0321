"""Writes crates/nn-train/tests/oracle/statistics.json: SciPy's and NumPy's numbers for statistics.

    pip install -r scripts/requirements.txt
    python scripts/statistics_oracle.py            # rewrites the file
    python scripts/statistics_oracle.py --check    # fails if it would change
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

FILE = Path(__file__).parents[1] / "crates/nn-train/tests/oracle/statistics.json"
SIZES = [1, 2, 3, 4, 5, 9, 10, 99, 100, 101]
LEVELS = [0.0, 0.025, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.975, 1.0]
ENDS = [0.025, 0.975]


def families(n, rng):
    """Data whose mean, median and IQM differ, made by arithmetic alone: the same bits everywhere."""
    u = rng.random(n)
    yield "odds", u / (1 - u)  # log-logistic, so heavy on the right that it has no mean
    yield "signed", (u - 0.5) / (u * (1 - u))  # heavy on both sides
    yield "ties", rng.integers(0, 4, n) / 10


def iqm(x, axis=0):
    return stats.trim_mean(x, 0.25, axis=axis)


def samples(rng):
    for n in SIZES:
        for family, x in families(n, rng):
            yield {
                "name": f"{family}, n = {n}",
                "values": x.tolist(),
                "iqm": float(iqm(x)),
                "quantiles": np.quantile(x, LEVELS).tolist(),
            }


def wilson():
    for n in [1, 2, 3, 10, 100, 1000, 10_000]:
        for successes in sorted({0, 1, n // 3, n // 2, n - 1, n}):
            low, high = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
            yield {"successes": successes, "n": n, "low": float(low), "high": float(high)}


def split_mix(state):
    """SplitMix64 (Steele, Lea and Flood 2014), small enough to be written in both languages."""
    mask = 2**64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def bootstrap_same_draws(rng):
    """The ranks that the crate documents, so that the interval is the same up to rounding."""
    resamples = 500
    for n in [1, 2, 5, 30, 100]:
        seed = 1000 + n
        numbers = split_mix(seed)
        ranks = [[(next(numbers) * n) >> 64 for _ in range(n)] for _ in range(resamples)]
        x = next(families(n, rng))[1]
        low, high = np.quantile(iqm(np.sort(x)[np.array(ranks)], axis=1), ENDS)
        yield {
            "values": x.tolist(),
            "seed": seed,
            "resamples": resamples,
            "low": float(low),
            "high": float(high),
        }


def bootstrap_own_draws(rng):
    """SciPy's own bootstrap, 40 times: the mean of each end and its standard deviation."""
    resamples = 10_000
    for n in [10, 100]:
        x = next(families(n, rng))[1]
        ends = []
        for seed in range(40):
            interval = stats.bootstrap(
                (x,), iqm, n_resamples=resamples, method="percentile", rng=np.random.default_rng(seed)
            ).confidence_interval
            ends.append([interval.low, interval.high])
        yield {
            "values": x.tolist(),
            "resamples": resamples,
            "mean": np.mean(ends, axis=0).tolist(),
            "deviation": np.std(ends, axis=0, ddof=1).tolist(),
        }


def oracle():
    rng = np.random.default_rng(1996)
    return {
        "made_by": "scripts/statistics_oracle.py",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "levels": LEVELS,
        "samples": list(samples(rng)),
        "wilson": list(wilson()),
        "bootstrap_same_draws": list(bootstrap_same_draws(rng)),
        "bootstrap_own_draws": list(bootstrap_own_draws(rng)),
    }


def text(data):
    """JSON with one case a line."""
    parts = []
    for key, value in data.items():
        body = json.dumps(value)
        if isinstance(value, list) and isinstance(value[0], dict):
            body = "[\n" + ",\n".join(f"    {json.dumps(case)}" for case in value) + "\n  ]"
        parts.append(f"  {json.dumps(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes the oracle of the statistics.")
    parser.add_argument("--check", action="store_true", help="fail if the file would change")
    check = parser.parse_args().check
    new = text(oracle())
    if not check:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(new)
    elif FILE.read_text() != new:
        sys.exit(f"{FILE.name} is out of date: run scripts/statistics_oracle.py")
