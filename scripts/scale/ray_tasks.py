"""Runs a study as Ray tasks on one machine. The worker of one task is killed amid its work, and Ray starts it again.

    pip install ray
    python scripts/scale/ray_tasks.py [PROGRAM]

Exits with 0 only if the merged shards have the bytes of a single process.
"""

import filecmp
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ray

ROOT = Path(__file__).parents[2]
PARTS = 20
KILLED = 5
STUDY = ["figures", "--only", "nonlinear-classification", "--trials", "320", "--epochs", "1000"]


@ray.remote(num_cpus=1, max_retries=3)
def run(program, part, place):
    """Runs one part. Its first worker may have been sentenced to die."""
    task = [program, *STUDY, "--threads", "1", "--shard", f"{part}/{PARTS}", "--out", f"{place}/shards"]
    process = subprocess.Popen(task, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    sentence = Path(place, f"killed-{part}")
    if part == KILLED and not sentence.exists():
        sentence.touch()
        time.sleep(0.05)
        process.kill()
        os.kill(os.getpid(), signal.SIGKILL)
    _, messages = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"part {part}: {messages}")
    return os.getpid()


def main():
    if len(sys.argv) > 1:
        program = str(Path(sys.argv[1]).resolve())
    else:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--package", "xtask"], cwd=ROOT, check=True)
        program = str(ROOT / "target/release/xtask")
    with tempfile.TemporaryDirectory() as place:
        shards = Path(place, "shards")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        try:
            workers = ray.get([run.remote(program, part, place) for part in range(1, PARTS + 1)])
            before = {path: path.stat().st_mtime_ns for path in shards.iterdir()}
            ray.get([run.remote(program, part, place) for part in range(1, PARTS + 1)])
            after = {path: path.stat().st_mtime_ns for path in shards.iterdir()}
        finally:
            ray.shutdown()
        if not Path(place, f"killed-{KILLED}").exists():
            sys.exit("FAILED: no worker was killed")
        print(f"{len(before)} shards by {len(set(workers))} workers, of which one was killed amid part {KILLED}")
        if before != after or len(before) != PARTS:
            sys.exit("FAILED: shards that were there have been run again")

        for task in ([], ["--merge", str(shards)]):
            out = ["--out", f"{place}/{'merged' if task else 'single'}"]
            subprocess.run([program, *STUDY, *task, *out], check=True, capture_output=True)
        files = sorted(path.name for path in Path(place, "single").iterdir() if path.suffix in (".csv", ".svg"))
        same, different, missing = filecmp.cmpfiles(f"{place}/single", f"{place}/merged", files, shallow=False)
        if different or missing or len(same) < 3:
            sys.exit(f"FAILED: {different + missing} differ")
        print(f"same bytes: {len(same)} files of {PARTS} merged shards equal those of a single process")


if __name__ == "__main__":
    main()
