# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Integration tests of proxy-arp: bridges are Linux routers with MAC addresses
of their own, and a Linux station outside asks for the hosts."""

import multiprocessing
import os
import re
import signal
import socket
import struct
import time
import unittest

from lab.case import INTERVAL, FabricCase
from lab.controller import Refused
from lab.net import Carrier, run, wait_for
from lab.ovs import Switch
from lab.scenario import Capture
from lab.test_hosts import start
from lab.traffic import octets

LAB = CONTROLLER = None
STATION, STATION_MAC = "10.0.0.1", "52:54:00:ff:00:01"
HOSTS = {"52:54:00:00:00:01": ["10.0.0.100", "fd00::100"],
         "52:54:00:00:00:02": ["10.0.0.101", "fd00::101"]}
KNOWN, STALE = HOSTS.values()
TAGGED = "10.10.0.102"  # in VLAN 10
SLACK_MS = 300  # how fast is for benchmarks; that it works, for here
FLOOD_RATE, FLOOD_SECONDS = 3000, 4


def setUpModule():
    global LAB, CONTROLLER
    LAB, CONTROLLER = FabricCase.begin()


def tearDownModule():
    FabricCase.end()


def who_has(mac, sender, target=KNOWN[0], vlan=0):
    """An ARP request."""
    return (octets("ff:ff:ff:ff:ff:ff") + octets(mac)
            + (struct.pack("!HH", 0x8100, vlan) if vlan else b"")
            + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + octets(mac)
            + socket.inet_aton(sender) + bytes(6)
            + socket.inet_aton(target)).ljust(64, b"\0")


class Routers:
    """Two switches, each with a router; a station at the second. Both routers
    have the hosts' addresses, but tell nobody.

        station
           |
          [s2]----[s1]
           |       |
           B       A
    """

    def __init__(self):
        self.switches = [Switch(LAB, "s%d" % number, number)
                         for number in (1, 2)]
        LAB.cable("s1-s2", "s2-s1", *(s.namespace for s in self.switches))
        self.switches[0].port("s1-s2", 2)
        self.switches[1].port("s2-s1", 2)
        self.station = self.attach("station", self.switches[1], 1,
                                   STATION_MAC, STATION, "fd00::1")
        self.macs = {"A": "52:54:00:00:00:0a", "B": "52:54:00:00:00:0b"}
        self.routers = {}
        for number, (name, mac) in enumerate(self.macs.items()):
            self.routers[name] = self.attach(
                name.lower(), self.switches[number], 10 + number, mac,
                "10.0.0.%d" % (11 + number), "fd00::%d" % (11 + number))
            run("ip", "netns", "exec", self.routers[name], "sysctl", "-qw",
                "net.ipv4.conf.all.arp_ignore=1",
                "net.ipv4.conf.all.arp_announce=2",
                "net.ipv6.conf.lo.disable_ipv6=0")
            for address in KNOWN + STALE:
                run("ip", "-n", self.routers[name], "addr", "add", address,
                    "dev", "lo")
        self.carriers = {name: Carrier(namespace, "eth0")
                         for name, namespace in self.routers.items()}

    def attach(self, name, switch, number, mac, *addresses):
        namespace = LAB.namespace(name)
        LAB.cable("to-" + name, "eth0", switch.namespace, namespace)
        switch.port("to-" + name, number)
        run("ip", "netns", "exec", namespace, "sysctl", "-qw",
            "net.ipv6.conf.eth0.disable_ipv6=0",
            "net.ipv6.conf.eth0.keep_addr_on_down=1")
        run("ip", "-n", namespace, "link", "set", "eth0", "address", mac)
        for address in addresses:
            run("ip", "-n", namespace, "addr", "add",
                address + ("/64" if ":" in address else "/24"), "dev", "eth0",
                *(["nodad"] if ":" in address else []))
        return namespace

    def config(self, **more):
        return {
            "name": "lab", "proxy-arp": True,
            "bridge": [{
                "name": name, "trunk-priority": number + 1,
                "mac-address": mac,
                "attachment": [{"node-connector": self.switches[number]
                                .connector("to-" + name.lower())}],
                "target": {"ip-address": "10.0.0.%d" % (11 + number),
                           "mac-address": mac}}
                for number, (name, mac) in enumerate(self.macs.items())],
            "heartbeat": {"method": "dualbridge-types:arp",
                          "interval": INTERVAL},
            "failback": {"mode": "manual"},
            "announcement": {"schedule": [0, 1100], "refresh-interval": 0},
            "link": [{"end-a": self.switches[0].connector("s1-s2"),
                      "end-b": self.switches[1].connector("s2-s1")}],
            "host": [{"mac": mac, "vlan": 0, "ip-address": addresses}
                     for mac, addresses in HOSTS.items()] + [{
                         "mac": "52:54:00:0a:00:03", "vlan": 10,
                         "ip-address": [TAGGED]}], **more}

    def silence(self, name, silent=True):
        """A router that takes nothing any more; its link stays up."""
        run("ip", "netns", "exec", self.routers[name], "nft", *(
            ["add", "table", "netdev", "dead"] if silent
            else ["delete", "table", "netdev", "dead"]))
        if silent:
            run("ip", "netns", "exec", self.routers[name], "nft",
                "add chain netdev dead in { type filter hook ingress device "
                "eth0 priority 0; policy drop; }")


def received(namespace):
    """Frames that came in since it is there."""
    return int(run("ip", "netns", "exec", namespace, "cat",
                   "/sys/class/net/eth0/statistics/rx_packets"))


class Pings:
    """Echo requests to an address every 10 ms while a `with` block runs."""

    def __init__(self, namespace, address):
        self.log = os.path.join(LAB.directory, address + ".pings")
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.process = LAB.start(
            ["ip", "netns", "exec", namespace, "ping", "-n", "-O", "-i",
             "0.01", address], address + ".pings")

    def __enter__(self):
        wait_for("answers", lambda: len(self.answered()) > 50, 5)
        return self

    def __exit__(self, *failure):
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(5)
        LAB.processes.remove(self.process)

    def answered(self):
        with open(self.log) as log:
            return [int(number) for number in re.findall(
                r"bytes from .*icmp_seq=(\d+)", log.read())]

    def goes_on(self):
        """Waits for a hundred answers more than there are."""
        count = len(self.answered())
        wait_for("answers", lambda: len(self.answered()) > count + 100, 10)

    def longest_gap(self):
        """Milliseconds without an answer."""
        numbers = self.answered()
        return 10 * max(after - before - 1 for before, after
                        in zip(numbers, numbers[1:]))


class Proxy(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.fabric = Routers()
        CONTROLLER.connect(cls.fabric.switches)
        cls.configure()

    @classmethod
    def configure(cls, **more):
        CONTROLLER.restconf.configure(cls.fabric.config(**more))

    def setUp(self):
        self.ready()
        if self.state()["active-bridge"] != "A":
            CONTROLLER.restconf.switchover("lab", "A")
            self.ready("A")
        for switch in self.fabric.switches:
            wait_for("flows", lambda: len([
                flow for flow in switch.flows() if "CONTROLLER" in flow
                and "meter:221" in flow]) == 4, 10)
        for address in KNOWN + STALE:
            self.forget(address)

    def state(self):
        return CONTROLLER.restconf.status("lab").get("state", {})

    def ready(self, bridge=None):
        wait_for("protected", lambda: (lambda state: state.get("condition")
                 == "protected" and bridge in (None, state["active-bridge"])
                 and "last-announcement" in state["last-takeover"])(
                     self.state()), 30)

    def discarded(self, reason):
        return sum(int(row["frames"])
                   for row in self.state().get("discarded", [])
                   if row["reason"].endswith(":" + reason))

    def answers(self):
        return int(self.state()["proxied-answers"])

    def neigh(self, *words):
        return run("ip", "-n", self.fabric.station, "neigh", *words, "dev",
                   "eth0")

    def forget(self, address):
        self.neigh("flush", "to", address)
        if self.neighbour(address):
            self.neigh("del", address)

    def neighbour(self, address):
        text = self.neigh("show", "to", address).split()
        return text[text.index("lladdr") + 1] if "lladdr" in text else None

    def ping(self, address):
        return run("ip", "netns", "exec", self.fabric.station, "ping", "-n",
                   "-c", "1", "-W", "2", address)

    def test_station_is_told_the_active_bridge(self):
        before = self.answers()
        for address in KNOWN:
            with self.subTest(address):
                self.ping(address)
                self.assertEqual(self.fabric.macs["A"],
                                 self.neighbour(address))
        wait_for("the counter", lambda: self.answers() >= before + 2, 5)

    def test_answers_are_valid_and_the_only_ones(self):
        capture = Capture(LAB, self.fabric.station, "eth0", "answers",
                          ["-Q", "in", "arp or icmp6 or (vlan and arp)"])
        for address in KNOWN:
            self.ping(address)
        start(self.fabric.station, "eth0", [
            who_has(STATION_MAC, STATION, TAGGED, 10),
            who_has(STATION_MAC, STATION, TAGGED)]).join(5)
        capture.stop()
        self.assertEqual([["10"]], capture.rows(
            "arp.opcode == 2 && arp.src.proto_ipv4 == %s && eth.dst == %s" % (
                TAGGED, STATION_MAC), "vlan.id"))
        mac = self.fabric.macs["A"]
        self.assertEqual([[mac, mac, STATION_MAC]], capture.rows(
            "arp.opcode == 2 && arp.src.proto_ipv4 == %s && "
            "arp.dst.proto_ipv4 == %s && !_ws.malformed" % (
                KNOWN[0], STATION), "eth.src", "arp.src.hw_mac", "eth.dst"))
        self.assertEqual([[mac, mac, STATION_MAC]], capture.rows(
            "icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 && "
            "icmpv6.nd.na.flag.o == 1 && icmpv6.nd.na.flag.r == 0 && "
            "ipv6.hlim == 255 && icmpv6.checksum.status == 1 && "
            "icmpv6.nd.na.target_address == %s" % KNOWN[1],
            "eth.src", "icmpv6.opt.linkaddr", "eth.dst"))

    def takeover(self, name, cause, mend):
        """Stations that know A, and one that never learns, reach B."""
        for address in STALE:
            self.neigh("replace", address, "lladdr", self.fabric.macs["A"],
                       "nud", "permanent")
        for address in KNOWN:
            self.ping(address)
            self.assertEqual(self.fabric.macs["A"], self.neighbour(address))
        pings = [Pings(self.fabric.station, address)
                 for address in KNOWN + STALE]
        try:
            for each in pings:
                each.__enter__()
            cause()
            for address in KNOWN:
                wait_for("the neighbour of " + address, lambda: self
                         .neighbour(address) == self.fabric.macs["B"], 10,
                         0.01)
            for each in pings:
                each.goes_on()
        finally:
            for each in pings:
                each.__exit__()
            mend()
        gaps = [each.longest_gap() for each in pings]
        print("%s: no answer for %s ms" % (name, gaps), flush=True)
        for address in STALE:
            self.assertEqual(self.fabric.macs["A"], self.neighbour(address))
        self.assertLess(max(gaps), 3 * INTERVAL + SLACK_MS)
        self.assertEqual("B", self.state()["active-bridge"])
        for switch in self.fabric.switches:
            (buckets,) = switch.groups().values()
            self.assertIn("set_field:%s->eth_dst" % self.fabric.macs["B"],
                          buckets)

    def test_router_that_falls_silent(self):
        self.takeover("silent router", lambda: self.fabric.silence("A"),
                      lambda: self.fabric.silence("A", False))

    def test_router_whose_cable_is_cut(self):
        self.takeover("cut cable",
                      lambda: self.fabric.carriers["A"].set(False),
                      lambda: self.fabric.carriers["A"].set(True))

    def test_stale_station_is_served_through_a_relearn_window(self):
        self.configure(**{"relearn-interval": 5})
        CONTROLLER.restconf.switchover("lab", "B")
        self.ready("B")
        try:
            self.neigh("replace", STALE[0], "lladdr", self.fabric.macs["A"],
                       "nud", "permanent")
            with Pings(self.fabric.station, STALE[0]) as pings:
                wait_for("a window", lambda: [
                    flow for flow in self.fabric.switches[1].flows()
                    if "dl_dst=" + self.fabric.macs["B"] in flow], 8, 0.02)
                pings.goes_on()
            self.assertLess(pings.longest_gap(), 150)
        finally:
            self.configure()

    def test_who_asks_from_behind_is_not_answered_and_a_thief_is_warned(self):
        before = self.answers()
        router = self.fabric.routers["A"]
        capture = Capture(LAB, router, "eth0", "behind",
                          ["-Q", "in", "arp", "and", "arp[7]", "=", "2"])
        start(router, "eth0", [
            who_has(self.fabric.macs["A"], "10.0.0.11"),
            who_has("52:54:00:00:00:01", "0.0.0.0"),
            who_has(self.fabric.macs["A"], "10.0.0.11", STATION)]).join(5)
        capture.stop()
        self.assertEqual([[STATION_MAC]], capture.rows(
            "arp.src.proto_ipv4 == " + STATION, "eth.src"))
        self.assertEqual([], capture.rows("arp.src.proto_ipv4 == "
                                          + KNOWN[0], "eth.src"))
        self.assertEqual(before, self.answers())
        # A station that wants an address of a host finds that it is taken.
        run("ip", "-n", self.fabric.station, "addr", "add",
            KNOWN[1] + "/64", "dev", "eth0")
        try:
            wait_for("dadfailed", lambda: "dadfailed" in run(
                "ip", "-n", self.fabric.station, "-6", "addr"), 5)
        finally:
            run("ip", "-n", self.fabric.station, "addr", "del",
                KNOWN[1] + "/64", "dev", "eth0")
        spoofed = self.discarded("spoofed")
        start(self.fabric.station, "eth0",
              [who_has(STATION_MAC, KNOWN[0])]).join(5)
        wait_for("spoofed", lambda: self.discarded("spoofed") == spoofed + 1,
                 5)

    def test_flood_of_questions_harms_nothing(self):
        epoch = int(self.state()["epoch"])
        before = self.answers()
        frame = who_has(STATION_MAC, STATION)
        count = multiprocessing.Value("q", 0)
        arrived = received(self.fabric.routers["A"])
        begun = time.monotonic()
        start(self.fabric.station, "eth0", [frame], FLOOD_RATE,
              FLOOD_SECONDS, count).join(FLOOD_SECONDS + 10)
        seconds = time.monotonic() - begun
        time.sleep(1.5)
        answered = self.answers() - before
        arrived = received(self.fabric.routers["A"]) - arrived
        print("%d questions in %.1f s: %d answered, %d went on" % (
            count.value, seconds, answered, arrived), flush=True)
        # The switch bounds copies, not what stations ask each other.
        self.assertGreater(arrived, 0.9 * count.value)
        self.assertGreater(answered, 100)
        self.assertLess(answered, 500 * (seconds + 2))
        self.assertEqual(epoch, int(self.state()["epoch"]))
        self.ping(KNOWN[0])

    def test_switches_hold_what_is_intended(self):
        def verified():
            reply = CONTROLLER.restconf.request(
                "POST", "/operations/dualbridge:verify",
                {"dualbridge:input": {"dual-bridge": "lab"}})
            return {name: int(count) for name, count
                    in reply["dualbridge:output"].items()}

        self.assertEqual({"switches": 2, "missing": 0, "unexpected": 0,
                          "repaired": 0}, verified())
        switch = self.fabric.switches[1]
        switch.ofctl("del-flows", "arp,arp_tpa=%s/31" % KNOWN[0])
        switch.ofctl("del-flows", "ipv6,ipv6_dst=" + KNOWN[1])
        # Of the first, in both tables.
        self.assertEqual({"switches": 2, "missing": 3, "unexpected": 0,
                          "repaired": 3}, verified())

    def test_what_cannot_work_is_refused(self):
        for more, said in (
                ({"granularity": "vlan"}, "granularity: vlan is of no use"),
                ({"announcement": {"protocol": ["dualbridge-types:rarp"]}},
                 "announcement/protocol: rarp is of no use"),
                ({"host": [{"mac": "52:54:00:00:00:01", "vlan": 0}]},
                 "ip-address: is required by proxy-arp")):
            with self.assertRaisesRegex(Refused, said):
                self.configure(**more)


if __name__ == "__main__":
    unittest.main()
