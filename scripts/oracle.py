"""Shared by the scripts that write files for tests: `--check`, and JSON that reads well in a diff."""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(description, files, same=lambda old, new: old == new):
    """Writes each text (or bytes) of `files`, a dictionary by path. With `--check`, fails if one is not the `same`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="fail if a file would change")
    check = parser.parse_args().check
    for name, new in files.items():
        file = ROOT / name
        write, read = (file.write_bytes, file.read_bytes) if isinstance(new, bytes) else (file.write_text, file.read_text)
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            write(new)
        elif not file.exists() or not same(read(), new):
            sys.exit(f"{name} is out of date: run {sys.argv[0]}")


def text(data):
    """Returns JSON with one case per line. Python prints the shortest digits that give the same double back."""
    parts = []
    for key, value in data.items():
        body = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            body = "[\n" + ",\n".join(f"    {json.dumps(case, ensure_ascii=False)}" for case in value) + "\n  ]"
        parts.append(f"  {json.dumps(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def close(old, new, tolerance):
    """Compares structures whose numbers may differ by a tolerance, relative above 1, because other CPUs round differently."""
    if isinstance(new, dict):
        return isinstance(old, dict) and old.keys() == new.keys() and all(close(old[k], new[k], tolerance) for k in new)
    if isinstance(new, list):
        return isinstance(old, list) and len(old) == len(new) and all(close(o, n, tolerance) for o, n in zip(old, new))
    if isinstance(new, float):
        return isinstance(old, float) and abs(old - new) <= tolerance * max(1.0, abs(new))
    return old == new
