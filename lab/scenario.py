# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Faults on a running fabric, and what the wire says about them."""

import os
import re
import time
from bisect import bisect_left
from collections import Counter
from datetime import datetime
from itertools import accumulate

from lab.net import LabError, run, wait_for
from lab.report import Processor
from lab.traffic import Traffic

SLACK_MS = 30
WRITTEN = 1.5  # seconds; tcpdump is handed frames once per second


class Capture:
    """Frames of one interface, for tshark to judge."""

    def __init__(self, lab, namespace, interface, name, expression):
        self.lab = lab
        self.path = os.path.join(lab.directory, name + ".pcap")
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.process = lab.start(
            ["ip", "netns", "exec", namespace, "tcpdump", "-i", interface,
             "-U", "-B", "16384", "-w", self.path, *expression],
            name + "-capture.log")
        wait_for("the capture", lambda: os.path.exists(self.path)
                 and os.path.getsize(self.path) >= 24, 10)

    def stop(self, after=0.0):
        """All that came till now is kept, or till some seconds ago."""
        time.sleep(max(0.0, WRITTEN - after))
        self.lab.stop(self.process)

    def rows(self, display, *fields):
        words = [word for field in fields for word in ("-e", field)]
        text = run("tshark", "-r", self.path, "-d", "tcp.port==6653,data",
                   "-Y", display, "-T", "fields", "-E", "occurrence=a",
                   *words)
        return [line.split("\t") for line in text.splitlines()]


# OpenFlow 1.3.5, A.3.4.2: version, type, length, xid, command, type, pad, and
# a group of ours.
GROUP_MOD = re.compile(
    rb"\x04\x0f.{6}\x00[\x00-\x02][\x00-\x03]\x00\xdb.{3}", re.DOTALL)


def group_mods(capture):
    """When each was sent, in seconds, and to whom. They are looked for in the
    bytes: a busy stream is joined in the middle of a message, and tshark may
    not find the beginning of one for long."""
    streams = {}
    for when, switch, stream, first, data in capture.rows(
            "tcp.len > 0", "frame.time_epoch", "ip.dst", "tcp.stream",
            "tcp.seq", "tcp.payload"):
        # Once each, whatever was sent again.
        streams.setdefault((stream, switch), {}).setdefault(
            int(first), (float(when), bytes.fromhex(data.replace(":", ""))))
    for (_, switch), segments in streams.items():
        ordered = sorted(segments.items())
        data = b"".join(payload for _, (_, payload) in ordered)
        ends = list(accumulate(len(payload) for _, (_, payload) in ordered))
        for found in GROUP_MOD.finditer(data):
            yield ordered[bisect_left(ends, found.end())][1][0], switch


STEPS = "decided", "fenced", "tables-moved", "first-announcement"


class Outcome:
    """What one fault did, measured on the wire."""

    def __init__(self, name, span, traffic, state, limit, shares):
        self.name = name
        self.span = span
        self.duplicates = traffic.duplicates()
        self.loops = len(traffic.looped)
        self.takeover = state["last-takeover"]
        self.rate = traffic.rate_sent
        self.traffic = traffic
        self.idle, self.stolen = shares
        # The limit is that of a machine which has its processor to itself.
        self.limit = limit and limit / max(0.1, 1 - self.stolen / 100)
        self.group_mods = {}
        self.announced = None
        self.problems = []
        if limit and span.worst > self.limit:
            self.problems.append("outage %.1f ms > %.0f ms"
                                 % (span.worst, self.limit))
        if self.duplicates:
            self.problems.append("%d duplicates" % self.duplicates)
        if self.loops:
            self.problems.append("%d frames looped" % self.loops)

    def expect(self, holds, problem):
        if not holds:
            self.problems.append(problem)


class Scenario:
    """One dual bridge on one fabric, with a controller that runs."""

    def __init__(self, lab, controller, fabric, interval=10, name="lab",
                 slack=SLACK_MS):
        self.lab, self.controller, self.fabric = lab, controller, fabric
        self.restconf = controller.restconf
        self.interval, self.name, self.slack = interval, name, slack
        self.carriers = {}

    def state(self):
        return self.restconf.status(self.name).get("state", {})

    def active(self):
        return self.state().get("active-bridge")

    def configure(self, **more):
        # Half the default pace, and once: the cores are the fabric's too.
        more.setdefault("announcement", {
            "rate": 500, "schedule": [0], "refresh-interval": 0})
        self.restconf.configure(self.fabric.config(
            self.name, interval=self.interval, **more))

    def ready(self, bridge="A", seconds=20):
        """Waits until a bridge is active, another one ready, and the hosts
        announced."""
        wait_for("%s active and protected" % bridge, lambda: (
            lambda s: s.get("condition") == "protected"
            and s.get("active-bridge") == bridge
            and "last-announcement" in s.get("last-takeover", {"": 0})
        )(self.state()), seconds)

    def measure(self, name, cause, then, limit=None, settle=1.5,
                 begin=None, rate=1000):
        """Traffic around a fault; returns its outcome."""
        hosts = self.fabric.hosts
        wire = Capture(self.lab, self.fabric.outside_ns, "eth0", "rarp",
                       ["rarp", "or", "(vlan", "and", "rarp)"])
        # Of what switches tell, a flood of it might not fit the buffer.
        control = Capture(self.lab, self.lab.main, "mgmt", "openflow",
                          ["tcp", "src", "port", "6653"])
        epoch = int(self.state()["epoch"])
        processor = Processor()
        with Traffic(self.fabric, hosts, rate, rate // 4) as traffic:
            time.sleep(1 + 1.5 * traffic.period)
            at = cause()
            then()
            wait_for("the announcements", self._announced(epoch), 60, 0.5)
            time.sleep(settle)
            end = time.time_ns() - int(settle * 5e8)
            shares = processor.shares()
        wire.stop(settle)
        control.stop(settle)
        state = self.state()
        takeovers = int(state["epoch"]) - epoch
        if begin == "decision":
            at = moment(state["last-takeover"]["at"])
        outcome = Outcome(name, traffic.between(at, end), traffic, state,
                          limit, shares)
        outcome.expect(takeovers == 1, "%d takeovers" % takeovers)
        steps = [state["last-takeover"].get(step, 0) for step in STEPS]
        outcome.expect(steps == sorted(steps), "steps out of order: %s" % dict(
            zip(STEPS, steps)))
        self._check_control(control, outcome, at, moved(state["last-takeover"]))
        self._check_announcements(wire, outcome, at)
        return outcome

    def _announced(self, epoch):
        def done():
            takeover = self.state()["last-takeover"]
            return (int(takeover["epoch"]) > epoch
                    and "last-announcement" in takeover)
        return done

    def _check_control(self, capture, outcome, at, until):
        """A takeover is one group-mod per switch; the one of a periodic
        verification, which may come later, is none of it."""
        counts = Counter()
        for when, switch in group_mods(capture):
            if at <= when * 1e9 <= until:
                counts[switch] += 1
        for number, switch in self.fabric.switch.items():
            mods = counts["192.0.2.%d" % (100 + switch.datapath)]
            outcome.group_mods[switch.name] = mods
            outcome.expect(mods == 1, "%d group-mods on %s"
                           % (mods, switch.name))

    def _check_announcements(self, capture, outcome, at):
        expected = {(host.mac, host.vlan) for host in
                    self.fabric.hosts + self.fabric.silent}
        seen = Counter()
        bad = 0
        for (when, source, vlan, opcode, sender, target, length, kind,
             malformed) in capture.rows(
                 "(eth.type == 0x8035 || vlan.etype == 0x8035) && "
                 "!(eth.src[0:2] == 02:db)",
                 "frame.time_epoch", "eth.src", "vlan.id", "arp.opcode",
                 "arp.src.hw_mac", "arp.dst.hw_mac", "frame.len",
                 "arp.proto.type", "_ws.malformed"):
            if float(when) * 1e9 < at:
                continue
            tagged = 4 if vlan else 0
            if (opcode != "3" or sender != source or target != source
                    or malformed or int(length) < 60 + tagged
                    or kind != "0x0800"):
                bad += 1
            seen[(source, int(vlan or 0))] += 1
        outcome.announced = len(expected & set(seen))
        outcome.rarps = sum(seen.values())
        outcome.expect(not bad, "%d announcements are not valid RARP" % bad)
        outcome.expect(set(seen) <= expected, "a stranger was announced")
        outcome.expect(set(seen) >= expected, "%d of %d hosts announced"
                       % (outcome.announced, len(expected)))

    # ---- faults ----

    def crash(self, bridge="A", other="B"):
        """The active bridge freezes; its channel stays open, its links up."""
        def cause():
            at = time.time_ns()
            self.fabric.bridge[bridge].freeze()
            return at
        return self.measure(
            "crash of " + bridge, cause,
            lambda: self._until_active(other),
            3 * self.interval + self.slack)

    def failback(self, bridge="A"):
        """The bridge that froze wakes, and becomes active again."""
        def cause():
            at = time.time_ns()
            self.fabric.bridge[bridge].thaw()
            return at
        return self.measure("failback to " + bridge, cause,
                             lambda: self._until_active(bridge), None,
                             begin="decision")

    def link_down(self, bridge="A", other="B"):
        """The active bridge's cable to the fabric is cut."""
        if bridge not in self.carriers:
            self.carriers[bridge] = self.fabric.carrier(bridge)
        return self.measure(
            "link down at " + bridge,
            lambda: self.carriers[bridge].set(False),
            lambda: self._until_active(other), self.slack)

    def link_up(self, bridge="A"):
        """The cable is mended; the bridge becomes active again."""
        return self.measure(
            "link up at " + bridge,
            lambda: self.carriers[bridge].set(True),
            lambda: self._until_active(bridge), None, begin="decision")

    def _until_active(self, bridge):
        wait_for("%s active" % bridge, lambda: self.active() == bridge, 15,
                 0.25)

    def silent_host_answers(self, host):
        """A host that never sent a frame is asked from outside, once."""
        sent = int(run("ip", "netns", "exec", host.namespace, "cat",
                       "/sys/class/net/eth0/statistics/tx_packets"))
        if sent:
            raise LabError("%s has sent %d frames" % (host.mac, sent))
        try:
            text = run("ip", "netns", "exec", self.fabric.outside_ns, "ping",
                       "-n", "-c", "1", "-W", "1", host.ip)
        except LabError:
            return None
        return float(text.split("time=")[1].split()[0])


def moved(takeover):
    """When the tables had moved, and 10 ms, since it is told in
    milliseconds."""
    if "tables-moved" not in takeover:  # not confirmed: all of them count
        return float("inf")
    return (moment(takeover["at"]) + 10_000_000
            + 1000 * (takeover["tables-moved"] - takeover["decided"]))


def moment(text):
    """Nanoseconds of a yang:date-and-time."""
    return int(datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp() * 1e9)
