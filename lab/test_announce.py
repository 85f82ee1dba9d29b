# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Integration tests of announcements: what leaves, when, by which ports, and
what a Linux host outside makes of it."""

import time
import unittest
from contextlib import contextmanager

from lab.case import FabricCase
from lab.controller import Refused
from lab.net import run, wait_for
from lab.scenario import Capture

LAB = CONTROLLER = None
PROTOCOLS = ["dualbridge-types:" + name for name in (
    "rarp", "garp-request", "garp-reply", "unsolicited-na")]
OLD = "52:54:0f:ff:ff:fe"


def setUpModule():
    global LAB, CONTROLLER
    LAB, CONTROLLER = FabricCase.begin()


def tearDownModule():
    FabricCase.end()


class Announcements(FabricCase):
    """Two switches, each with a bridge; somebody outside at the second."""

    SWITCHES = 2
    OPTIONS = {"silent": 0}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = cls.fabric.outside_ns
        run("ip", "netns", "exec", cls.out, "sysctl", "-qw",
            "net.ipv6.conf.eth0.disable_ipv6=0",
            "net.ipv6.conf.eth0.accept_dad=0")
        run("ip", "-n", cls.out, "addr", "add", "fd00:1::ff/64", "dev",
            "eth0", "nodad")
        cls.host = next(host for host in cls.fabric.hosts if not host.vlan)

    def configure(self, schedule=(0,), protocols=PROTOCOLS, **more):
        hosts = [host.config() for host in self.fabric.hosts]
        for number, host in enumerate(hosts):
            host["ip-address"] += ["10.222.0.%d" % (number + 1),
                                   "fd00:1::%d" % (number + 1)]
        self.lab.configure(host=hosts, failback={"mode": "manual"},
                           announcement={
                               "protocol": list(protocols),
                               "schedule": list(schedule), "rate": 500,
                               "refresh-interval": 0, **more})

    def setUp(self):
        self.configure()
        if self.lab.active() == "B":
            self.switchover("A")
        super().setUp()
        time.sleep(1.5)  # what was sent is counted, and Linux's locktime over

    def switchover(self, bridge):
        self.condition("protected")
        self.restconf("switchover", bridge=bridge)
        self.lab.ready(bridge)

    def restconf(self, operation, **more):
        return CONTROLLER.restconf.request(
            "POST", "/operations/dualbridge:" + operation,
            {"dualbridge:input": {"dual-bridge": "lab", **more}})

    @contextmanager
    def outside(self, namespace=None, interface="eth0", name="outside"):
        capture = Capture(LAB, namespace or self.out, interface, name,
                          ["-Q", "in", "rarp or arp or icmp6 or (vlan and "
                           "(rarp or arp or icmp6))"])
        try:
            yield capture
        finally:
            capture.stop()

    def times(self, capture, host, protocol="arp.opcode == 3"):
        """Seconds, of the frames of a host; of one address of it."""
        rows = capture.rows("eth.src == %s && %s" % (host.mac, protocol),
                            "frame.time_epoch", "arp.src.proto_ipv4")
        return [float(row[0]) for row in rows
                if row[1] in ("", host.ip)]

    def counts(self):
        return {row["protocol"].split(":")[1]: int(row["sent"])
                for row in self.lab.state().get("announced", [])}

    def neighbour(self, address):
        text = run("ip", "-n", self.out, "neigh", "show", address, "dev",
                   "eth0").split()
        return text[text.index("lladdr") + 1] if "lladdr" in text else None

    def know_wrongly(self, address):
        run("ip", "-n", self.out, "neigh", "replace", address, "lladdr",
            OLD, "dev", "eth0", "nud", "stale")

    def test_takeover_corrects_the_neighbours_of_a_linux_host(self):
        number = self.fabric.hosts.index(self.host) + 1
        cases = {"garp-request": self.host.ip,
                 "garp-reply": "10.222.0.%d" % number,
                 "unsolicited-na": "fd00:1::%d" % number}
        for target, (protocol, address) in zip("BAB", cases.items()):
            with self.subTest(protocol):
                self.configure(protocols=["dualbridge-types:" + protocol])
                self.know_wrongly(address)
                self.assertEqual(OLD, self.neighbour(address))
                self.switchover(target)
                wait_for("the neighbour of " + protocol, lambda: self
                         .neighbour(address) == self.host.mac, 5)
        self.configure(protocols=["dualbridge-types:rarp"])
        self.know_wrongly(self.host.ip)
        self.switchover("A")
        time.sleep(1)
        self.assertEqual(OLD, self.neighbour(self.host.ip),
                         "RARP changes no neighbour")

    def test_every_address_is_announced_validly_in_its_vlan(self):
        with self.outside() as capture:
            before = self.counts()
            self.switchover("B")
            time.sleep(1.5)
        after = self.counts()
        self.assertEqual({"rarp": 24, "garp-request": 24, "garp-reply": 24,
                          "unsolicited-na": 12},
                         {name: count - before.get(name, 0)
                          for name, count in after.items()})
        expected = {(host.mac, host.vlan) for host in self.fabric.hosts}
        valid = {
            "arp.opcode == 3": 12,
            "arp.opcode == 1 && arp.isannouncement": 12,
            "arp.opcode == 2 && arp.isgratuitous": 12,
            "icmpv6.type == 136 && icmpv6.nd.na.flag.o == 1 && "
            "icmpv6.nd.na.flag.s == 0 && icmpv6.nd.na.flag.r == 0 && "
            "ipv6.hlim == 255 && icmpv6.checksum.status == 1 && "
            "ipv6.dst == ff02::1 && eth.dst == 33:33:00:00:00:01": 6}
        for display, count in valid.items():
            with self.subTest(display):
                rows = capture.rows(
                    "(%s) && eth.src[0:3] == 52:54:00 && !_ws.malformed "
                    "&& !(eth.src == 52:54:00:ff:00:01)" % display,
                    "eth.src", "vlan.id", "frame.len")
                self.assertEqual(count, len(rows))
                self.assertEqual(expected, {(mac, int(vlan or 0))
                                            for mac, vlan, _ in rows})
                for _, vlan, length in rows:
                    self.assertGreaterEqual(int(length),
                                            64 if vlan else 60)

    def test_rounds_follow_the_schedule_until_the_epoch_changes(self):
        schedule = (0, 100, 1100, 2200, 4400)
        self.configure(schedule, PROTOCOLS[:1])
        begun = []
        with self.outside() as capture:
            for bridge, seconds in (("B", 5.2), ("A", 1.5), ("B", 4)):
                begun.append(time.time())
                self.restconf("switchover", bridge=bridge)
                time.sleep(seconds)
        times = self.times(capture, self.host)
        for begin, end, due in ((begun[0], begun[1], schedule),
                                (begun[1], begun[2], schedule[:3]),
                                (begun[2], begun[2] + 4, schedule[:4])):
            rounds = [at for at in times if begin <= at < end]
            gaps = [round(1000 * (at - rounds[0])) for at in rounds]
            print("rounds at %s ms" % gaps, flush=True)
            self.assertEqual(len(due), len(gaps), gaps)
            for wanted, gap in zip(due, gaps):
                self.assertLess(abs(gap - wanted), 80, gaps)

    def test_nothing_is_sent_to_a_bridge_or_two_ways(self):
        with self.outside(self.fabric.bridge["A"].namespace,
                          "ba-up", "at-a") as at_a, \
                self.outside(self.fabric.bridge["B"].namespace, "bb-up",
                             "at-b") as at_b, \
                self.outside() as outside:
            self.switchover("B")
            self.switchover("A")
            time.sleep(0.5)
        for capture in (at_a, at_b):
            self.assertEqual([], capture.rows(
                "eth.src[0:3] == 52:54:00 && "
                "!(eth.src == 52:54:00:ff:00:01)", "eth.src", "eth.dst"))
        for host in self.fabric.hosts:
            self.assertEqual(2, len(self.times(outside, host)), host.mac)

    def test_no_frame_is_doubled_or_looped_at_a_crash(self):
        self.configure((0, 100, 1100))
        try:
            outcome = self.lab.crash()
            self.assertEqual((0, 0), (outcome.duplicates, outcome.loops))
        finally:
            self.fabric.bridge["A"].thaw()
        self.lab.ready("B")

    def test_rpc_announces_all_hosts_or_one(self):
        with self.outside() as capture:
            reply = self.restconf("announce")
            self.assertEqual(6, reply["dualbridge:output"]["hosts"])
            time.sleep(0.5)
            reply = self.restconf("announce", host=self.host.mac)
            self.assertEqual(1, reply["dualbridge:output"]["hosts"])
            time.sleep(0.5)
        for host in self.fabric.hosts:
            self.assertEqual(2 if host is self.host else 1,
                             len(self.times(capture, host)))
        for more, said in (({"host": OLD}, "is no host of 'lab'"),
                           ({"dual-bridge": "nobody"}, "there is no")):
            with self.assertRaisesRegex(Refused, said):
                self.restconf("announce", **more)
        self.assertNothingMoved()

    def test_port_that_comes_up_hears_of_the_hosts(self):
        self.configure((0, 1000), PROTOCOLS[:1])
        switch = self.fabric.switch[2]
        run("ip", "-n", switch.namespace, "link", "set", "out", "down")
        time.sleep(1.5)
        before = self.counts()["rarp"]
        with self.outside() as capture:
            run("ip", "-n", switch.namespace, "link", "set", "out", "up")
            wait_for("two rounds", lambda: self.counts()["rarp"]
                     >= before + 24, 5)
        for host in self.fabric.hosts:
            self.assertGreaterEqual(len(self.times(capture, host)), 1)
        self.assertLess(self.counts()["rarp"], before + 48,
                        "the other switch was told, too")
        self.assertNothingMoved()

    def test_hosts_are_refreshed_while_nothing_happens(self):
        self.configure(protocols=PROTOCOLS[:1], **{"refresh-interval": 10})
        with self.outside() as capture:
            time.sleep(21.5)
        times = self.times(capture, self.host)
        self.assertEqual(2, len(times), times)
        self.assertLess(abs(times[1] - times[0] - 10), 0.5)
        self.assertNothingMoved()

    def test_attachments_of_other_dual_bridges_are_left_out(self):
        self.fabric.add_pair()
        CONTROLLER.restconf.configure(self.fabric.second_config("second",
                                                                50))
        wait_for("the second dual bridge", lambda: CONTROLLER.restconf.status(
            "second").get("state", {}).get("condition") == "protected", 20)
        try:
            time.sleep(1)
            with self.outside(self.fabric.second["A"].namespace, "bc-up",
                              "at-c") as at_c, self.outside() as outside:
                self.restconf("announce")
                time.sleep(1)
            self.assertEqual([], at_c.rows(
                "eth.src == " + self.host.mac, "eth.src"))
            self.assertEqual(1, len(self.times(outside, self.host)))
        finally:
            CONTROLLER.restconf.remove("second")


if __name__ == "__main__":
    unittest.main()
