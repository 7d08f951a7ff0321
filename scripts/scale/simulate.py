"""Simulates a study on many workers, some of which are slow, disturbed or lost, for several numbers of shards per worker.

    python scripts/scale/simulate.py            # prints the table of docs/scale.md
    python scripts/scale/simulate.py --help     # what is assumed

A worker takes the next part when it is free. If it is lost, the work on its part is lost with it: the part is run again, and a new
worker comes after a while. When no part is left, workers that are free are idle or, in the column "with copies", run the part
again that has been running longest; whoever is first counts, because the shards of both are equal.
"""

import argparse
import heapq
import random
from collections import deque
from statistics import median

SHARDS_PER_WORKER = [0.5, 1, 2, 4, 8, 16, 32, 64]
# As in crates/nn-train/src/study/curves.rs: how many losses of a merge are in memory at a time, and of how many epochs at least.
BLOCK, FEWEST_EPOCHS = 1 << 21, 16
# How many workers run a part at a time, with copies.
MOST = 3


def options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])

    def add(name, default, text):
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{text} (default: {default:,})")

    add("workers", 10_000, "number of workers, each with one core")
    add("trials", 1_000_000, "number of trials")
    add("epochs", 1_000, "number of epochs of a trial")
    add("trial", 36.0, "seconds of a trial on an ordinary worker")
    add("start", 1.0, "seconds to start a part: engine, container, program")
    add("starts", 200.0, "parts that the engine can start in a second")
    add("spread", 0.2, "standard deviation of the logarithm of the workers' speed")
    add("disturbed", 0.01, "fraction of the attempts that are disturbed: they take two to ten times as long")
    add("tail", 1.5, "exponent of the Pareto distribution of the disturbances")
    add("life", 20.0, "mean hours until a worker is lost")
    add("replacement", 180.0, "seconds until a new worker takes the place of a lost one")
    add("merge-trial", 0.15, "milliseconds of the merge for a trial (bootstrap intervals)")
    add("merge-loss", 75.0, "nanoseconds of the merge for a loss (order statistics)")
    add("open-local", 0.015, "milliseconds to open and read a file on a local disk")
    add("open-network", 1.0, "milliseconds to open and read a file on a network file system")
    add("seed", 2025, "seed of all random numbers")
    add("repeats", 5, "number of simulations, of which the table has the median")
    return parser.parse_args()


class Study:
    """The state of one simulated study. Times are in seconds."""

    def __init__(self, given, seed, shards, copies):
        self.given, self.shards, self.copies = given, shards, copies
        self.random = random.Random(seed)
        self.slowness = [self.random.lognormvariate(0, given.spread) for _ in range(given.workers)]
        self.waiting = deque(range(shards))
        self.running = deque()
        self.attempts = [0] * shards  # that run now
        self.done = [False] * shards
        self.free = []
        self.events = []
        self.engine = 0.0  # until when the engine is busy with starts
        self.lost = 0.0

    def next_part(self):
        if self.waiting:
            return self.waiting.popleft()
        while self.copies and self.running:
            part = self.running.popleft()
            if not self.done[part] and self.attempts[part] < MOST:
                self.running.append(part)
                return part
        return None

    def start(self, worker, now):
        part = self.next_part()
        if part is None:
            self.free.append(worker)
            return
        given, draw = self.given, self.random
        self.attempts[part] += 1
        if self.attempts[part] == 1:
            self.running.append(part)
        self.engine = max(now, self.engine) + 1 / given.starts
        trials = given.trials * (part + 1) // self.shards - given.trials * part // self.shards
        seconds = given.start + trials * given.trial * self.slowness[worker]
        if draw.random() < given.disturbed:
            seconds *= min(2 * draw.paretovariate(given.tail), 10)
        life = draw.expovariate(1 / (given.life * 3600))
        if life < seconds:
            self.lost += life
        heapq.heappush(self.events, (self.engine + min(life, seconds), worker, part, life >= seconds))

    def run(self):
        """Returns the hours until the last part is done, and the hours of work that were lost with workers."""
        for worker in range(self.given.workers):
            self.start(worker, 0.0)
        left = self.shards
        while left > 0:
            now, worker, part, success = heapq.heappop(self.events)
            if part is None:  # a new worker
                self.start(worker, now)
                continue
            self.attempts[part] -= 1
            if success:
                left -= not self.done[part]
                self.done[part] = True
                self.start(worker, now)
                continue
            heapq.heappush(self.events, (now + self.given.replacement, worker, None, False))
            if not self.done[part] and self.attempts[part] == 0:
                self.waiting.append(part)
                if self.free:
                    self.start(self.free.pop(), now)
        return now / 3600, self.lost / 3600


def merge(given, shards, milliseconds):
    """Seconds of the merge: it reads every file once to check it, and once for every block of epochs."""
    epochs = min(max(BLOCK // given.trials, FEWEST_EPOCHS), given.epochs)
    blocks = -(-given.epochs // epochs)
    opened = shards * (1 + blocks) * milliseconds / 1e3
    return given.trials * given.merge_trial / 1e3 + given.trials * given.epochs * given.merge_loss / 1e9 + opened


def main():
    given = options()
    ideal = given.trials * given.trial / given.workers / 3600
    print(f"{given.workers:,} workers, {given.trials:,} trials of {given.epochs:,} epochs, {ideal:.2f} h at best\n")
    print("| shards per worker | shards | trials in each | hours | hours with copies | work lost, hours | merge, local disk "
          "| merge, network | copies and local merge |")
    print("|---|---|---|---|---|---|---|---|---|")
    for per_worker in SHARDS_PER_WORKER:
        shards = min(round(per_worker * given.workers), given.trials)
        (plain, lost), (copied, _) = (
            map(median, zip(*(Study(given, given.seed + each, shards, copies).run() for each in range(given.repeats))))
            for copies in (False, True)
        )
        local, network = (merge(given, shards, each) / 3600 for each in (given.open_local, given.open_network))
        print(f"| {per_worker:g} | {shards:,} | {given.trials / shards:.3g} | {plain:.2f} | {copied:.2f} | {lost:,.0f} "
              f"| {local:.2f} h | {network:.1f} h | {copied + local:.2f} h |", flush=True)


if __name__ == "__main__":
    main()
