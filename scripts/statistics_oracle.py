"""Writes crates/nn-train/tests/oracle/statistics.json: SciPy's and NumPy's values for statistics.

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
    """Yields data whose mean, median and IQM differ, made by arithmetic alone, so that they have the same bits everywhere."""
    u = rng.random(n)
    yield "odds", u / (1 - u)  # log-logistic, with a right tail so heavy that it has no mean
    yield "signed", (u - 0.5) / (u * (1 - u))  # heavy tails on both sides
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
    """A bootstrap with the draws that the crate documents, so that the interval is the same up to rounding."""
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
    """SciPy's own bootstrap, 40 times: the mean and the standard deviation of each end."""
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


def pairs(n, rng):
    """Draws two configurations whose trials share a part, rounded to one decimal so that some are equal."""
    shared, own = next(families(n, rng))[1], rng.random((2, n))
    return np.round(shared + 2 * own[0], 1), np.round(shared + 2 * own[1] + 0.3, 1)


def improvement(a, b, axis=0):
    """The fraction of pairs in which a is lower, where equal pairs count half, by SciPy's midranks of two at a time."""
    ranks = stats.rankdata(np.stack([a, b]), axis=0)
    return np.mean(ranks[1] - ranks[0] + 1, axis=axis) / 2


def difference(a, b, axis=0):
    return iqm(a, axis=axis) - iqm(b, axis=axis)


def paired_same_draws(rng):
    resamples = 500
    for n in [1, 2, 5, 30, 100]:
        seed = 2000 + n
        numbers = split_mix(seed)
        ranks = np.array([[(next(numbers) * n) >> 64 for _ in range(n)] for _ in range(resamples)])
        a, b = pairs(n, rng)
        order = np.lexsort((b, a))
        resampled = np.sort(a[order][ranks]), np.sort(b[order][ranks])
        wins, losses = int(np.sum(a < b)), int(np.sum(a > b))
        case = {"a": a.tolist(), "b": b.tolist(), "seed": seed, "resamples": resamples}
        case |= {"iqm_a": float(iqm(a)), "iqm_b": float(iqm(b)), "wins": wins, "ties": n - wins - losses}
        case["improvement"] = float(improvement(a, b))
        case["difference_interval"] = np.quantile(difference(*resampled, axis=1), ENDS).tolist()
        if max(wins, losses) < n:
            resampled = a[order][ranks], b[order][ranks]
            case["improvement_interval"] = np.quantile(improvement(*resampled, axis=1), ENDS).tolist()
        else:
            interval = stats.binomtest(wins, n).proportion_ci(0.95, method="wilson")
            case["improvement_interval"] = [float(interval.low), float(interval.high)]
        yield case


def paired_own_draws(rng):
    """SciPy's own paired bootstrap of both statistics, as `bootstrap_own_draws`."""
    resamples = 10_000
    for n in [10, 100]:
        a, b = pairs(n, rng)
        case = {"a": a.tolist(), "b": b.tolist(), "resamples": resamples}
        for statistic in [difference, improvement]:
            ends = []
            for seed in range(40):
                interval = stats.bootstrap(
                    (a, b),
                    statistic,
                    n_resamples=resamples,
                    method="percentile",
                    paired=True,
                    vectorized=True,
                    rng=np.random.default_rng(seed),
                ).confidence_interval
                ends.append([interval.low, interval.high])
            case[statistic.__name__] = {
                "mean": np.mean(ends, axis=0).tolist(),
                "deviation": np.std(ends, axis=0, ddof=1).tolist(),
            }
        yield case


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
        "paired_same_draws": list(paired_same_draws(rng)),
        "paired_own_draws": list(paired_own_draws(rng)),
    }


def text(data):
    """Returns JSON with one case per line."""
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
