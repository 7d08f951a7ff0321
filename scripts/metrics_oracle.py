"""Writes crates/nn-train/tests/oracle/metrics.json: scikit-learn's values for metrics.

    pip install -r scripts/requirements.txt
    python scripts/metrics_oracle.py            # rewrites the file
    python scripts/metrics_oracle.py --check    # fails if it would change by more than rounding
"""

import json
import re

import numpy as np
import oracle
import sklearn
from sklearn import metrics

FILE = "crates/nn-train/tests/oracle/metrics.json"
AVERAGES = ["macro", "micro", "weighted"]
NAMES = ["cat", "dog", "a very long name indeed", "gnu", "Fuß"]


def labels(rng):
    """Yields name, truth, predictions, number of classes: all classes, missing ones, and those on one side only."""
    for n in [1, 2, 7, 100]:
        for classes in [2, 3, 5]:
            truth = rng.integers(0, classes, n)
            wrong = rng.random(n) < 0.4
            yield f"{n} of {classes}", truth, np.where(wrong, rng.integers(0, classes, n), truth), classes
    yield "rare", np.array([0] * 30 + [1] * 2), np.array([0] * 29 + [1] * 3), 2
    yield "never predicted", np.array([0, 1, 2, 2, 1]), np.array([0, 1, 1, 0, 1]), 3
    yield "only predicted", np.array([0, 1, 1, 0, 1]), np.array([0, 1, 2, 0, 1]), 3
    yield "all wrong", np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), 2
    yield "gaps between labels", np.array([1, 4, 4, 1, 4]), np.array([1, 4, 1, 2, 4]), 5


def classification(rng):
    functions = {
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
    }
    for name, truth, predicted, classes in labels(rng):
        every = list(range(classes))
        case = {"name": name, "truth": truth.tolist(), "predicted": predicted.tolist(), "classes": NAMES[:classes]}
        for key, function in functions.items():
            values = {a: float(function(truth, predicted, average=a, zero_division=0)) for a in AVERAGES}
            of_each = function(truth, predicted, labels=every, average=None, zero_division=0)
            case[key] = values | {"classes": of_each.tolist()}
        case["accuracy"] = float(metrics.accuracy_score(truth, predicted))
        case["counts"] = metrics.confusion_matrix(truth, predicted, labels=every).tolist()
        case["normalised"] = metrics.confusion_matrix(truth, predicted, labels=every, normalize="true").tolist()
        for digits in [2, 4]:
            report = metrics.classification_report(
                truth, predicted, labels=every, target_names=NAMES[:classes], digits=digits, zero_division=0
            )
            # Where every prediction is wrong, scikit-learn 1.9.1 prints the counts as 2.0.
            case[f"report_{digits}"] = re.sub(r" (\d+)\.0$", r"   \1", report, flags=re.MULTILINE)
        yield case


def binary(rng):
    """Scores without ties, with many, and with nothing but ties; better and worse than chance."""
    for n in [2, 3, 10, 101]:
        for decimals in [0, 1, 9]:
            truth = rng.permutation([0, 1] + rng.integers(0, 2, n - 2).tolist())
            scores = np.round(3 * rng.random(n) + truth * rng.choice([-1, 1]), decimals)
            false, true, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
            yield {
                "truth": truth.tolist(),
                "scores": scores.tolist(),
                "auc": float(metrics.roc_auc_score(truth, scores)),
                "false_positive_rate": false.tolist(),
                "true_positive_rate": true.tolist(),
                "thresholds": thresholds[1:].tolist(),  # JSON has no infinity
            }


def one_against_rest(rng):
    for n, classes in [(3, 3), (10, 3), (100, 4)]:
        truth = rng.permutation(list(range(classes)) + rng.integers(0, classes, n - classes).tolist())
        towards = 0.5 * np.eye(classes)[truth]
        probabilities = [(rng.multinomial(8, [1 / classes] * classes) / 16 + row).tolist() for row in towards]
        auc = metrics.roc_auc_score(truth, np.array(probabilities), multi_class="ovr", average="macro")
        yield {"truth": truth.tolist(), "probabilities": probabilities, "auc": float(auc)}
        noise = [(rng.multinomial(16, [1 / classes] * classes) / 16).tolist() for _ in truth]
        auc = metrics.roc_auc_score(truth, np.array(noise), multi_class="ovr", average="macro")
        yield {"truth": truth.tolist(), "probabilities": noise, "auc": float(auc)}


def regression(rng):
    for n in [2, 3, 17, 100]:
        for outputs in [1, 3]:
            truth = np.round(rng.normal(size=(n, outputs)) * [1, 10, 0.1][:outputs] + 5, 3)
            yield truth, np.round(truth + rng.normal(size=truth.shape), 3)
    truth = np.round(rng.random((5, 2)), 3)
    yield truth, truth
    yield truth, np.full_like(truth, 0.5)
    constant = np.array([[0.5, 1.0], [0.5, 2.0], [0.5, 4.0]])  # one output without variance
    yield constant, constant
    yield constant, constant + 0.5
    yield truth + 2.0**30, truth + 2.0**30 + 0.25  # far from zero


def regressions(rng):
    for truth, predicted in regression(rng):
        functions = ["r2_score", "mean_absolute_error", "mean_squared_error", "root_mean_squared_error"]
        values = {name: float(getattr(metrics, name)(truth, predicted)) for name in functions}
        yield {"truth": truth.tolist(), "predicted": predicted.tolist()} | values


def same(old, new):
    return oracle.close(json.loads(old), json.loads(new), 1e-12)


if __name__ == "__main__":
    rng = np.random.default_rng(1996)
    data = {
        "made_by": "scripts/metrics_oracle.py",
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "classification": list(classification(rng)),
        "binary": list(binary(rng)),
        "one_against_rest": list(one_against_rest(rng)),
        "regression": list(regressions(rng)),
    }
    oracle.main("Writes the oracle of the metrics.", {FILE: oracle.text(data)}, same)
