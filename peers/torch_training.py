"""Whole trainings with PyTorch on shuffled mini-batches: each indexes the tensors by a permutation, or has a DataLoader."""

import copy

import torch
from torch.utils.data import DataLoader, TensorDataset

from common import Clock, long_window
from torch_eager import Eager


class Training(Eager):
    """A trial with its batches and its validation."""

    def __init__(self, job, index, loader):
        super().__init__(job, index)
        n = job.trained
        self.x, self.y, self.held_out = self.x[:n], self.y[:n], (self.x[n:], self.y[n:])
        self.loader = None
        if loader:
            self.loader = DataLoader(TensorDataset(self.x, self.y), batch_size=job.batch, shuffle=True)

    def epoch(self):
        """Trains an epoch and returns the validation loss, if there is one."""
        for x, y in self.loader or self.batches():
            self.step_on(x, y)
        if self.job.held_out:
            self.network.eval()
            with torch.inference_mode():
                value = self.loss(*self.held_out).item()
            self.network.train()
            return value

    def batches(self):
        for rows in torch.randperm(len(self.x)).split(self.job.batch):
            yield self.x[rows], self.y[rows]

    def train(self):
        """Trains to the end, which early stopping may bring forward. Returns the number of epochs."""
        least, waited, weights = float("inf"), 0, None
        for epoch in range(1, self.job.epochs + 1):
            value = self.epoch()
            if not self.job.patience:
                continue
            if value < least:
                least, waited, weights = value, 0, copy.deepcopy(self.network.state_dict())
            else:
                waited += 1
                if waited == self.job.patience:
                    break
        if weights:
            self.network.load_state_dict(weights)
        return epoch


def answer(job, loader):
    loss = sum(Eager(job, index).checked() for index in range(job.trials)) / job.trials
    trials = [Training(job, index, loader) for index in range(job.trials)]
    if job.measure == "epochs":
        wall, cpu, count = long_window(job.seconds, trials[0].epoch)
        return dict(loss=loss, wall=wall, cpu=cpu, count=count)
    clock = Clock()
    epochs = [trial.train() for trial in trials]
    wall, cpu = clock.stop()
    ran = dict(epochs=sum(epochs) / job.trials) if job.patience else {}
    return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials, **ran)
