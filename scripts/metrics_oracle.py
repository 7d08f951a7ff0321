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
from sklearn.calibration import calibration_curve

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


# --- Later cases, with generators of their own, so that the numbers of those above stay the same ---


def agreement():
    """Metrics of classes of which some are rare: the labels above and one class alone, on either side and on both."""
    cases = [(name, truth, predicted) for name, truth, predicted, _ in labels(np.random.default_rng(1960))]
    zeros, ones, mixed = np.zeros(5, int), np.ones(5, int), np.array([0, 1, 1, 2, 0])
    cases += [
        ("one class, all right", ones, ones),
        ("one class, all wrong", ones, zeros),
        ("one class, some right", ones, mixed),
        ("one prediction", mixed, ones),
        ("one sample", np.array([3]), np.array([3])),
    ]
    for name, truth, predicted in cases:
        kappa = float(metrics.cohen_kappa_score(truth, predicted))
        yield {
            "name": name,
            "truth": truth.tolist(),
            "predicted": predicted.tolist(),
            "balanced_accuracy_score": float(metrics.balanced_accuracy_score(truth, predicted)),
            "matthews_corrcoef": float(metrics.matthews_corrcoef(truth, predicted)),
            "cohen_kappa_score": None if np.isnan(kappa) else kappa,
        }


def scored(rng):
    """Truth and probabilities of class 1: without ties, with many, all alike, all certain; one class alone."""
    for n in [1, 2, 3, 10, 101]:
        for decimals in [0, 1, 9]:
            truth = rng.integers(0, 2, n)
            yield truth, np.round(np.clip(rng.random(n) + 0.3 * truth, 0, 1), decimals)
    scores = np.round(rng.random(12), 2)
    yield np.zeros(12, int), scores
    yield np.ones(12, int), scores
    yield rng.integers(0, 2, 12), np.full(12, 0.5)
    yield np.arange(12) % 2, np.arange(12) % 2 * 1.0
    yield np.arange(12) % 2, np.arange(11, -1, -1) / 11
    yield rng.integers(0, 2, 40), rng.integers(0, 21, 40) / 20  # on the bounds of bins


def precision_recall():
    for truth, scores in scored(np.random.default_rng(1979)):
        precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
        bins = []
        for strategy in ["uniform", "quantile"]:
            for count in [1, 2, 3, 5, 10]:
                fraction, mean = calibration_curve(truth, scores, pos_label=1, n_bins=count, strategy=strategy)
                bins.append({"strategy": strategy, "count": count, "fraction": fraction.tolist(), "mean": mean.tolist()})
        yield {
            "truth": truth.tolist(),
            "scores": scores.tolist(),
            "average_precision_score": float(metrics.average_precision_score(truth, scores)),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "thresholds": thresholds.tolist(),
            "calibration": bins,
        }


def many_classes():
    """Log loss and top-k: random probabilities, certain ones, ties, classes without samples, one class alone."""
    rng = np.random.default_rng(1952)
    cases = []
    for n, classes in [(1, 2), (10, 2), (17, 3), (100, 5)]:
        probabilities = rng.multinomial(16, [1 / classes] * classes, n) / 16
        cases.append((rng.integers(0, classes, n), probabilities))
        cases.append((rng.integers(0, classes - 1, n), probabilities))
        cases.append((np.full(n, classes - 1), probabilities))
        cases.append((rng.integers(0, classes, n), np.eye(classes)[rng.integers(0, classes, n)]))
        cases.append((rng.integers(0, classes, n), np.full((n, classes), 1 / classes)))
    for truth, probabilities in cases:
        classes = probabilities.shape[1]
        every = list(range(classes))
        # Of two classes, scikit-learn wants one column. A class of score 0 beside them changes no order above it.
        wide = probabilities if classes > 2 else np.insert(probabilities, 0, -1.0, axis=1)
        shift = 0 if classes > 2 else 1
        top = [
            float(metrics.top_k_accuracy_score(truth + shift, wide, k=k, labels=list(range(wide.shape[1]))))
            for k in range(1, classes + 1)
        ]
        losses = {
            name: float(metrics.log_loss(truth, y_proba=probabilities.astype(kind), labels=every))
            for name, kind in [("log_loss", np.float64), ("log_loss_f32", np.float32)]
        }
        yield {"truth": truth.tolist(), "probabilities": probabilities.tolist(), "top_k": top} | losses


def later_regressions():
    rng = np.random.default_rng(1994)
    cases = list(regression(rng))
    zeros = np.array([[0.0, 1.0], [0.0, -2.0], [0.5, 0.0]])
    cases += [
        (zeros, zeros),
        (zeros, zeros + 0.25),
        (zeros, np.zeros_like(zeros)),
        (np.array([[3.0, 0.0]]), np.array([[2.0, 0.0]])),  # a single sample
        (np.array([[1.0], [2.0], [4.0]]), np.array([[2.0], [3.0], [5.0]])),  # one error for all
        (np.array([[2.0], [2.0], [2.0]]), np.array([[2.5], [2.5], [2.5]])),
        (np.array([[2.0], [2.0], [2.0]]), np.array([[2.5], [2.0], [2.5]])),
    ]
    for truth, predicted in cases:
        functions = ["explained_variance_score", "mean_absolute_percentage_error"]
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
        "agreement": list(agreement()),
        "precision_recall": list(precision_recall()),
        "many_classes": list(many_classes()),
        "later_regression": list(later_regressions()),
    }
    oracle.main("Writes the oracle of the metrics.", {FILE: oracle.text(data)}, same)
