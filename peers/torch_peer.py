"""PyTorch in three ways: as users write it (eager), with gradients by hand and all trials in one batch (by-hand), and with
torch.compile (compile)."""

import sys

from common import Clock, limit_threads, main, warm_up, window

threads = limit_threads()

import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(threads)
variant = sys.argv[1]
BETWEEN = {"tanh": nn.Tanh, "relu": nn.ReLU}


def module(job, index):
    """Makes the network of one trial with its initial weights."""
    modules = []
    for weight, bias in job.layers:
        if modules and job.between in BETWEEN:
            modules.append(BETWEEN[job.between]())
        linear = nn.Linear(weight.shape[2], weight.shape[1])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight[index]))
            linear.bias.copy_(torch.from_numpy(bias[index]))
        modules.append(linear)
    return nn.Sequential(*modules)


class Eager:
    """One trial with nn.Sequential, autograd and torch.optim."""

    def __init__(self, job, index):
        self.job, self.network = job, module(job, index)
        self.x, self.y = torch.from_numpy(job.x[index]), torch.from_numpy(job.y[index])
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=job.rate)
        self.function = nn.functional.mse_loss if job.loss == "mse" else nn.functional.cross_entropy
        self.per_sample = 1 / job.samples if job.reduction == "sum" else 1

    def loss(self):
        return self.function(self.network(self.x), self.y, reduction=self.job.reduction)

    def step(self):
        self.optimizer.zero_grad()
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def predict(self):
        with torch.inference_mode():
            return self.network(self.x)

    def value(self):
        with torch.no_grad():
            return self.loss().item() * self.per_sample


class ByHand:
    """No autograd, everything in place. Many trials are one batch, each with the samples of a feature side by side, which
    gives narrow layers long vectors instead of short ones. A single trial has no batch axis, because plain matrix products
    are faster."""

    def __init__(self, job):
        self.job, one = job, job.trials == 1
        # Axes of the features and of the samples.
        self.features, self.samples = (-1, -2) if one else (-2, -1)
        turn = lambda array: torch.from_numpy(array[0] if one else array.mT.copy())
        self.x = turn(job.x)
        labels = job.loss == "cross-entropy"
        self.y = turn(np.eye(job.outputs, dtype=np.float32)[job.y] if labels else job.y)
        tensor = lambda array: torch.from_numpy(array[0] if one else array).clone()
        self.weights = [tensor(weight) for weight, _ in job.layers]
        self.biases = [tensor(bias).unsqueeze(self.samples) for _, bias in job.layers]
        self.affine = torch.addmm if one else torch.baddbmm
        self.product = torch.mm if one else torch.bmm
        shape = lambda size: (job.samples, size) if one else (job.trials, size, job.samples)
        self.activations = [torch.empty(shape(size)) for size in job.sizes[1:]]
        self.deltas = [torch.empty(shape(size)) for size in job.sizes[1:]]
        self.gradients = [(torch.empty_like(w), torch.empty_like(b)) for w, b in zip(self.weights, self.biases)]
        scale = 1 / job.samples if job.reduction == "mean" else 1
        self.scale = 2 * scale / job.outputs if job.loss == "mse" else scale
        self.one = one

    @torch.inference_mode()
    def predict(self):
        before = self.x
        for index, (weight, bias, z) in enumerate(zip(self.weights, self.biases, self.activations)):
            left, right = (before, weight.mT) if self.one else (weight, before)
            self.affine(bias, left, right, out=z)
            if index < len(self.weights) - 1:
                if self.job.between == "tanh":
                    z.tanh_()
                elif self.job.between == "relu":
                    z.relu_()
            before = z
        return before

    @torch.inference_mode()
    def losses(self, out, delta):
        """Returns the loss per sample of each trial and writes the gradient, up to a factor, into `delta`."""
        if self.job.loss == "mse":
            torch.sub(out, self.y, out=delta)
            return (delta * delta).mean((-2, -1))
        log = torch.log_softmax(out, self.features)
        value = (self.y * log).sum((-2, -1)) / -self.job.samples
        torch.sub(log.exp_(), self.y, out=delta)
        return value

    @torch.inference_mode()
    def step(self):
        delta = self.deltas[-1]
        value = self.losses(self.predict(), delta)
        if self.scale != 1:
            delta.mul_(self.scale)
        for index in reversed(range(len(self.weights))):
            before = self.activations[index - 1] if index else self.x
            gradient, shift = self.gradients[index]
            left, right = (delta.mT, before) if self.one else (delta, before.mT)
            self.product(left, right, out=gradient)
            torch.sum(delta, self.samples, keepdim=True, out=shift)
            if index:
                earlier, weight = self.deltas[index - 1], self.weights[index]
                left, right = (delta, weight) if self.one else (weight.mT, delta)
                self.product(left, right, out=earlier)
                if self.job.between == "tanh":
                    earlier.addcmul_(earlier, before.square_(), value=-1)
                elif self.job.between == "relu":
                    earlier.mul_(before.sign_())
                delta = earlier
            self.weights[index].sub_(gradient, alpha=self.job.rate)
            self.biases[index].sub_(shift, alpha=self.job.rate)
        return value

    def value(self):
        return self.losses(self.predict(), self.deltas[-1]).mean().item()


def train_eager(job):
    warm_up = Eager(job, 0)
    for _ in range(20):
        warm_up.step()
    clock, total = Clock(), 0.0
    for index in range(job.trials):
        trial = Eager(job, index)
        curve = [trial.step().item() for _ in range(job.steps)]
        total += curve[job.checked] * trial.per_sample
    return total / job.trials, clock.stop()


def train_by_hand(job):
    def train(steps):
        trial, curves = ByHand(job), torch.empty(steps, job.trials)
        for step in range(steps):
            curves[step] = trial.step()
        return curves

    warm_up(job.seconds, lambda: train(10))
    clock = Clock()
    curves = train(job.steps)
    return curves[job.checked].mean().item(), clock.stop()


def answer(job):
    if job.measure == "trials":
        loss, (wall, cpu) = (train_by_hand if variant == "by-hand" else train_eager)(job)
        return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials)

    trial = ByHand(job) if variant == "by-hand" else Eager(job, 0)
    once = trial.predict if job.measure == "prediction" else trial.step
    setup = {}
    if variant == "compile":
        start = time.perf_counter()
        if job.measure == "prediction":
            trial.network = torch.compile(trial.network, mode="max-autotune-no-cudagraphs")
        else:
            trial.loss = torch.compile(trial.loss, mode="max-autotune-no-cudagraphs")
        initial = [parameter.detach().clone() for parameter in trial.network.parameters()]
        once()
        setup = dict(setup=time.perf_counter() - start)
        with torch.no_grad():
            for parameter, value in zip(trial.network.parameters(), initial):
                parameter.copy_(value)
    for _ in range(job.checked):
        trial.step()
    value = trial.value()

    def run(n):
        for _ in range(n):
            once()

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=value, wall=wall, cpu=cpu, count=count, **setup)


main(torch.__version__, answer)
