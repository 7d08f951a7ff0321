"""What the Python peers share: reading jobs and data, timing, printing answers.

A program is started with a file of jobs, one line of key=value words each (written by `cargo xtask compare`), and answers with
one line of key=value words for each. The data of a job are in a file beside it: for each trial the inputs, the targets and
the weights and biases of the layers, as little-endian f32.
"""

import contextlib
import math
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

STEPS = 10  # the number of steps after which all programs must have the same loss
GATES = {"lstm": 4, "gru": 3}


@dataclass
class Convolution:
    """With stride 1, followed by an activation and perhaps a max pooling."""

    inputs: int
    channels: int
    kernel: int
    padding: int
    groups: int
    pool: int  # size and stride of the pooling, or 1 for none


@dataclass
class Job:
    work: str
    path: Path  # of the data
    shape: list[int]  # of a sample: channels, height and width; steps or tokens, and features; or the number of features alone
    convolutions: list[Convolution]  # before the linear layers
    cell: str | None  # lstm or gru, of the recurrent layer before the linear layers; with as many units as these have inputs
    heads: int | None  # of the transformer's layer before the linear layers, which see the mean of its tokens
    hidden: int | None  # between the two linear layers of that layer
    sizes: list[int]  # of the linear layers; a single number is that of the convolutions' outputs
    between: str  # tanh, relu or nothing
    dropout: float  # the share of hidden units left out after each activation
    loss: str  # mse or cross-entropy
    reduction: str  # of the loss that is descended: mean or sum over samples
    samples: int  # in the file
    held_out: int  # the last samples, for validation after each epoch
    batch: int
    rule: str  # sgd or adam
    rate: float
    measure: str  # epochs, ensemble, reading, trials, throughput, step, gradients, prediction or control
    trials: int
    epochs: int
    patience: int  # of early stopping, or 0
    seconds: float
    threads: int
    x: "numpy.ndarray" = field(default=None, repr=False)  # (trials, samples, *shape)
    y: "numpy.ndarray" = field(default=None, repr=False)  # (trials, samples, outputs), or labels (trials, samples)
    # (trials, outputs, inputs) and (trials, outputs) of each layer; (trials, outputs, inputs / groups, h, w) for convolutions.
    # A recurrent layer counts as two: one for its inputs, one for its output of the step before; the gates are in PyTorch's order.
    # A transformer's layer counts as six, in PyTorch's order: its attention's two, its linear layers, and its norms, (trials, features).
    layers: list = field(default_factory=list, repr=False)

    @property
    def checked(self):
        """The number of steps before the loss that is compared; for predictions, that of the initial weights."""
        return 0 if self.measure in ("prediction", "control") else STEPS

    @property
    def outputs(self):
        return self.sizes[-1]

    @property
    def trained(self):
        """The number of samples to learn from."""
        return self.samples - self.held_out

    def rows(self, step):
        """The samples of a checked step: batches follow each other in the order of the file."""
        index = step % (self.trained // self.batch)
        return slice(index * self.batch, (index + 1) * self.batch)


def read_shape(words):
    shape = words.get("image") or words.get("sequence") or words.get("tokens") or words["sizes"].split("-")[0]
    return [int(size) for size in shape.split("x")]


def read_convolutions(words):
    convolutions, inputs = [], int(words.get("image", "1").split("x")[0])
    for word in words.get("convolutions", "").split(",") if "image" in words else []:
        convolutions.append(Convolution(inputs, *(int(number) for number in word.split("-"))))
        inputs = convolutions[-1].channels
    return convolutions


def read_job(line, directory):
    import numpy as np

    words = dict(word.split("=", 1) for word in line.split())
    whole = ("samples", "held-out", "batch", "trials", "epochs", "patience", "threads")
    job = Job(
        work=words["work"],
        path=directory / words["data"],
        shape=read_shape(words),
        convolutions=read_convolutions(words),
        cell=words.get("cell"),
        heads=int(words["heads"]) if "heads" in words else None,
        hidden=int(words["hidden"]) if "hidden" in words else None,
        sizes=[int(size) for size in words["sizes"].split("-")],
        between=words["between"],
        dropout=float(words["dropout"]),
        loss=words["loss"],
        reduction=words["reduction"],
        rule=words["rule"],
        rate=float(words["rate"]),
        measure=words["measure"],
        seconds=float(words["seconds"]),
        **{key.replace("-", "_"): int(words[key]) for key in whole},
    )
    if job.measure == "reading":
        return job
    shapes = [(c.channels, c.inputs // c.groups, c.kernel, c.kernel) for c in job.convolutions]
    if job.cell:
        units = job.sizes[0]
        shapes += [(GATES[job.cell] * units, inputs) for inputs in (job.shape[1], units)]
    if job.heads:
        d, hidden = job.shape[1], job.hidden
        shapes += [(3 * d, d), (d, d), (hidden, d), (d, hidden), (d,), (d,)]
    shapes += [(o, i) for i, o in zip(job.sizes, job.sizes[1:])]
    n, d, p = job.samples, math.prod(job.shape), job.outputs
    targets = n * p if job.loss == "mse" else n
    parts = [n * d, targets] + [size for shape in shapes for size in (math.prod(shape), shape[0])]
    numbers = np.fromfile(job.path, "<f4", job.trials * sum(parts)).reshape(job.trials, sum(parts))
    x, y, *parameters = np.split(numbers, np.cumsum(parts)[:-1], axis=1)
    job.x = np.ascontiguousarray(x.reshape(-1, n, *job.shape))
    job.y = y.reshape(-1, n, p).copy() if job.loss == "mse" else y.astype(np.int64)
    for shape, weight, bias in zip(shapes, parameters[::2], parameters[1::2]):
        job.layers.append((weight.reshape(-1, *shape).copy(), bias.copy()))
    return job


class Clock:
    """Wall time and CPU time. The peak of the memory starts anew with a clock, if the system can do that."""

    def __init__(self):
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def stop(self):
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def peak_memory():
    """Peak resident memory since a clock last started, in KiB, if the system reports it."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return dict(memory=next(line.split()[1] for line in lines if line.startswith("VmHWM:")))
    return {}


def long_window(seconds, run):
    """Repeats `run()`, which takes long itself, for `seconds` after a first call to warm up. If the first call takes as
    long, it is the measurement. Returns wall time, CPU time and the number of calls."""
    clock = Clock()
    run()
    wall, cpu = clock.stop()
    if wall >= seconds:
        return wall, cpu, 1
    clock, count = Clock(), 0
    while count == 0 or time.perf_counter() - clock.wall < seconds:
        run()
        count += 1
    return *clock.stop(), count


def warm_up(seconds, run):
    """Repeats `run()` for half of `seconds`."""
    start = time.perf_counter()
    while time.perf_counter() - start < seconds / 2:
        run()


def window(seconds, run, least=1):
    """Repeats `run(n)`, which makes n steps, for half of `seconds` to warm up and then for `seconds`. Returns wall time, CPU
    time and the number of steps. The clock is read about once a millisecond; n is a multiple of `least`."""

    def repeat(seconds, chunk):
        clock, count = Clock(), 0
        while time.perf_counter() - clock.wall < seconds:
            run(chunk)
            count += chunk
        return *clock.stop(), count

    run(least)
    wall, _, count = repeat(seconds / 2, least)
    return repeat(seconds, least * max(1, round(1e-3 * count / wall / least)))


def main(version, answer):
    """Calls `answer(job)` for every job and prints what it returns: loss, wall, cpu, count, perhaps setup and epochs."""
    jobs = Path(sys.argv[-1])
    print(f"version={version}")
    for line in jobs.read_text().splitlines():
        job = read_job(line, jobs.parent)
        values = answer(job) | peak_memory()
        print(f"work={job.work}", *(f"{key}={value}" for key, value in values.items()), flush=True)


def limit_threads():
    """Restricts the process, and every pool that takes its size from it, to as many cores as the first job has threads.
    Must be called before a framework is imported."""
    first = Path(sys.argv[-1]).read_text().split("\n", 1)[0]
    threads = int(dict(word.split("=", 1) for word in first.split())["threads"])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    return threads
