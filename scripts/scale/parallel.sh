#!/usr/bin/env bash
# GNU parallel on one machine, whose workers are killed at random, and which is killed itself.
#
#   scripts/scale/parallel.sh [PROGRAM]
#
# Needs Debian's package parallel. Exits with 0 only if the merged shards have the bytes of a single process.
source "$(dirname "$0")/common.sh"
needs parallel parallel
PROGRAM=$(program "$@")
shards=$PLACE/shards log=$PLACE/log

# Starts all parts in the background. A part whose worker dies gets other attempts.
start() { # RETRIES
    seq "$PARTS" | parallel --jobs 2 --retries "$1" --joblog "$log" \
        "$PROGRAM" "${STUDY[@]}" --threads 1 --shard "{}/$PARTS" --out "$shards" >/dev/null 2>&1 &
    parallel=$!
}

stop() {
    # shellcheck disable=SC2046
    kill -KILL "${parallel:-}" $(workers) 2>/dev/null || true
}
STOP=stop

# The processes that parallel has started.
workers() { pgrep --parent "${parallel:-0}" || true; }

# Kills one worker after another for as long as parallel runs, each within a third of a second.
kill_at_random() { # HOW MANY
    local killed=0 worker
    while [[ $killed -lt $1 ]] && kill -0 "$parallel" 2>/dev/null; do
        sleep "0.$((RANDOM % 300 + 20))"
        worker=$(workers | shuf --head-count 1)
        if [[ -n $worker ]] && kill -KILL "$worker" 2>/dev/null; then
            killed=$((killed + 1))
        fi
    done
    say "killed $killed workers"
}

say "1. One attempt each, with workers that are killed"
start 1
kill_at_random 6
failed=0
wait "$parallel" || failed=$?
there=$(count "$shards")
say "$there of $PARTS shards are there, parallel says that $failed have failed"
[[ $failed -ge 1 && $there -ge $((PARTS - failed)) ]] || fail "expected the shards of all parts that did not fail"
if "$PROGRAM" "${STUDY[@]}" --merge "$shards" --out "$PLACE/merged" >"$PLACE/refusal" 2>&1; then
    fail "shards are missing, and they were merged"
fi
grep --quiet "trials are missing" "$PLACE/refusal" || fail "$(tail -1 "$PLACE/refusal")"
say "refused: $(grep "trials are missing" "$PLACE/refusal")"

say "2. The same command again; parallel itself and its workers are killed"
listed "$shards" >"$PLACE/before"
start 1
await "$parallel" '[[ $(count "$shards") -gt $there ]]'
# Stopped first, because it would start others in place of its workers.
kill -STOP "$parallel"
stop
wait "$parallel" 2>/dev/null || true
say "$(count "$shards") of $PARTS shards are there"
listed "$shards" >"$PLACE/after"
kept "$PLACE/before" "$PLACE/after"

say "3. Once more with ten attempts each, and workers that are killed"
start 10
kill_at_random 6
wait "$parallel" || fail "a part has failed ten times"
listed "$shards" >"$PLACE/end"
kept "$PLACE/after" "$PLACE/end"
[[ $(count "$shards") -eq $PARTS ]] || fail "expected $PARTS shards, found $(count "$shards")"
merge_and_compare "$shards"
