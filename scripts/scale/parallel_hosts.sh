#!/usr/bin/env bash
# GNU parallel over ssh to three hosts, of which one loses its network amid the work and one is switched off.
#
#   scripts/scale/parallel_hosts.sh [PROGRAM]
#
# Needs root and Debian's packages parallel, rsync, openssh-server and iproute2. The hosts are network namespaces with an sshd in
# each. All of this is in namespaces of the script's own, which the system removes with it, whatever way it ends. Exits with 0 only
# if the merged shards have the bytes of a single process.
source "$(dirname "$0")/common.sh"
needs "parallel rsync openssh-server iproute2" parallel rsync ssh ip
if [[ -z ${IN_NAMESPACES:-} ]]; then
    [[ $EUID -eq 0 ]] || fail "expected root, found $(id --user --name)"
    PROGRAM=$(program "$@")
    IN_NAMESPACES=yes unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$PROGRAM"
    exit
fi
PROGRAM=$1
shared=$PLACE/shared alone=$PLACE/alone
mkdir "$shared" "$alone" "$PLACE/home"
# GNU parallel keeps notes there.
export HOME=$PLACE/home

# The names of namespaces, and sshd's directory.
mount -t tmpfs tmpfs /run
mkdir /run/sshd
ssh-keygen -q -t ed25519 -N "" -f "$PLACE/key"
cat >"$PLACE/sshd" <<END
HostKey $PLACE/key
AuthorizedKeysFile $PLACE/key.pub
StrictModes no
UsePAM no
PidFile none
END
cat >"$PLACE/ssh" <<END
Host host*
    User root
    IdentityFile $PLACE/key
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
    # A host that is gone counts as failed after two seconds, rather than never.
    ConnectTimeout 2
    ServerAliveInterval 1
    ServerAliveCountMax 2
END
for host in 1 2 3; do
    ip netns add "host$host"
    ip link add "wire$host" type veth peer name eth0 netns "host$host"
    ip address add "10.77.$host.1/30" dev "wire$host"
    ip link set "wire$host" up
    ip -netns "host$host" address add "10.77.$host.2/30" dev eth0
    ip -netns "host$host" link set eth0 up
    printf 'Host host%s\n    HostName 10.77.%s.2\n' "$host" "$host" >>"$PLACE/ssh"
    # A host has a name, a start, and one directory to itself: the shared one is all that it has in common with the others.
    ip netns exec "host$host" unshare --uts bash -c "
        hostname host$host
        cat /proc/sys/kernel/random/uuid >$PLACE/start$host
        mount --bind $PLACE/start$host /proc/sys/kernel/random/boot_id
        mount -t tmpfs tmpfs $alone
        $(command -v sshd) -f $PLACE/sshd"
done

# Starts the parts whose numbers come in, two on each host, in the background. {} is the number of a part.
start() { # PARALLEL'S OPTIONS... COMMAND
    parallel --ssh "ssh -F $PLACE/ssh" --sshlogin 2/host1,2/host2,2/host3 --retries 6 --joblog "$PLACE/log" "$@" \
        <&0 >"$PLACE/output" 2>&1 &
    parallel=$!
}

finish() {
    wait "$parallel" || fail "$(tail -3 "$PLACE/output")"
    cut --fields 2 "$PLACE/log" | tail --lines +2 | sort | uniq --count | while read -r parts host; do
        say "$host has run $parts"
    done
}

say "1. A shared directory; host2 loses its network and host3 is switched off"
start "$PROGRAM ${STUDY[*]} --threads 1 --shard {}/$PARTS --out $shared >/dev/null 2>&1" < <(seq "$PARTS")
await "$parallel" '[[ $(count "$shared") -ge 4 ]]'
ip link set wire2 down
ip netns pids host3 | xargs kill -KILL
finish
[[ $(count "$shared") -eq $PARTS ]] || fail "expected $PARTS shards, found $(count "$shared")"
merge_and_compare "$shared"
rm -r "$PLACE/merged"

# The parts whose shard has not been fetched.
missing() {
    local part
    for part in $(seq "$PARTS"); do
        compgen -G "shards/$part/*.shard" >/dev/null || echo "$part"
    done
}

say "2. Nothing in common: the program is sent, the shards are fetched; host2 loses its network again"
ip link set wire2 up
cp "$PROGRAM" "$PLACE/program"
cd "$PLACE"
for round in 1 2 3; do
    start --workdir "$alone" --basefile program --return shards/{} --cleanup \
        "./program ${STUDY[*]} --threads 1 --shard {}/$PARTS --out shards/{} >/dev/null 2>&1" < <(missing)
    if [[ $round -eq 1 ]]; then
        await "$parallel" '[[ $(missing | wc --lines) -le $((PARTS - 6)) ]]'
        ip link set wire2 down
    fi
    finish
    # GNU parallel counts a part as done whose command has succeeded, whether its files came back or not.
    left=$(missing | wc --lines)
    say "$left parts are not here"
    [[ $left -gt 0 ]] || break
done
merge_and_compare shards/*
