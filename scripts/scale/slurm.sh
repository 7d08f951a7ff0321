#!/usr/bin/env bash
# A Slurm array job on a cluster of one machine: one task is requeued amid its work, the worker of another is killed.
#
#   scripts/scale/slurm.sh [PROGRAM]
#
# Needs root and Debian's packages slurmctld, slurmd, slurm-client and munge. The daemons have their files in a temporary directory
# and end with the script. Exits with 0 only if the merged shards have the bytes of a single process.
source "$(dirname "$0")/common.sh"
needs "slurmctld slurmd slurm-client munge" slurmctld slurmd sbatch munged
[[ $EUID -eq 0 ]] || fail "expected root, found $(id --user --name)"
PROGRAM=$(program "$@")
# Long enough to be found at work.
PARTS=10
STUDY=(figures --only nonlinear-classification --trials 160 --epochs 5000)
shards=$PLACE/shards host=$(hostname --short)
mkdir "$PLACE/state" "$PLACE/spool" "$PLACE/logs"

# The socket of munge must be in a directory that others can enter.
chmod 755 "$PLACE"
dd if=/dev/urandom of="$PLACE/munge.key" bs=128 count=1 status=none
chmod 600 "$PLACE/munge.key"
cat >"$PLACE/slurm.conf" <<END
ClusterName=alone
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$PLACE/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$PLACE/state
SlurmdSpoolDir=$PLACE/spool
SlurmctldPidFile=$PLACE/slurmctld.pid
SlurmdPidFile=$PLACE/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$PLACE/slurm.conf

daemons=()
stop() {
    scancel --user root 2>/dev/null || true
    sleep 0.5
    kill "${daemons[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
}
STOP=stop
munged --foreground --force --key-file "$PLACE/munge.key" --socket "$PLACE/munge.socket" --pid-file "$PLACE/munged.pid" \
    --log-file "$PLACE/logs/munged" --seed-file "$PLACE/munged.seed" >/dev/null 2>&1 &
daemons+=($!)
await $! '[[ -S $PLACE/munge.socket ]]'
slurmctld -D -i -L "$PLACE/logs/slurmctld" >/dev/null 2>&1 &
daemons+=($!)
slurmd -D -N "$host" -L "$PLACE/logs/slurmd" >/dev/null 2>&1 &
daemons+=($!)
await $! '[[ $(sinfo --noheader --format %t 2>/dev/null) == idle ]]'
say "$(sinfo --version) has a node of $(nproc) CPUs"

# Every task writes the shard of its part, whose number and count it has from Slurm. %2: at most two at a time.
cat >"$PLACE/job" <<END
#!/bin/sh
#SBATCH --array=1-$PARTS%2 --cpus-per-task=1 --requeue
#SBATCH --output=$PLACE/logs/%a --open-mode=append
exec $PROGRAM ${STUDY[*]} --threads 1 --shard slurm --out $shards
END
submit() { sbatch --parsable "$PLACE/job"; }
wait_for() { await "${daemons[2]}" "$1"; } # CONDITION
ended() { [[ -z $(squeue --noheader --jobs "$1" 2>/dev/null) ]]; } # JOB
field() { scontrol --oneliner show job "$1" | grep --only-matching " $2=[^ ]*" | cut --delimiter = --fields 2; } # JOB FIELD

# A worker that runs, other than that of a task, and its task: sets `worker` and `task`.
find_worker() { # OTHER TASK
    for worker in $(pgrep --full -- "--shard slurm --out $shards"); do
        task=$(tr '\0' '\n' 2>/dev/null <"/proc/$worker/environ" | sed --quiet s/^SLURM_ARRAY_TASK_ID=//p)
        [[ -z $task || $task == "$1" ]] || return 0
    done
    return 1
}

say "1. A job of $PARTS tasks; the worker of one is killed, another is requeued"
job=$(submit)
wait_for 'find_worker ""'
killed=$task
kill -KILL "$worker"
wait_for 'find_worker "$killed"'
requeued=$task
scontrol requeue "${job}_$requeued"
wait_for '[[ $(field "${job}_$requeued" JobState) == PENDING ]]'
# Slurm lets a requeued task wait for two minutes.
scontrol update "JobId=${job}_$requeued" StartTime=now
wait_for 'ended "$job"'
say "task $killed: $(field "${job}_$killed" JobState), task $requeued: $(field "${job}_$requeued" JobState) after" \
    "$(field "${job}_$requeued" Restarts) restart; $(count "$shards") of $PARTS shards are there"
[[ $(count "$shards") -eq $((PARTS - 1)) ]] || fail "expected all shards but one"

say "2. The same job again"
listed "$shards" >"$PLACE/before"
job=$(submit)
wait_for 'ended "$job"'
listed "$shards" >"$PLACE/after"
kept "$PLACE/before" "$PLACE/after"
[[ $(count "$shards") -eq $PARTS ]] || fail "expected $PARTS shards, found $(count "$shards")"
merge_and_compare "$shards"
