"""Writes crates/nn-data/tests/oracle/data.json: scikit-learn's shapes, scales and splits, and IDX files made with NumPy.

    pip install -r scripts/requirements.txt
    python scripts/data_oracle.py            # rewrites the file
    python scripts/data_oracle.py --check    # fails if it would change
"""

import gzip
import json

import numpy as np
import oracle
import sklearn
from sklearn.datasets import make_circles, make_moons
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

FILE = "crates/nn-data/tests/oracle/data.json"
SAMPLES = [2, 10, 100]  # even, because scikit-learn gives class 0 the smaller half of an odd number
MIXTURES = [[50, 50, 50], [7, 5], [101, 17, 3, 29], [2, 2, 2], [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]]
TYPES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def shapes():
    for n in SAMPLES:
        for name, (x, y) in [
            ("moons", make_moons(n, shuffle=False)),
            ("circles", make_circles(n, shuffle=False, factor=0.3)),
        ]:
            yield {"name": name, "samples": n, "classes": [x[y == label].tolist() for label in (0, 1)]}


def scales(rng):
    """Features of ordinary size, large, small, far from 0, and constant."""
    columns = [rng.random(20), 1e6 * rng.random(20), -1e-6 * rng.random(20), 1e3 + rng.random(20), np.full(20, 0.1)]
    train = np.array(columns).T
    other = 2 * train[:6] - train[6:12] + 0.5
    for name, scaler in [
        ("standard", StandardScaler()),
        ("min_max", MinMaxScaler()),
        ("min_max", MinMaxScaler(feature_range=(-1, 3))),
    ]:
        z = scaler.fit(train).transform(other)
        yield {
            "name": name,
            "range": list(getattr(scaler, "feature_range", (0, 1))),
            "train": train.tolist(),
            "other": other.tolist(),
            "z": z.tolist(),
            "back": scaler.inverse_transform(z).tolist(),
        }


def counts(labels, classes):
    return np.bincount(labels, minlength=classes).tolist()


def splits():
    """The number of samples of each class in the test part, where it does not depend on how scikit-learn breaks ties."""
    for sizes in MIXTURES:
        labels = np.repeat(np.arange(len(sizes)), sizes)
        for test_size in [0.1, 0.2, 0.25, 0.37, 0.5, 0.71]:
            try:
                tests = [
                    counts(train_test_split(labels, test_size=test_size, stratify=labels, random_state=seed)[1], len(sizes))
                    for seed in range(20)
                ]
            except ValueError:
                yield {"sizes": sizes, "test_size": test_size, "test": None}
                continue
            if all(test == tests[0] for test in tests):
                yield {"sizes": sizes, "test_size": test_size, "test": tests[0]}


def folds():
    for sizes in MIXTURES:
        labels = np.repeat(np.arange(len(sizes)), sizes)
        for splits in (2, 3, 5):
            if min(sizes) >= splits:
                parts = StratifiedKFold(splits, shuffle=True, random_state=0).split(labels, labels)
                yield {"sizes": sizes, "folds": [counts(labels[test], len(sizes)) for _, test in parts]}


def files(rng):
    """Each type with one to four axes: the file, the same file gzipped, and its values."""
    for axes, (dtype, code) in enumerate(TYPES.items()):
        shape = [5, 3, 2, 2][: axes % 4 + 1]
        values = (1000 * (rng.random(shape) - 0.5)).astype("f8")
        if code == 0x08:
            values = abs(values) % 256
        if code == 0x09:
            values = values % 256 - 128
        values = values.astype(dtype)
        sizes = b"".join(size.to_bytes(4, "big") for size in shape)
        file = bytes([0, 0, code, len(shape)]) + sizes + values.tobytes()
        packed = gzip.compress(file, mtime=0)
        yield {
            "type": code,
            "shape": shape,
            "values": values.astype("f8").ravel().tolist(),
            "file": file.hex(),
            "packed": packed.hex(),
        }


def oracle_text():
    rng = np.random.default_rng(1996)
    return oracle.text({
        "about": "Written by scripts/data_oracle.py; see there.",
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "shapes": list(shapes()),
        "scales": list(scales(rng)),
        "splits": list(splits()),
        "folds": list(folds()),
        "files": list(files(rng)),
    })


def same(old, new):
    """Compares up to rounding, and regardless of how gzip compressed."""
    old, new = (unpacked(json.loads(text)) for text in (old, new))
    return oracle.close(old, new, 1e-12)


def unpacked(data):
    for case in data["files"]:
        case["packed"] = gzip.decompress(bytes.fromhex(case["packed"])).hex()
    return data


if __name__ == "__main__":
    oracle.main("Writes the oracle of data.", {FILE: oracle_text()}, same)
