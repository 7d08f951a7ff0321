"""A network in use with PyTorch: one step of a sequence in one call, with the state carried to the next."""

import itertools
import time

import torch
from torch import nn

from common import window
from torch_eager import begin


class Control(nn.Module):
    def __init__(self, job):
        super().__init__()
        self.cell, self.linear = nn.LSTMCell(job.shape[1], job.sizes[0]), nn.Linear(*job.sizes)
        begin(self, job, 0)

    def forward(self, x, state):
        state = self.cell(x, state)
        return self.linear(state[0]), state


@torch.inference_mode()
def answer(job, compiled):
    """Goes through the sequence, the last output of which has the loss that is compared, and then on through it again and
    again."""
    network, setup = Control(job), {}
    steps = torch.from_numpy(job.x[0, 0]).split(1)
    first = torch.zeros(2, 1, job.sizes[0]).unbind()
    if compiled:
        start = time.perf_counter()
        network = torch.compile(network, mode="max-autotune-no-cudagraphs")
        network(steps[0], first)
        setup = dict(setup=time.perf_counter() - start)
    state = first
    for x in steps:
        y, state = network(x, state)
    loss = nn.functional.cross_entropy(y, torch.from_numpy(job.y[0])).item()
    steps = itertools.cycle(steps)

    def run(n):
        nonlocal state
        for _ in range(n):
            _, state = network(next(steps), state)

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=loss, wall=wall, cpu=cpu, count=count, **setup)
