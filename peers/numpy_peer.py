"""NumPy with gradients by hand, one trial after another. The samples of one feature are side by side, which gives narrow
layers long vectors instead of short ones."""

from common import Clock, limit_threads, main, window

limit_threads()

import numpy as np


class Trial:
    """One network and its data."""

    def __init__(self, job, index):
        self.job, self.x, self.y = job, job.x[index].T.copy(), job.y[index]
        if job.loss == "mse":
            self.y = self.y.T.copy()
        self.layers = [(weight[index].copy(), bias[index][:, None].copy()) for weight, bias in job.layers]
        scale = 1 / job.samples if job.reduction == "mean" else 1
        self.scale = np.float32(2 * scale / job.outputs if job.loss == "mse" else scale)
        self.rate = np.float32(job.rate)
        self.columns = np.arange(job.samples)

    def predict(self):
        """Returns all activations, the input first."""
        activations = [self.x]
        for weight, bias in self.layers:
            if len(activations) > 1 and self.job.between == "tanh":
                np.tanh(activations[-1], out=activations[-1])
            elif len(activations) > 1 and self.job.between == "relu":
                np.maximum(activations[-1], 0, out=activations[-1])
            z = weight @ activations[-1]
            z += bias
            activations.append(z)
        return activations

    def loss(self, out):
        """Returns the loss per sample, and its gradient up to a factor."""
        if self.job.loss == "mse":
            difference = out - self.y
            return np.vdot(difference, difference) / difference.size, difference
        out -= out.max(0)
        true = out[self.y, self.columns]
        np.exp(out, out=out)
        total = out.sum(0)
        value = (np.log(total) - true).mean()
        out /= total
        out[self.y, self.columns] -= 1
        return value, out

    def step(self):
        *activations, out = self.predict()
        value, delta = self.loss(out)
        delta *= self.scale
        for (weight, bias), before in zip(reversed(self.layers), reversed(activations)):
            gradient, shift = delta @ before.T, delta.sum(1, keepdims=True)
            if before is not self.x:
                delta = weight.T @ delta
                if self.job.between == "tanh":
                    delta *= 1 - before * before
                elif self.job.between == "relu":
                    delta *= before > 0
            gradient *= self.rate
            shift *= self.rate
            weight -= gradient
            bias -= shift
        return value


def answer(job):
    if job.measure == "trials":
        clock, total = Clock(), 0.0
        for index in range(job.trials):
            trial, curve = Trial(job, index), np.empty(job.epochs, np.float32)
            for step in range(job.epochs):
                curve[step] = trial.step()
            total += curve[job.checked]
        wall, cpu = clock.stop()
        return dict(loss=total / job.trials, wall=wall, cpu=cpu, count=job.trials)

    trial = Trial(job, 0)
    for _ in range(job.checked):
        trial.step()
    value = trial.loss(trial.predict()[-1].copy())[0]
    once = trial.predict if job.measure == "prediction" else trial.step

    def run(n):
        for _ in range(n):
            once()

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=value, wall=wall, cpu=cpu, count=count)


main(np.__version__, answer)
