"""PyTorch in four ways: as users write it (eager), the same with a DataLoader (loader), with gradients by hand and all
trials in one batch (by-hand), and with torch.compile (compile)."""

import sys

from common import Clock, limit_threads, main, warm_up, window

threads = limit_threads()

import time

import torch

import torch_control
import torch_training
from torch_by_hand import ByHand
from torch_eager import Eager

torch.set_num_threads(threads)
variant = sys.argv[1]


def train_eager(job):
    warm_up = Eager(job, 0)
    for _ in range(20):
        warm_up.step()
    clock, total = Clock(), 0.0
    for index in range(job.trials):
        trial = Eager(job, index)
        curve = [trial.step().item() for _ in range(job.epochs)]
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
    curves = train(job.epochs)
    return curves[job.checked].mean().item(), clock.stop()


def ensemble_by_hand(job):
    loss, trials = ByHand(job).checked(), ByHand(job)
    clock = Clock()
    for _ in range(job.epochs):
        trials.epoch()
    return loss, clock.stop()


def answer(job):
    if job.measure == "control":
        return torch_control.answer(job, compiled=variant == "compile")
    if job.measure in ("epochs", "ensemble") and variant != "by-hand":
        return torch_training.answer(job, loader=variant == "loader")
    if job.measure == "ensemble":
        loss, (wall, cpu) = ensemble_by_hand(job)
        return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials)
    if job.measure == "trials":
        loss, (wall, cpu) = (train_by_hand if variant == "by-hand" else train_eager)(job)
        return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials)

    trial = ByHand(job) if variant == "by-hand" else Eager(job, 0)
    once = getattr(trial, {"prediction": "predict", "gradients": "gradients"}.get(job.measure, "step"))
    setup = {}
    if variant == "compile":
        start = time.perf_counter()
        if job.measure in ("prediction", "gradients"):
            trial.network = torch.compile(trial.network, mode="max-autotune-no-cudagraphs")
        else:
            trial.loss = torch.compile(trial.loss, mode="max-autotune-no-cudagraphs")
        initial = [parameter.detach().clone() for parameter in trial.network.parameters()]
        once()
        setup = dict(setup=time.perf_counter() - start)
        with torch.no_grad():
            for parameter, value in zip(trial.network.parameters(), initial):
                parameter.copy_(value)
    value = trial.checked()

    def run(n):
        for _ in range(n):
            once()

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=value, wall=wall, cpu=cpu, count=count, **setup)


main(torch.__version__, answer)
