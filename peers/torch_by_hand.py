"""PyTorch with gradients by hand: no autograd, everything in place, and all trials in one batch."""

import numpy as np
import torch

from torch_eager import optimizer


class ByHand:
    """Many trials are one batch, each with the samples of a feature side by side, which gives narrow layers long vectors
    instead of short ones. A single trial has no batch axis, because plain matrix products are faster."""

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
        shape = lambda size: (job.batch, size) if one else (job.trials, size, job.batch)
        self.activations = [torch.empty(shape(size)) for size in job.sizes[1:]]
        self.deltas = [torch.empty(shape(size)) for size in job.sizes[1:]]
        self.gradients = [(torch.empty_like(w), torch.empty_like(b)) for w, b in zip(self.weights, self.biases)]
        self.optimizer = None
        if job.rule == "adam":
            # Its update needs no autograd either: the gradients are those that a step writes.
            parameters = self.weights + self.biases
            self.optimizer = optimizer(job, parameters)
            for parameter, gradient in zip(parameters, [g for pair in zip(*self.gradients) for g in pair]):
                parameter.grad = gradient
        scale = 1 / job.batch if job.reduction == "mean" else 1
        self.scale = 2 * scale / job.outputs if job.loss == "mse" else scale
        self.one = one

    def predict(self):
        return self.forward(self.x)

    @torch.inference_mode()
    def forward(self, before):
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
    def losses(self, out, y, delta):
        """Returns the loss per sample of each trial and writes the gradient, up to a factor, into `delta`."""
        if self.job.loss == "mse":
            torch.sub(out, y, out=delta)
            return (delta * delta).mean((-2, -1))
        log = torch.log_softmax(out, self.features)
        value = (y * log).sum((-2, -1)) / -self.job.batch
        torch.sub(log.exp_(), y, out=delta)
        return value

    def step(self):
        return self.step_on(self.x, self.y)

    @torch.inference_mode()
    def step_on(self, x, y):
        delta = self.deltas[-1]
        value = self.losses(self.forward(x), y, delta)
        if self.scale != 1:
            delta.mul_(self.scale)
        for index in reversed(range(len(self.weights))):
            before = self.activations[index - 1] if index else x
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
            if not self.optimizer:
                self.weights[index].sub_(gradient, alpha=self.job.rate)
                self.biases[index].sub_(shift, alpha=self.job.rate)
        if self.optimizer:
            self.optimizer.step()
        return value

    def batch(self, step):
        """The batch of a checked step."""
        if self.job.batch == self.job.samples:
            return self.x, self.y
        rows = self.job.rows(step)
        return self.x[..., rows], self.y[..., rows]

    def checked(self):
        """Makes the checked steps and returns the loss of the next batch."""
        for step in range(self.job.checked):
            self.step_on(*self.batch(step))
        x, y = self.batch(self.job.checked)
        return self.losses(self.forward(x), y, self.deltas[-1]).mean().item()

    def epoch(self):
        """Trains an epoch of all trials, each in an order of its own."""
        order = torch.rand(self.job.trials, 1, self.job.samples).argsort(2)
        x = self.x.gather(2, order.expand(-1, self.job.sizes[0], -1))
        y = self.y.gather(2, order.expand(-1, self.job.outputs, -1))
        for batch in zip(x.split(self.job.batch, 2), y.split(self.job.batch, 2)):
            self.step_on(*batch)
