"""scikit-learn's MLPClassifier. It has neither dropout nor initial weights that can be given; for the loss that is compared,
those of a first call are overwritten."""

from common import Clock, limit_threads, long_window, main, window

limit_threads()

import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

# A training that is told how many epochs to run has not converged.
warnings.simplefilter("ignore", ConvergenceWarning)


def classifier(job, **settings):
    return MLPClassifier(
        hidden_layer_sizes=job.sizes[1:-1],
        activation=job.between,
        solver=job.rule,
        alpha=0,
        batch_size=job.batch,
        learning_rate_init=job.rate,
        momentum=0,
        # Its Adam adds ε before the correction of the second moment. In the first steps this is about the usual 1e-8.
        epsilon=7e-10,
        **settings,
    )


def given(job, index):
    """A classifier with the initial weights of a trial, which keeps the samples in order."""
    network = classifier(job, shuffle=False)
    network.partial_fit(job.x[index, : job.batch], job.y[index, : job.batch], classes=np.arange(job.outputs))
    for (weight, bias), own, shift in zip(job.layers, network.coefs_, network.intercepts_):
        own[...], shift[...] = weight[index].T, bias[index]
    # The next step begins with a new state.
    del network._optimizer
    return network


def checked(job, index):
    network = given(job, index)
    for step in range(job.checked):
        rows = job.rows(step)
        network.partial_fit(job.x[index, rows], job.y[index, rows])
    rows = job.rows(job.checked)
    probabilities = network.predict_proba(job.x[index, rows])
    return -np.log(probabilities[np.arange(job.batch), job.y[index, rows]]).mean()


def answer(job):
    loss = np.mean([checked(job, index) for index in range(job.trials)])
    x, y = job.x[0], job.y[0]
    if job.measure == "prediction":
        network = given(job, 0)

        def run(n):
            for _ in range(n):
                network.predict_proba(x)

        wall, cpu, count = window(job.seconds, run)
        return dict(loss=loss, wall=wall, cpu=cpu, count=count)

    if not job.held_out:
        network = classifier(job)
        network.partial_fit(x[: job.batch], y[: job.batch], classes=np.arange(job.outputs))
        wall, cpu, count = long_window(job.seconds, lambda: network.partial_fit(x, y))
        return dict(loss=loss, wall=wall, cpu=cpu, count=count)

    # It holds out samples of its own choice, as many as the others, and validates only for early stopping.
    stopping = dict(early_stopping=True, validation_fraction=job.held_out / job.samples, tol=0)
    if job.measure == "epochs":
        epochs = 10
        network = classifier(job, max_iter=epochs, n_iter_no_change=epochs, **stopping)
        wall, cpu, count = long_window(job.seconds, lambda: network.fit(x, y))
        return dict(loss=loss, wall=wall, cpu=cpu, count=count * epochs)

    networks = [
        classifier(job, max_iter=job.epochs, n_iter_no_change=job.patience, random_state=index, **stopping)
        for index in range(job.trials)
    ]
    clock = Clock()
    for index, network in enumerate(networks):
        network.fit(job.x[index], job.y[index])
    wall, cpu = clock.stop()
    ran = sum(network.n_iter_ for network in networks) / job.trials
    return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials, epochs=ran)


main(sklearn.__version__, answer)
