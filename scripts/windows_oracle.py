"""Writes crates/nn-data/tests/oracle/windows.json: windows over series by NumPy's sliding_window_view, and scikit-learn's splits in
the order of time.

    pip install -r scripts/requirements.txt
    python scripts/windows_oracle.py            # rewrites the file
    python scripts/windows_oracle.py --check    # fails if it would change
"""

import numpy as np
import oracle
import sklearn
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.model_selection import TimeSeriesSplit, train_test_split

FILE = "crates/nn-data/tests/oracle/windows.json"

# Steps, columns, length, horizon, stride and target columns (None for all).
SETTINGS = [
    (6, 1, 3, 2, 1, None),
    (20, 1, 1, 1, 1, [0]),
    (20, 3, 4, 1, 1, [2]),
    (20, 3, 4, 5, 3, [2]),
    (37, 2, 5, 4, 2, None),
    (37, 3, 5, 4, 7, [2, 0]),
    (40, 2, 10, 30, 1, [1]),
    (40, 2, 3, 1, 50, None),
]


def all_windows(steps, length, horizon):
    """The steps of the input and of the targets of every window."""
    both = sliding_window_view(np.arange(steps), length + horizon)
    return both[:, :length], both[:, length:]


def samples(series, inputs, targets, columns):
    """The values at these steps: inputs [n, length, columns], targets [n, horizon, columns], one column being no axis."""
    y = series[targets][:, :, range(series.shape[1]) if columns is None else columns]
    return {"x": series[inputs].tolist(), "y": (y[:, :, 0] if y.shape[2] == 1 else y).tolist()}


def windows(rng):
    for steps, columns, length, horizon, stride, targets in SETTINGS:
        series = rng.integers(-99, 100, (steps, columns)).astype(float)
        # The windows themselves are those of the array.
        view = sliding_window_view(series, length, axis=0).transpose(0, 2, 1)
        x, y = (window[::stride] for window in all_windows(steps, length, horizon))
        case = samples(series, x, y, targets)
        assert case["x"] == view[: steps - length - horizon + 1 : stride].tolist()
        yield {
            "length": length,
            "horizon": horizon,
            "stride": stride,
            "targets": targets,
            "series": series.tolist(),
            **case,
        }


def parts(rng):
    """Windows whose targets are all in one part, with inputs that may begin in those before."""
    for steps, sizes, length, horizon, stride in [
        (30, [18, 6, 6], 4, 2, 1),
        (30, [18, 6, 6], 9, 3, 2),
        (30, [20, 10], 9, 10, 4),
        # The second part is reached by the first window, the third begins within one.
        (25, [5, 9, 11], 4, 1, 3),
        (25, [3, 9, 13], 2, 1, 1),
    ]:
        series = rng.integers(-99, 100, (steps, 2)).astype(float)
        ends = np.cumsum(sizes)
        inputs, targets = all_windows(steps, length, horizon)
        cut = []
        for start, end in zip(ends - sizes, ends):
            inside = (targets.min(axis=1) >= start) & (targets.max(axis=1) < end)
            cut.append(samples(series, inputs[inside][::stride], targets[inside][::stride], [1]))
        yield {
            "length": length,
            "horizon": horizon,
            "stride": stride,
            "sizes": sizes,
            "series": series.tolist(),
            "parts": cut,
        }


def splits():
    for steps, size in [(10, 0.2), (10, 0.25), (7, 0.5), (365, 0.1), (365, 30), (3, 2)]:
        train, test = train_test_split(np.arange(steps), test_size=size, shuffle=False)
        yield {"steps": steps, "size": size, "train": train.tolist(), "test": test.tolist()}


def folds():
    """Folds of windows with the gap that keeps their targets apart."""
    for steps, length, horizon, stride, count in [(60, 5, 1, 1, 4), (60, 5, 4, 1, 3), (90, 8, 7, 3, 2), (90, 8, 3, 3, 5)]:
        _, targets = (window[::stride] for window in all_windows(steps, length, horizon))
        gap = -(-horizon // stride) - 1
        split = TimeSeriesSplit(count, gap=gap).split(targets)
        split = [[targets[train].max().item(), targets[test].min().item()] for train, test in split]
        assert all(last < first for last, first in split)
        yield {
            "steps": steps,
            "length": length,
            "horizon": horizon,
            "stride": stride,
            "splits": count,
            "gap": gap,
            "last_and_first": split,
        }


def oracle_text():
    rng = np.random.default_rng(1997)
    return oracle.text({
        "about": "Written by scripts/windows_oracle.py; see there.",
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "windows": list(windows(rng)),
        "parts": list(parts(rng)),
        "splits": list(splits()),
        "folds": list(folds()),
    })


if __name__ == "__main__":
    oracle.main("Writes the oracle of windows over series.", {FILE: oracle_text()})
