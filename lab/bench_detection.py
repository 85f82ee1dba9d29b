# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Many dual bridges, and how fast a dead bridge is noticed among them: what
`./dualbridge bench detection` shows."""

import argparse
import datetime
import math
import os
import random
import re
import subprocess
import sys
import time

from lab.controller import ROOT, TREE, Controller, Refused
from lab.net import Lab, LabError, run, wait_for
from lab.ovs import Switch
from lab.report import Progress, machine

RESULT = os.path.join(ROOT, "docs/bench/detection.txt")
SLACK_MS = 5
SWITCHES = 2
BATCH = 50
ATTEMPTS = 3
# Flows that hand heartbeats up: what their cookies have in common.
HEARTBEATS = "cookie=0xdb00000001000000/0xff000000ff000000"
# The far side answers as the IP stack of any bridge would (RFC 826).
ANSWER = ("priority=10,arp,arp_op=1,actions="
          "move:eth_dst->xxreg0[0..47],move:eth_src->eth_dst,"
          "move:xxreg0[0..47]->eth_src,load:2->arp_op,"
          "move:arp_sha->arp_tha,move:xxreg0[0..47]->arp_sha,"
          "move:arp_tpa->reg4,move:arp_spa->arp_tpa,move:reg4->arp_spa,"
          "in_port")


class Pair:
    """One dual bridge: two ports of one switch, and what is behind them."""

    def __init__(self, number):
        self.number = number
        self.name = "pair-%d" % number
        self.switch = number % SWITCHES + 1
        self.ports = [10 + number // SWITCHES * 2 + side for side in (0, 1)]
        self.far = [1 + number * 2 + side for side in (0, 1)]

    def interfaces(self, side):
        return ("n%d-%d" % (self.number, side), "f%d-%d" % (self.number, side))

    def config(self, interval, miss_count):
        high, low = divmod(self.number, 250)
        return {
            "name": self.name,
            "bridge": [{
                "name": "AB"[side], "trunk-priority": side + 1,
                "attachment": [{"node-connector": "openflow:%d:%d" % (
                    self.switch, self.ports[side])}],
                "target": {
                    "ip-address": "10.%d.%d.%d" % (
                        100 + side, high, low + 1),
                    "mac-address": "52:54:1%d:00:%02x:%02x" % (
                        side, high, low)}} for side in (0, 1)],
            "heartbeat": {"interval": interval, "miss-count": miss_count},
            "failback": {"mode": "manual"},
            # They are not the subject.
            "announcement": {"schedule": [0], "refresh-interval": 0},
            "host": [{"mac": "52:54:20:%02x:%02x:%02x" % (high, low, host),
                      "vlan": 0,
                      "ip-address": ["10.%d.%d.%d" % (
                          110 + host, high, low + 1)]}
                     for host in range(3)]}


class Field:
    """Switches in one Open vSwitch, patched to one that answers for all."""

    def __init__(self, lab, count):
        self.switch = Switch(lab, "s1", 1)
        self.switch.connect()
        for number in range(2, SWITCHES + 1):
            self._bridge("s%d" % number, number)
            self.switch.vsctl(
                "set-controller", "s%d" % number,
                "tcp:%s:6653" % lab.controller_ip, "--", "set", "controller",
                "s%d" % number, "max_backoff=1000", "inactivity_probe=5000")
        self._bridge("far", 99)
        self.far("add-flow", ANSWER)
        self.pairs = [Pair(number) for number in range(count)]
        for begin in range(0, count, BATCH):
            self._patch(self.pairs[begin:begin + BATCH])

    def _bridge(self, name, datapath):
        self.switch.vsctl(
            "add-br", name, "--", "set", "bridge", name,
            "datapath_type=netdev", "protocols=OpenFlow13",
            "fail-mode=secure", "other-config:datapath-id=%016x" % datapath,
            "other-config:mac-table-size=65536",
            "other-config:disable-in-band=true")

    def _patch(self, pairs):
        words = []
        for pair in pairs:
            for side in (0, 1):
                near, far = pair.interfaces(side)
                for bridge, name, peer, number in (
                        ("s%d" % pair.switch, near, far, pair.ports[side]),
                        ("far", far, near, pair.far[side])):
                    words += ["--", "add-port", bridge, name, "--", "set",
                              "interface", name, "type=patch",
                              "options:peer=" + peer,
                              "ofport_request=%d" % number]
        self.switch.vsctl(*words[1:])

    def ofctl(self, bridge, command, *words):
        socket = "unix:%s/%s.mgmt" % (self.switch.directory, bridge)
        for attempt in range(ATTEMPTS):
            try:
                return run("ovs-ofctl", "-OOpenFlow13", "--strict", command,
                           socket, *words)
            except LabError:  # a switch that is overrun drops connections
                if attempt == ATTEMPTS - 1:
                    raise

    def far(self, command, *words):
        return self.ofctl("far", command, *words)

    def kill(self, pair, side):
        """A bridge falls silent; returns when (s), within a few ms."""
        began = time.time()
        self.far("add-flow", "priority=100,in_port=%d,actions=drop"
                 % pair.far[side])
        return (began + time.time()) / 2

    def heal(self, pair, side):
        self.far("del-flows", "priority=100,in_port=%d"
                 % pair.far[side])

    def answers(self):
        """How many answers the switches handed up so far."""
        return sum(int(re.search(r"packet_count=(\d+)", self.ofctl(
            "s%d" % number, "dump-aggregate", HEARTBEATS)).group(1))
            for number in range(1, SWITCHES + 1))


class Usage:
    """What a process has used so far."""

    TICKS = os.sysconf("SC_CLK_TCK")

    def __init__(self, pid):
        self.pid = pid

    def cpu(self):
        with open("/proc/%d/stat" % self.pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / self.TICKS

    def resident(self):
        """MB in memory."""
        with open("/proc/%d/status" % self.pid) as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()
                                 ).group(1)) / 1024


class Reading:
    """Everything that grows, at one moment."""

    def __init__(self, bench):
        self.at = time.monotonic()
        self.answers = bench.field.answers()
        self.controller = bench.usage["controller"].cpu()
        self.switch = bench.usage["switch"].cpu()


class Bench:
    """A controller and a field, and measurements on them."""

    def __init__(self, lab, options):
        self.options = options
        self.controller = Controller(lab, os.environ["JAVA_HOME"])
        self.restconf = self.controller.restconf
        self.field = None
        self.usage = {}
        self.lateness = 0.0
        self.configured = 0
        self.rows = []

    def configure(self, count):
        while self.configured < count:
            batch = self.field.pairs[
                self.configured:min(count, self.configured + BATCH)]
            self.restconf.request("PATCH", "/data/" + TREE, {TREE: {
                "dual-bridge": [pair.config(self.options.interval,
                                            self.options.miss_count)
                                for pair in batch]}}, 120)
            self.configured += len(batch)

    def vswitchd(self):
        """The switches' process, below `ip netns exec`."""
        return self.field.switch.process.pid

    def states(self):
        """State of every dual bridge, by name."""
        tree = self.restconf.request(
            "GET", "/data/%s?content=nonconfig" % TREE, timeout=120)[TREE]
        self._late(tree)
        return {entry["name"]: entry.get("state", {})
                for entry in tree.get("dual-bridge", [])}

    def _late(self, tree):
        self.lateness = max(self.lateness, tree.get("state", {}).get(
            "timer-lateness", 0) / 1000)

    def watch_lateness(self):
        self._late({"state": self.restconf.request(
            "GET", "/data/%s/state" % TREE)["dualbridge:state"]})

    def state(self, pair):
        return self.restconf.status(pair.name).get("state", {})

    def ready(self, count):
        def protected():
            states = self.states().values()
            return len(states) >= count and all(
                state.get("condition") == "protected"
                and "last-announcement" in state.get("last-takeover", ())
                for state in states)
        wait_for("%d protected dual bridges" % count, protected, 180, 2)

    def failovers(self):
        return {name: int(state.get("failovers", 0))
                for name, state in self.states().items()}

    def heap(self):
        """MB of objects after the last collections, and what came since."""
        tool = os.path.join(os.environ["JAVA_HOME"], "bin/jstat")
        head, row = (line.split() for line in run(
            tool, "-gc", self.controller.pid()).splitlines())
        sizes = dict(zip(head, row))
        return sum(float(sizes[name]) for name in (
            "S0U", "S1U", "EU", "OU")) / 1024

    def profile(self, name, seconds):
        run(os.path.join(os.environ["JAVA_HOME"], "bin/jcmd"),
            self.controller.pid(), "JFR.start", "settings=profile",
            "duration=%ds" % seconds, "filename=" + os.path.abspath(name))

    def load(self, count, seconds):
        """Load alone, without kills; returns a row of figures."""
        time.sleep(15)  # what the start left behind is over by then
        self.lateness = 0.0
        before, failed = Reading(self), self.failovers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(5)
            self.watch_lateness()
        row = self.row(count, before)
        now = self.failovers()
        row["false"] = sum(now[name] - failed[name] for name in failed)
        return row

    def row(self, count, before):
        after = Reading(self)
        seconds = after.at - before.at
        return {
            "pairs": count,
            "wanted": 2000 * count / self.options.interval,
            "rate": (after.answers - before.answers) / seconds,
            "controller": 100 * (after.controller - before.controller)
            / seconds,
            "switch": 100 * (after.switch - before.switch) / seconds,
            "late": self.lateness, "seconds": seconds}

    def kills(self, count, seconds, kills):
        """Kills active bridges, spread over the time; wakes them again."""
        self.lateness = 0.0
        before, states = Reading(self), self.states()
        active = {name: state["active-bridge"]
                  for name, state in states.items()}
        failed = {name: int(state.get("failovers", 0))
                  for name, state in states.items()}
        began, outcomes, dead, at = time.monotonic(), [], [], []
        chance = random.Random(1)
        order = chance.sample(self.field.pairs[:count], min(count, kills))
        patience = self.options.interval * (self.options.miss_count + 5) / 1000
        for number in range(kills):
            due = began + seconds * (number + chance.random()) / kills
            while dead and dead[0].began + patience < due:
                time.sleep(max(0.0, dead[0].began + patience
                               - time.monotonic()))
                outcomes.append(dead.pop(0).outcome())
            time.sleep(max(0.0, due - time.monotonic()))
            pair = order[number % len(order)]
            dead.append(Kill(self, pair, active[pair.name]))
            at.append(dead[-1].began)
            active[pair.name] = "BA"["AB".index(active[pair.name])]
            failed[pair.name] += 1
            if number % 5 == 0:
                self.watch_lateness()
            if number % 25 == 24:
                print("  %d bridges killed, %.0f s" % (
                    number + 1, time.monotonic() - began), flush=True)
        time.sleep(max(patience, began + seconds - time.monotonic()))
        outcomes += [kill.outcome() for kill in dead]
        self.watch_lateness()
        row = self.row(count, before)
        now = self.failovers()
        row["false"] = sum(abs(now[name] - failed[name]) for name in failed)
        row["memory"] = self.usage["controller"].resident()
        row["heap"] = self.heap()
        for place, name in enumerate(("decided", "moved", "since-kill")):
            row[name] = sorted(outcome[place] for outcome in outcomes)
        print("  slowest: " + ", ".join(
            "%.1f ms (at %.0f s)" % (outcome[0], kill - began)
            for outcome, kill in sorted(zip(outcomes, at))[-5:]), flush=True)
        return row


class Kill:
    """An active bridge that fell silent."""

    def __init__(self, bench, pair, bridge):
        self.bench, self.pair, self.bridge = bench, pair, bridge
        self.killed = bench.field.kill(pair, "AB".index(bridge))
        self.began = time.monotonic()

    def _takeover(self):
        takeover = self.bench.state(self.pair).get("last-takeover", {})
        return (takeover if takeover.get("from") == self.bridge
                and "tables-moved" in takeover else None)

    def outcome(self):
        """Times (ms) to the decision, until all moved, from the kill on."""
        takeover = wait_for("a takeover of " + self.pair.name,
                            self._takeover, 10, 0.2)
        self.bench.field.heal(self.pair, "AB".index(self.bridge))
        decided = datetime.datetime.fromisoformat(
            takeover["at"].replace("Z", "+00:00")).timestamp()
        return (takeover["decided"] / 1000, takeover["tables-moved"] / 1000,
                (decided - self.killed) * 1000)


def at(values, share):
    return values[max(0, math.ceil(len(values) * share) - 1)]


LOAD_HEAD = "%12s %10s %10s %11s %8s %8s %6s" % (
    "dual bridges", "probes/s", "answers/s", "controller", "switch",
    "late ms", "false")


def load_line(row):
    return "%12d %10d %10d %10.0f%% %7.0f%% %8.1f %6d" % (
        row["pairs"], row["wanted"], row["rate"], row["controller"],
        row["switch"], row["late"], row["false"])


def table(options, row):
    target = options.interval * options.miss_count + SLACK_MS

    def times(name, values):
        picked = [at(values, .5), at(values, .99), values[-1]]
        return "%-38s" % name + "".join("%9.1f" % v for v in picked) + (
            "   ms\n") + "%-38s" % "  x target %d ms" % target + "".join(
                "%9.3f" % (v / target) for v in picked)

    lines = [("%-40s" % name) + value for name, value in (
        ("dual bridges, bridges each", "%d, 2" % row["pairs"]),
        ("heartbeat", "arp, every %d ms, %d misses" % (
            options.interval, options.miss_count)),
        ("time", "%.0f s" % row["seconds"]),
        ("probes/s asked for", "%.0f" % row["wanted"]),
        ("answers/s handed up by the switches", "%.0f (%.1f %%)" % (
            row["rate"], 100 * row["rate"] / row["wanted"])),
        ("CPU, share of one core: controller", "%.0f %%" % row["controller"]),
        ("  switches, with all bridges", "%.0f %%" % row["switch"]),
        ("controller's memory: resident", "%.0f MB" % row["memory"]),
        ("  heap in use", "%.0f MB" % row["heap"]),
        ("worst lateness of a timer", "%.1f ms" % row["late"]),
        ("bridges killed", "%d" % len(row["decided"])),
        ("false failovers", "%d" % row["false"]))]
    lines += ["", "%-38s%9s%9s%9s" % ("", "p50", "p99", "max"),
              times("last answer to decision", row["decided"])]
    lines += ["%-38s" % name + "".join("%9.1f" % v for v in (
        at(values, .5), at(values, .99), values[-1])) + "   ms"
        for name, values in (("last answer to tables moved", row["moved"]),
                             ("kill to decision", row["since-kill"]))]
    return lines


def misses(options, row, loads):
    """What was wanted and not reached."""
    found = []
    if any(each["false"] for each in (row, *loads)):
        found.append("a bridge failed over that nobody had killed")
    target = options.interval * options.miss_count + SLACK_MS
    decided = at(row["decided"], .99)
    if decided > target:
        found.append("p99 of last answer to decision, %.1f ms, is over %d ms"
                     % (decided, target))
    return found


def main():
    parser = argparse.ArgumentParser(prog="dualbridge bench detection",
                                     description=__doc__)
    parser.add_argument("--dual-bridges", default="500", metavar="N,..",
                        help="how many; of several numbers, bridges are "
                        "killed at the last only (default %(default)s; two "
                        "cores do not hold 1000)")
    parser.add_argument("--minutes", type=float, default=10,
                        help="time with kills (default %(default)s)")
    parser.add_argument("--kills", type=int, default=100,
                        help="bridges to kill (default %(default)s)")
    parser.add_argument("--interval", type=int, default=100, metavar="MS",
                        help="heartbeat interval (default %(default)s)")
    parser.add_argument("--miss-count", type=int, default=3, metavar="N",
                        help="misses until dead (default %(default)s)")
    parser.add_argument("--profile", metavar="FILE",
                        help="record what the controller does (JFR)")
    options = parser.parse_args()
    counts = [int(word) for word in options.dual_bridges.split(",")]
    lab = None
    try:
        lab = Lab()
        return measure(lab, options, counts)
    except (LabError, Refused) as error:
        print("\n%s" % error, file=sys.stderr)
        return 1
    finally:
        if lab:
            lab.close()


def measure(lab, options, counts):
    progress = Progress()
    bench = Bench(lab, options)
    progress.step("starting the controller", bench.controller.start)
    bench.field = progress.step(
        "building %d switches and %d bridges" % (
            SWITCHES, 2 * max(counts)), lambda: Field(lab, max(counts)))
    progress.step("waiting for the switches to connect", lambda: wait_for(
        "the switches", lambda: {"openflow:%d" % (number + 1) for number in
                                 range(SWITCHES)}
        <= bench.controller.connected(), 60))
    bench.usage = {"controller": Usage(bench.controller.pid()),
                   "switch": Usage(bench.vswitchd())}
    loads = []
    for count in counts:
        progress.step("configuring %d dual bridges by RESTCONF" % count,
                      lambda: bench.configure(count))
        progress.step("waiting until all are protected and announced",
                      lambda: bench.ready(count))
        if options.profile and count == counts[-1]:
            bench.profile(options.profile, 25)
        loads.append(progress.step("measuring the load alone",
                                   lambda: bench.load(count, 15)))
    print("\n".join([LOAD_HEAD] + [load_line(row) for row in loads]),
          flush=True)
    if not options.kills:
        return 1 if any(row["false"] for row in loads) else 0
    print("killing %d bridges ..." % options.kills, flush=True)
    row = bench.kills(counts[-1], options.minutes * 60, options.kills)
    missed = misses(options, row, loads)
    lines = (machine() + ["", *table(options, row), "", LOAD_HEAD]
             + [load_line(load) for load in loads]
             + ["missed: " + text for text in missed])
    print("\n" + "\n".join(lines))
    os.makedirs(os.path.dirname(RESULT), exist_ok=True)
    with open(RESULT, "w") as file:
        file.write("\n".join(lines) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
