"""Mutation testing of a crate with few builds: many mutants are in the same program, and a variable chooses one.

    cargo install cargo-mutants --locked
    python scripts/mutants.py nn-data 0/30            # prints the mutants that no test kills
    python scripts/mutants.py nn-data 0/30 --only 4 7 # runs some of them again, by their numbers

cargo-mutants builds the tests again for each mutant, which takes minutes for nn-core. Here the body of a function that has
mutants 4 and 7 becomes

    { if mutants::is(4) { …changed… } else if mutants::is(7) { …changed… } else { …as it was… } }

in a copy of the project, so that the tests are built once and run once for each mutant, with MUTANT=4 in their environment. Which
mutants there are says cargo-mutants, with the settings of .cargo/mutants.toml; the sample is every n-th of them. What does not
compile in this form is left out after `cargo check`, and then tried alone, as are mutants of constants: either it cannot be built at
all, or it has a build of its own. Functions that are always inlined would make one program huge, so a few of their mutants at a time
have a program of their own.

A run that is stopped may leave half a build behind; if the linker then misses a symbol, delete target/mutants.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parent.parent
INLINE = "#[inline(always)]"
# The selector, in the copy of the crate. It must not allocate, because some tests count allocations.
SELECTOR = """
#[allow(unsafe_code, missing_docs)]
mod mutants {
    use std::sync::atomic::{AtomicU32, Ordering};

    unsafe extern "C" {
        fn getenv(name: *const std::ffi::c_char) -> *const std::ffi::c_char;
    }

    static CHOSEN: AtomicU32 = AtomicU32::new(u32::MAX);

    #[cold]
    fn read() -> u32 {
        // Nothing changes the environment meanwhile.
        let text = unsafe { getenv(c"MUTANT".as_ptr()) };
        let text = if text.is_null() { c"0" } else { unsafe { std::ffi::CStr::from_ptr(text) } };
        let number = text.to_bytes().iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
        CHOSEN.store(number, Ordering::Relaxed);
        number
    }

    pub(crate) fn is(number: u32) -> bool {
        let chosen = CHOSEN.load(Ordering::Relaxed);
        number == if chosen == u32::MAX { read() } else { chosen }
    }
}
"""


def cargo(work, *arguments, **options):
    environment = {**os.environ, "CARGO_TARGET_DIR": str(work / "target"), "RUSTFLAGS": "-Awarnings"}
    return subprocess.run(["cargo", *arguments], cwd=work / "copy", env=environment, text=True, capture_output=True, **options)


def copy(work):
    """Brings the copy of the project to what git has, leaving files alone that are the same."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, text=True, capture_output=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        write(work / "copy" / name, (ROOT / name).read_bytes())


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def offset(text, place):
    """The index into a text of a line and a column, which count characters from one."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1


def span(text, of):
    return offset(text, of["span"]["start"]), offset(text, of["span"]["end"])


def body(text, start):
    """The index of the brace that opens the body of the function at `start`, whose comments may have braces as well."""
    depth, comment = 0, False
    for index in range(start, len(text)):
        comment = text.startswith("//", index) or (comment and text[index] != "\n")
        if not comment:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[index], 0)
            if text[index] == "{" and depth == 0:
                return index
    raise ValueError(text[start : start + 80])


class File:
    """A file with its mutants: number → (start, end, replacement), and the function that holds each."""

    def __init__(self, text, mutants):
        self.text = text
        self.mutants = {number: (*span(text, mutant), mutant["replacement"]) for number, mutant in mutants.items()}
        spans = {span(text, mutant["function"]) for mutant in mutants.values() if mutant["function"]}
        outer = [a for a in spans if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in spans)]
        self.hosts = defaultdict(list)
        for number, (start, end, _) in self.mutants.items():
            for host in outer:
                if host[0] <= start and end <= host[1]:
                    self.hosts[host].append(number)
        # A constant has no body in which one could choose.
        self.constants = self.mutants.keys() - {number for numbers in self.hosts.values() for number in numbers}

    def copied(self):
        """The mutants in functions that the compiler copies to wherever they are used, so that many of them make a program huge."""
        return [n for (start, _), numbers in self.hosts.items() for n in numbers if INLINE in self.text[start : self.mutants[n][0]]]

    def alone(self, number):
        """The text with one mutant and no choice."""
        start, end, replacement = self.mutants[number]
        return self.text[:start] + replacement + self.text[end:]

    def with_choice(self, without):
        """The text with all mutants but some, and whose lines are whose: (first, last, numbers), those of a mutant before those of a
        function with all its mutants."""
        pieces, lines, functions, at = [], [], [], 0
        count = lambda: sum(piece.count("\n") for piece in pieces) + 1
        for (start, end), numbers in sorted(self.hosts.items()):
            brace = body(self.text, start)
            chosen = [number for number in numbers if number not in without and self.mutants[number][0] > brace]
            pieces.append(self.text[at:brace])
            at = end
            if not chosen:
                pieces.append(self.text[brace:end])
                continue
            pieces.append("{\n")
            function = count()
            for number in chosen:
                mutant_start, mutant_end, replacement = self.mutants[number]
                first = count()
                pieces.append(f"if crate::mutants::is({number}) ")
                pieces.append(self.text[brace:mutant_start] + replacement + self.text[mutant_end:end] + "\nelse ")
                lines.append((first, count(), {number}))
            pieces.append(self.text[brace:end] + "\n}")
            functions.append((function, count(), set(chosen)))
        pieces.append(self.text[at:])
        return "".join(pieces), lines + functions


def errors(work, package):
    """Whether `cargo check` fails, where it finds errors (pairs of file and line), and what it says."""
    result = cargo(work, "check", "-p", package, "--all-features", "--profile", "mutants", "--message-format", "json")
    places = set()
    for message in map(json.loads, filter(lambda line: line.startswith("{"), result.stdout.splitlines())):
        message = message.get("message") or {}
        for place in message.get("spans", []) if message.get("level") == "error" else []:
            # The place where a macro is used, rather than that in the macro.
            while place["expansion"]:
                place = {**place["expansion"]["span"], "is_primary": place["is_primary"]}
            if place["is_primary"]:
                places.add((place["file_name"], place["line_start"]))
    return result.returncode != 0, places, result.stderr


def tests(work, package):
    """Builds the tests of a package; returns their programs."""
    flags = ["--tests", "--all-features", "--profile", "mutants", "--no-run", "--message-format", "json"]
    result = cargo(work, "test", "-p", package, *flags)
    if result.returncode:
        sys.exit(result.stderr)
    messages = map(json.loads, filter(lambda line: line.startswith("{"), result.stdout.splitlines()))
    return [message["executable"] for message in messages if message.get("executable")]


def killed_by(programs, folder, number, limits):
    """Runs the tests with a mutant; returns what killed it, and nothing if all tests pass. A mutant that loops for ever is stopped: the
    limits are seconds for each program, and are set by the first run, that without a mutant."""
    environment = {**os.environ, "MUTANT": str(number), "RUSTC_BOOTSTRAP": "1"}
    for place, program in enumerate(programs):
        start = time.monotonic()
        command = [program, "-q", "-Zunstable-options", "--fail-fast"]
        options = dict(cwd=folder, env=environment, text=True, errors="replace", start_new_session=True)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        try:
            output, _ = process.communicate(timeout=limits[place] if limits[place:] else None)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "time"
        if process.returncode:
            failed = [line for line in output.splitlines() if line.startswith("---- ")]
            return failed[0].split()[1] if failed else f"exit code {process.returncode}"
        if not limits[place:]:
            limits.append(60 + 5 * (time.monotonic() - start))
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package")
    parser.add_argument("shard", help="0/30 is every thirtieth mutant, from the first")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of mutants")
    parser.add_argument("--copies", type=int, default=8, help="mutants at a time in functions that are always inlined")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "mutants")
    arguments = parser.parse_args()
    package, work = arguments.package, arguments.work.resolve()
    folder = work / "copy" / "crates" / package

    copy(work)
    sample = ["--sharding", "round-robin", "--shard", arguments.shard]
    listed = json.loads(cargo(work, "mutants", "-p", package, *sample, "--list", "--json", check=True).stdout)
    mutants = dict(enumerate(listed, 1))
    files = {}
    for name in {mutant["file"] for mutant in listed}:
        chosen = {number: mutant for number, mutant in mutants.items() if mutant["file"] == name}
        files[name] = File((work / "copy" / name).read_text(), chosen)
    library = f"crates/{package}/src/lib.rs"
    files.setdefault(library, File((work / "copy" / library).read_text(), {}))

    def put(texts):
        for name, text in texts.items():
            write(work / "copy" / name, (text + SELECTOR * (name == library)).encode())

    results = {}

    def run(programs, number):
        start = time.monotonic()
        results[number] = killed_by(programs, folder, number, limits) or "SURVIVED"
        print(f"{number:4} {time.monotonic() - start:6.1f} s  {results[number]:40} {mutants[number]['name']}", flush=True)

    wanted = set(arguments.only or mutants)
    copied = {number for file in files.values() for number in file.copied() if number in wanted}
    constants = {number for file in files.values() for number in file.constants if number in wanted}
    others = sorted(wanted - copied - constants)
    groups = [others] + [sorted(copied)[at : at + arguments.copies] for at in range(0, len(copied), arguments.copies)]
    alone, limits = sorted(constants), []
    for group in filter(None, groups):
        without = mutants.keys() - set(group)
        while True:
            made = {name: file.with_choice(without) for name, file in files.items()}
            put({name: text for name, (text, _) in made.items()})
            failed, places, output = errors(work, package)
            if not failed:
                break
            for name, line in places:
                holders = [numbers for first, last, numbers in made[name][1] if first <= line <= last] if name in made else []
                if not holders:
                    sys.exit(f"an error outside of mutants, at {name}:{line}\n{output}")
                without |= holders[0]
        together = [number for number in group if number not in without]
        alone += [number for number in group if number in without]
        start = time.monotonic()
        programs = tests(work, package)
        print(f"{len(together)} mutants in programs that took {time.monotonic() - start:.0f} s to build", flush=True)
        if not limits and (killer := killed_by(programs, folder, 0, limits)):
            sys.exit(f"without a mutant {killer} fails")
        for number in together:
            run(programs, number)
    for number in alone:
        name = mutants[number]["file"]
        put({other: file.alone(number) if other == name else file.text for other, file in files.items()})
        if errors(work, package)[0]:
            results[number] = "cannot be built"
            print(f"{number:4} cannot be built: {mutants[number]['name']}", flush=True)
        else:
            run(tests(work, package), number)
    put({name: file.text for name, file in files.items()})

    survivors = [number for number in sorted(results) if results[number] == "SURVIVED"]
    unbuilt = sum(result == "cannot be built" for result in results.values())
    print(f"{len(results)} mutants, {unbuilt} cannot be built, {len(results) - unbuilt - len(survivors)} killed, not killed:")
    for number in survivors:
        print(f"{mutants[number]['diff']}")


if __name__ == "__main__":
    main()
