# shellcheck shell=bash
# What the shell scripts of this directory share: the program, a small study, its run in a single process, the merge, and a
# place that goes away. Each script sources this file.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PARTS=20
STUDY=(figures --only nonlinear-classification --trials 320 --epochs 1000)

# Removed in the end, with everything that is in it. Services are in STOP, a function that a script may define.
PLACE=$(mktemp -d)
STOP=true
clean_up() {
    local status=$?
    $STOP
    rm -rf "$PLACE"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }

# Fails unless the commands are there, which Debian's packages bring.
needs() { # PACKAGES COMMAND...
    local packages=$1 command
    shift
    for command in "$@"; do
        command -v "$command" >/dev/null || fail "expected the command $command, found none: apt-get install $packages"
    done
}

# The program of the first argument or, without one, a new build.
program() {
    if [[ $# -gt 0 ]]; then
        realpath "$1"
    else
        (cd "$ROOT" && cargo build --release --quiet --package xtask >&2)
        say "$ROOT/target/release/xtask"
    fi
}

# The names of the shards in a directory, with what changes when one is written again.
listed() { (cd "$1" && stat --format '%n %i %y' -- *.shard 2>/dev/null | sort) || true; }
count() { listed "$1" | wc -l; }

# Fails unless every line of one list is in another: shards that were there have not been written again.
kept() { # BEFORE AFTER
    local again
    again=$(comm -23 "$1" "$2")
    [[ -z $again ]] || fail "these shards were run again: $again"
}

# Waits for a condition, given as a command, that the process makes true amid its work.
await() { # PROCESS CONDITION
    until eval "$2"; do
        kill -0 "$1" 2>/dev/null || fail "the work ended before it was disturbed: $2"
        sleep 0.02
    done
}

# Merges the shards of these directories, and compares every CSV and SVG file with that of a single process.
merge_and_compare() { # DIR...
    local file name files=0
    "$PROGRAM" "${STUDY[@]}" --out "$PLACE/single" >/dev/null 2>&1
    "$PROGRAM" "${STUDY[@]}" --merge "$@" --out "$PLACE/merged" >/dev/null 2>"$PLACE/refusal" || fail "$(tail -1 "$PLACE/refusal")"
    for file in "$PLACE"/single/*.csv "$PLACE"/single/*.svg; do
        name=$(basename "$file")
        cmp "$file" "$PLACE/merged/$name" || fail "$name differs"
        files=$((files + 1))
    done
    [[ $files -ge 3 ]] || fail "expected three files to compare, found $files"
    say "same bytes: $files files of $PARTS merged shards equal those of a single process"
}
