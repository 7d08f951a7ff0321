"""PyTorch as users write it: nn.Sequential, autograd, torch.optim."""

import torch
from torch import nn

BETWEEN = {"tanh": nn.Tanh, "relu": nn.ReLU}
RECURRENT = {"lstm": nn.LSTM, "gru": nn.GRU}


def optimizer(job, parameters):
    if job.rule == "sgd":
        return torch.optim.SGD(parameters, lr=job.rate)
    # A third faster than the default on a CPU, and one word to write.
    return torch.optim.Adam(parameters, lr=job.rate, fused=True)


class LastOutput(nn.Module):
    """A recurrent layer, whose last output the next layer sees."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class Encoder(nn.Module):
    """A layer of a transformer, norms first, and the mean of its tokens. `nn.TransformerEncoderLayer` is slower, in
    training and in use."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def attention(self, x):
        samples, tokens, width = x.shape
        parts = self.inputs(x).view(samples, tokens, 3, self.heads, width // self.heads)
        o = nn.functional.scaled_dot_product_attention(*parts.permute(2, 0, 3, 1, 4))
        return self.output(o.transpose(1, 2).reshape(x.shape))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        x = x + self.linear2(nn.functional.relu(self.linear1(self.norm2(x))))
        return x.mean(1)


def begin(network, job, index):
    """Gives a network the initial weights of a trial."""
    initial = [values[index] for layer in job.layers for values in layer]
    if job.cell:
        # A recurrent layer has both weights before both biases.
        initial[1], initial[2] = initial[2], initial[1]
    with torch.no_grad():
        for parameter, values in zip(network.parameters(), initial, strict=True):
            parameter.copy_(torch.from_numpy(values))


class Eager:
    """The network of one trial with its initial weights, and its data."""

    def __init__(self, job, index):
        self.job, modules = job, []
        between = [BETWEEN[job.between]()] if job.between in BETWEEN else []
        for c in job.convolutions:
            modules += [nn.Conv2d(c.inputs, c.channels, c.kernel, padding=c.padding, groups=c.groups), *between]
            modules += [nn.MaxPool2d(c.pool)] if c.pool > 1 else []
        if job.convolutions and len(job.sizes) > 1:
            modules.append(nn.Flatten())
        if job.cell:
            modules.append(LastOutput(RECURRENT[job.cell](job.shape[1], job.sizes[0], batch_first=True)))
        if job.heads:
            modules.append(Encoder(job.shape[1], job.heads, job.hidden))
        for place, (inputs, outputs) in enumerate(zip(job.sizes, job.sizes[1:])):
            if place > 0:
                modules += [*between, *([nn.Dropout(job.dropout)] if job.dropout else [])]
            modules.append(nn.Linear(inputs, outputs))
        self.network = nn.Sequential(*modules)
        begin(self.network, job, index)
        self.x, self.y = torch.from_numpy(job.x[index]), torch.from_numpy(job.y[index])
        self.x.requires_grad = job.measure == "gradients"
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

    def gradients(self):
        """The gradients of inputs and parameters, given those of the outputs."""
        y = self.network(self.x)
        return torch.autograd.grad(y, [self.x, *self.network.parameters()], self.y.view_as(y))

    def predict(self):
        with torch.inference_mode():
            return self.network(self.x)

    def checked(self):
        """Makes the checked steps, without dropout, and returns the loss of the next batch."""
        if self.job.measure == "gradients":
            return self.checked_gradients()
        self.network.train(not self.job.dropout)
        for step in range(self.job.checked):
            rows = self.job.rows(step)
            self.step_on(self.x[rows], self.y[rows])
        rows = self.job.rows(self.job.checked)
        with torch.no_grad():
            value = self.loss(self.x[rows], self.y[rows]).item() * self.per_sample
        self.network.train()
        return value

    def checked_gradients(self):
        """Moves inputs and parameters by their gradients, each divided by its root mean square. Returns the mean of outputs
        times their gradients."""
        before = [self.x.clone().detach()] + [parameter.clone().detach() for parameter in self.network.parameters()]
        values = [self.x, *self.network.parameters()]
        for _ in range(self.job.checked):
            for value, gradient in zip(values, self.gradients()):
                with torch.no_grad():
                    value -= self.job.rate * gradient / gradient.square().mean().sqrt()
        with torch.no_grad():
            loss = torch.mean(self.network(self.x).flatten(1) * self.y).item()
            for value, old in zip(values, before):
                value.copy_(old)
        return loss
