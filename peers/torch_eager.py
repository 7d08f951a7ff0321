"""PyTorch as users write it: nn.Sequential, autograd, torch.optim."""

import torch
from torch import nn

BETWEEN = {"tanh": nn.Tanh, "relu": nn.ReLU}


def optimizer(job, parameters):
    if job.rule == "sgd":
        return torch.optim.SGD(parameters, lr=job.rate)
    # A third faster than the default on a CPU, and one word to write.
    return torch.optim.Adam(parameters, lr=job.rate, fused=True)


class Eager:
    """The network of one trial with its initial weights, and its data."""

    def __init__(self, job, index):
        self.job, modules = job, []
        for weight, bias in job.layers:
            if modules:
                modules += [BETWEEN[job.between]()] if job.between in BETWEEN else []
                modules += [nn.Dropout(job.dropout)] if job.dropout else []
            linear = nn.Linear(weight.shape[2], weight.shape[1])
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weight[index]))
                linear.bias.copy_(torch.from_numpy(bias[index]))
            modules.append(linear)
        self.network = nn.Sequential(*modules)
        self.x, self.y = torch.from_numpy(job.x[index]), torch.from_numpy(job.y[index])
        self.optimizer = optimizer(job, self.network.parameters())
        self.function = nn.functional.mse_loss if job.loss == "mse" else nn.functional.cross_entropy
        self.per_sample = 1 / job.batch if job.reduction == "sum" else 1

    def loss(self, x, y):
        return self.function(self.network(x), y, reduction=self.job.reduction)

    def step_on(self, x, y):
        self.optimizer.zero_grad()
        loss = self.loss(x, y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def step(self):
        return self.step_on(self.x, self.y)

    def predict(self):
        with torch.inference_mode():
            return self.network(self.x)

    def checked(self):
        """Makes the checked steps, without dropout, and returns the loss of the next batch."""
        self.network.train(not self.job.dropout)
        for step in range(self.job.checked):
            rows = self.job.rows(step)
            self.step_on(self.x[rows], self.y[rows])
        rows = self.job.rows(self.job.checked)
        with torch.no_grad():
            value = self.loss(self.x[rows], self.y[rows]).item() * self.per_sample
        self.network.train()
        return value
