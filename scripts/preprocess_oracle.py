"""Writes crates/nn-data/tests/oracle/preprocess.json: scikit-learn's imputing, encoding and scaling of columns with missing
values, and its splits by groups and by time.

    pip install -r scripts/requirements.txt
    python scripts/preprocess_oracle.py            # rewrites the file
    python scripts/preprocess_oracle.py --check    # fails if it would change
"""

import itertools
import json

import numpy as np
import oracle
import sklearn
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, TimeSeriesSplit
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

FILE = "crates/nn-data/tests/oracle/preprocess.json"
SCALERS = {"none": None, "standard": StandardScaler, "min_max": MinMaxScaler, "robust": RobustScaler}
LOGS = {"none": lambda x: x, "ln": np.log, "ln_1p": np.log1p}


def listed(values):
    """None for a missing value, of numbers or of text."""
    return [None if value is None or value != value else value for value in values]


def number_columns(rng):
    """Columns to learn from, and others of the same name. NaN is missing."""
    skewed = rng.lognormal(3, 2, 12).round(2)
    counts = rng.integers(0, 4, 12).astype(float)
    far = 1e3 + rng.random(12)
    constant = np.full(12, 7.5)
    for name, values in {"skewed": skewed, "counts": counts, "far": far, "constant": constant}.items():
        for missing in ([], [0, 4, 5, 11]):
            train = values.copy()
            train[missing] = np.nan
            other = np.array([np.nan, *(values[:5] + 0.25), np.nan])
            yield name, train, other


def numbers(rng):
    for name, train, other in number_columns(rng):
        # There is no logarithm of 0, and those of numbers far from 0 differ in their last digits.
        logs = itertools.cycle({"counts": ["none", "ln_1p"], "far": ["none"]}.get(name, LOGS))
        settings = itertools.product(["mean", "median", "most_frequent", "constant"], SCALERS)
        for (strategy, scale), log in zip(settings, logs):
            imputer = SimpleImputer(strategy=strategy, fill_value=2.5 if strategy == "constant" else None)
            features = [LOGS[log](imputer.fit_transform(train[:, None])), LOGS[log](imputer.transform(other[:, None]))]
            if SCALERS[scale]:
                scaler = SCALERS[scale]().fit(features[0])
                features = [scaler.transform(x) for x in features]
            indicator = MissingIndicator(features="missing-only", error_on_new=False).fit(train[:, None])
            indicated = [indicator.transform(x[:, None]).astype(float) for x in (train, other)]
            yield {
                "impute": strategy,
                "log": log,
                "scale": scale,
                "train": listed(train),
                "other": listed(other),
                "features": [np.hstack([x, more]).tolist() for x, more in zip(features, indicated)],
            }


def categories(rng):
    names = np.array(["red", "green", "blue", "Blue", "10", "9"], dtype=object)
    for missing in ([], [1, 7]):
        train = names[rng.integers(0, len(names), 20)]
        train[missing] = None
        other = np.array(["blue", "violet", None, "9", "10"], dtype=object)
        for strategy in ("most_frequent", "constant"):
            imputer = SimpleImputer(missing_values=None, strategy=strategy, fill_value="green")
            imputed = [imputer.fit_transform(train[:, None]), imputer.transform(other[:, None])]
            for encode in ("one_hot", "ordinal"):
                order = [names[::-1].tolist()]
                encoder = (
                    OneHotEncoder(handle_unknown="ignore", sparse_output=False)
                    if encode == "one_hot"
                    else OrdinalEncoder(categories=order, handle_unknown="use_encoded_value", unknown_value=-1)
                )
                encoder.fit(imputed[0])
                yield {
                    "impute": strategy,
                    "encode": encode,
                    "order": order[0],
                    "train": listed(train),
                    "other": listed(other),
                    "features": [encoder.transform(x).tolist() for x in imputed],
                }


def robust(rng):
    """Features of ordinary size with an outlier, far from 0, whose quartiles are equal, and constant."""
    for samples in (1, 2, 5, 20, 21):
        outlier = rng.random(samples)
        outlier[-1] = 1e4
        equal = np.where(np.arange(samples) < 0.9 * samples, 3.0, 5.0)
        train = np.array([outlier, 1e3 + rng.random(samples), equal, np.full(samples, 0.1)]).T
        other = 2 * train[:3] + 0.5
        scaler = RobustScaler().fit(train)
        z = scaler.transform(other)
        yield {
            "train": train.tolist(),
            "other": other.tolist(),
            "z": z.tolist(),
            "back": scaler.inverse_transform(z).tolist(),
        }


def tests(split):
    return [test.tolist() for _, test in split]


def groups(rng):
    """Groups of different sizes, so that it does not matter how scikit-learn sorts equal ones. They are numbered in the order of
    their first sample, as scikit-learn numbers them by their labels."""
    for count, splits in [(3, 2), (5, 3), (8, 2), (12, 5)]:
        labels = np.repeat(np.arange(count), 1 + rng.permutation(count))
        yield {
            "splits": splits,
            "groups": labels.tolist(),
            "tests": tests(GroupKFold(splits).split(labels, labels, labels)),
        }


def stratified_groups(rng):
    for count, splits, classes in [(6, 2, 2), (10, 3, 2), (15, 4, 3), (40, 5, 4)]:
        labels = np.repeat(np.arange(count), rng.integers(1, 9, count))
        y = np.concatenate([np.arange(classes).repeat(splits), rng.integers(0, classes, 10**4)])[: len(labels)]
        y = rng.permutation(y)
        folds = StratifiedGroupKFold(splits).split(y, y, labels)
        yield {"splits": splits, "groups": labels.tolist(), "classes": y.tolist(), "tests": tests(folds)}


def times():
    for samples, splits, most, size, gap in [
        (6, 5, None, None, 0),
        (12, 3, None, 2, 0),
        (12, 3, None, 2, 2),
        (23, 4, 5, None, 1),
        (23, 2, 100, 3, 7),
    ]:
        folds = TimeSeriesSplit(splits, max_train_size=most, test_size=size, gap=gap).split(np.zeros(samples))
        folds = [[train.tolist(), test.tolist()] for train, test in folds]
        yield {"samples": samples, "splits": splits, "max_train_size": most, "test_size": size, "gap": gap, "folds": folds}


def oracle_text():
    rng = np.random.default_rng(1996)
    return oracle.text({
        "about": "Written by scripts/preprocess_oracle.py; see there.",
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "numbers": list(numbers(rng)),
        "categories": list(categories(rng)),
        "robust": list(robust(rng)),
        "groups": list(groups(rng)),
        "stratified_groups": list(stratified_groups(rng)),
        "times": list(times()),
    })


def same(old, new):
    """Compares up to rounding."""
    return oracle.close(json.loads(old), json.loads(new), 1e-12)


if __name__ == "__main__":
    oracle.main("Writes the oracle of preprocessing.", {FILE: oracle_text()}, same)
