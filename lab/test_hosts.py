# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Integration tests of hosts: learned, moved, frozen, too many, flooding;
and imported."""

import multiprocessing
import os
import random
import re
import socket
import struct
import time
import unittest

from lab.case import FabricCase
from lab.controller import Refused
from lab.fabric import OUTSIDE_MAC, Host, make_hosts
from lab.net import enter, run, wait_for
from lab.traffic import Flood, Traffic, octets

LAB = CONTROLLER = None
EVERYBODY = "ff:ff:ff:ff:ff:ff"
ARP, RARP, IPV4, IPV6 = 0x0806, 0x8035, 0x0800, 0x86dd
RATE = 5000
IP_FRAMES = {"ip-frames": True}
STRANGERS, STRANGERS_RATE = 20_000, 3000
CROWD, CROWD_RATE = 10_000, 450  # below what is looked at
FLOOD_SLACK_MS = 500  # how fast is for benchmarks; that it works, for here


def setUpModule():
    global LAB, CONTROLLER
    LAB, CONTROLLER = FabricCase.begin()


def tearDownModule():
    FabricCase.end()


def ethernet(host, ethertype, payload, to=EVERYBODY):
    tag = struct.pack("!HH", 0x8100, host.vlan) if host.vlan else b""
    return (octets(to) + octets(host.mac) + tag
            + struct.pack("!H", ethertype) + payload).ljust(64, b"\0")


def arp(host, to=EVERYBODY, operation=1, ethertype=ARP, ip=None):
    address = socket.inet_aton(ip or host.ip)
    return ethernet(host, ethertype, struct.pack(
        "!HHBBH", 1, 0x0800, 6, 4, operation) + octets(host.mac) + address
        + bytes(6) + address, to)


def rarp(host):
    return arp(host, operation=3, ethertype=RARP, ip="0.0.0.0")


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def solicitation(host, address):
    """Neighbour solicitation from an address, for another one."""
    source = socket.inet_pton(socket.AF_INET6, address)
    target = socket.inet_pton(socket.AF_INET6, "fd00:1::ff")
    message = (struct.pack("!BBHI", 135, 0, 0, 0) + target + b"\1\1"
               + octets(host.mac))
    message = message[:2] + checksum(
        source + target + struct.pack("!II", len(message), 58) + message
    ) + message[4:]
    return ethernet(host, IPV6, struct.pack(
        "!IHBB", 6 << 28, len(message), 58, 255) + source + target + message,
        "33:33:ff:00:00:ff")


def ipv4(host, to=OUTSIDE_MAC):
    """UDP to a station that is not there, by way of who is outside."""
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0,
        socket.inet_aton(host.ip), socket.inet_aton("192.0.2.254"))
    # Without it, the LAN's bridge would drop it.
    header = header[:10] + checksum(header) + header[12:]
    return ethernet(host, IPV4, header + struct.pack("!HHHH", 9, 9, 8, 0), to)


def ipv6(host):
    """An echo request, from and to addresses that nobody has."""
    return ethernet(host, IPV6, struct.pack(
        "!IHBB16s16sBBHI", 6 << 28, 8, 58, 64, socket.inet_pton(
            socket.AF_INET6, "2001:db8::1"), socket.inet_pton(
            socket.AF_INET6, "2001:db8::2"), 128, 0, 0, 0), OUTSIDE_MAC)


def send(namespace, interface, frames, rate=None, seconds=0, count=None):
    """Frames, once; or again and again at a rate."""
    enter(namespace)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((interface, 0))
    begin = time.monotonic()
    sent = 0
    while (time.monotonic() - begin < seconds if rate
           else sent < len(frames)):
        if rate and sent > (time.monotonic() - begin) * rate:
            time.sleep(0.001)
            continue
        wire.send(frames[sent % len(frames)])
        sent += 1
    if count is not None:
        count.value = sent
    os._exit(0)


def start(*arguments):
    process = multiprocessing.Process(target=send, args=arguments,
                                      daemon=True)
    process.start()
    return process


class HostsCase(FabricCase):
    """One switch; a silent host is configured, six others are not."""

    OPTIONS = {"silent": 1}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hosts = cls.fabric.hosts

    def learn(self, **learning):
        """Forgets what was learned, and learns."""
        silent = [host.config() for host in self.fabric.silent]
        self.lab.configure(host=silent)
        wait_for("nothing learned", lambda: not self.learned()
                 and not self.copies_frames(), 5)
        self.lab.configure(host=silent, learning={"enabled": True,
                                                  **learning})
        wait_for("to learn", self.copies_frames, 5)

    def copies_frames(self):
        return any("in_port=10" in flow and "goto_table:1" in flow
                   for flow in self.fabric.switch[1].flows())

    def speak(self, *frames):
        start(self.fabric.hosts_ns, "eth0", frames).join(10)

    def all(self, name="lab"):
        """What is told of a dual bridge's learned hosts."""
        try:
            reply = CONTROLLER.restconf.request(
                "GET", "/data/dualbridge:learned-hosts/dual-bridge=%s"
                "?content=nonconfig" % name)
        except Refused as refusal:
            if refusal.status in (404, 409):
                return {}
            raise
        return reply["dualbridge:learned-hosts"]["dual-bridge"][0] \
            if "dualbridge:learned-hosts" in reply \
            else reply["dualbridge:dual-bridge"][0]

    def learned(self, name="lab"):
        return {(host["mac"], int(host["vlan"])): host
                for host in self.all(name).get("host", [])}

    def keys(self, hosts=None):
        return {(host.mac, host.vlan) for host in hosts or self.hosts}

    def to_hosts(self):
        """MAC addresses that flows lead to the group."""
        return {word[7:].split()[0].split("/")[0]
                for flow in self.fabric.switch[1].flows() if "group:" in flow
                for word in flow.split(",") if word.startswith("dl_dst=")}

    def arrived(self):
        """Frames that somebody outside has received."""
        return int(run("ip", "netns", "exec", self.fabric.outside_ns, "cat",
                       "/sys/class/net/eth0/statistics/rx_packets"))

    def discarded(self, reason):
        return sum(int(row["frames"])
                   for row in self.lab.state().get("discarded", [])
                   if row["reason"].endswith(":" + reason))

    def log(self):
        return [event["text"] for event in self.lab.state()["event"]]

    def setUp(self):
        self.learn()
        super().setUp()


class Import(HostsCase):
    """On its own, since it goes on being announced for a while."""

    def test_import_of_ten_thousand(self):
        hosts = make_hosts(10_000)
        begun = time.monotonic()
        CONTROLLER.restconf.patch({"name": "lab", "host": [
            host.config() for host in hosts]})
        patched = time.monotonic() - begun
        wait_for("flows", lambda: len(self.to_hosts()) >= len(hosts), 60, 0.5)
        print("10,000 hosts in one PATCH: %.1f s, flows after %.1f s" % (
            patched, time.monotonic() - begun), flush=True)
        self.assertNothingMoved()


class Crowd(HostsCase):
    """On its own, for the same reason."""

    def test_ten_thousand_that_speak_in_turn_are_all_known(self):
        crowd = make_hosts(CROWD)
        self.learn(limit=2 * CROWD)
        excess = self.discarded("excess")
        cpu, begun = CONTROLLER.cpu_seconds(), time.monotonic()
        # Some once more, so that none is left out.
        start(self.fabric.hosts_ns, "eth0", [arp(host) for host in crowd],
              CROWD_RATE, 1.02 * CROWD / CROWD_RATE).join(60)
        said = time.monotonic() - begun
        wait_for("all to be told", lambda: self.all()["hosts"] >= CROWD, 20,
                 0.5)
        told = time.monotonic() - begun
        wait_for("flows", lambda: len(self.to_hosts()) >= CROWD, 20, 0.5)
        print("%d hosts spoke within %.1f s, told after %.1f s, flows after "
              "%.1f s; controller's CPU %.0f %% of a core; %d frames dropped"
              % (CROWD, said, told, time.monotonic() - begun,
                 100 * (CONTROLLER.cpu_seconds() - cpu)
                 / (time.monotonic() - begun),
                 self.discarded("excess") - excess), flush=True)
        known = self.learned()
        self.assertLessEqual(self.keys(crowd), set(known))
        self.assertEqual([crowd[-1].ip],
                         known[crowd[-1].mac, crowd[-1].vlan]["ip-address"])
        self.assertNothingMoved()


class Learning(HostsCase):

    def test_hosts_that_speak_are_known_with_their_addresses(self):
        first, second, third = self.hosts[:3]
        begun = time.monotonic()
        self.speak(arp(first), rarp(second), solicitation(third, "fd00:1::3"),
                   arp(third))
        wait_for("three hosts", lambda: len(self.learned()) == 3, 5)
        print("told after %.1f s" % (time.monotonic() - begun), flush=True)
        known = self.learned()
        self.assertEqual(self.keys((first, second, third)), set(known))
        self.assertEqual([first.ip],
                         known[first.mac, first.vlan]["ip-address"])
        self.assertNotIn("ip-address", known[second.mac, second.vlan])
        self.assertEqual({third.ip, "fd00:1::3"},
                         set(known[third.mac, third.vlan]["ip-address"]))
        wait_for("flows", lambda: {h.mac for h in (first, second, third)}
                 <= self.to_hosts(), 5)

    def test_learned_hosts_are_announced_after_a_crash(self):
        self.speak(*map(arp, self.hosts))
        wait_for("all hosts", lambda: self.keys() == set(self.learned()), 5)
        outcome = self.lab.crash()
        try:
            self.assertClean(outcome)
            self.assertEqual(7, outcome.announced)
        finally:
            self.fabric.bridge["A"].thaw()
        wait_for("A", lambda: self.lab.active() == "A", 10)
        self.lab.ready()

    def test_hosts_that_speak_after_a_crash_are_confirmed(self):
        quiet = [Host(number, 0) for number in range(10)]
        for host in quiet:
            host.mac = "5e:" + random.randbytes(5).hex(":")
        self.speak(*map(arp, self.hosts + quiet))
        wait_for("all hosts", lambda: self.keys() | self.keys(quiet)
                 == set(self.learned()), 5)

        def confirmed():
            return self.lab.state()["last-takeover"]["confirmed"]

        self.fabric.bridge["A"].freeze()
        try:
            wait_for("B", lambda: self.lab.active() == "B", 10)
            # What the others said meanwhile has been counted.
            time.sleep(3)
            self.assertEqual(
                17, self.lab.state()["last-takeover"]["hosts"])
            before = confirmed()
            self.assertLessEqual(before, 7, "of the quiet ones, none")
            self.speak(*map(arp, quiet[:4]))
            wait_for("four more", lambda: confirmed() >= before + 4, 5)
            self.speak(*map(arp, quiet[:4]))
            time.sleep(3)
            takeover = self.lab.state()["last-takeover"]
            self.assertEqual(before + 4, takeover["confirmed"])
            self.assertGreater(int(takeover["last-confirmed"]),
                               int(takeover["tables-moved"]) + 3_000_000)
            shown = CONTROLLER.shell("dualbridge:show")
            self.assertIn("confirmed: %d of 17 hosts" % (before + 4), shown)
        finally:
            self.fabric.bridge["A"].thaw()
        wait_for("A", lambda: self.lab.active() == "A", 10)
        self.lab.ready()

    def test_frames_of_the_standby_and_of_others_teach_nothing(self):
        bridge = self.fabric.bridge["B"]
        start(bridge.namespace, "bb-up", [arp(self.hosts[0])]).join(10)
        start(self.fabric.outside_ns, "eth0", [arp(self.hosts[1])]).join(10)
        self.speak(arp(self.hosts[2]))
        wait_for("one host", lambda: self.learned(), 5)
        self.assertEqual(self.keys(self.hosts[2:3]), set(self.learned()))

    def test_limit(self):
        self.learn(limit=2)
        self.speak(*map(arp, self.hosts))
        wait_for("the limit", lambda: self.all().get("host-limit-reached"), 5)
        self.assertEqual(2, self.all()["hosts"])
        wait_for("to be counted", lambda: self.discarded("host-limit") >= 4, 5)
        # Counters and the log are written now and then, not together.
        wait_for("the log", lambda: "no more hosts are learned, there are 2"
                 in self.log(), 5)

    def test_copies_are_verified(self):
        switch = self.fabric.switch[1]
        self.learn(**IP_FRAMES)

        def verify():
            reply = CONTROLLER.restconf.request(
                "POST", "/operations/dualbridge:verify",
                {"dualbridge:input": {"dual-bridge": "lab"}})
            return {leaf: int(count) for leaf, count in
                    reply["dualbridge:output"].items()}
        self.speak(arp(self.hosts[0]))
        wait_for("the host", self.learned, 5)
        wait_for("its flow", lambda: self.hosts[0].mac in self.to_hosts(), 5)
        self.assertEqual({"switches": 3, "missing": 0, "unexpected": 0,
                          "repaired": 0}, verify())
        # With the meters go the flows that pass them: seven per attachment.
        switch.ofctl("del-meters")
        switch.ofctl("del-flows", "arp,in_port=10")
        found = verify()
        self.assertEqual((15, 15), (found["missing"], found["repaired"]))
        self.speak(arp(self.hosts[1]))
        wait_for("the other host", lambda: len(self.learned()) == 2, 5)

    def test_hosts_that_only_talk_ip_are_known_by_their_mac(self):
        first, second = self.hosts[:2]
        self.learn(**IP_FRAMES)
        self.speak(ipv4(first), ipv6(second))
        wait_for("two hosts", lambda: self.keys((first, second))
                 == set(self.learned()), 5)
        for row in self.learned().values():
            self.assertNotIn("ip-address", row)
        wait_for("flows", lambda: {first.mac, second.mac} <= self.to_hosts(),
                 5)

    def test_frames_of_known_hosts_are_not_copied(self):
        host, stranger = self.hosts[0], self.hosts[1]
        self.learn(limit=1, **IP_FRAMES)
        self.speak(ipv4(host))
        wait_for("the host", self.learned, 5)
        wait_for("it to be known", lambda: any(
            "dl_src=" + host.mac in flow and "actions=drop" in flow
            for flow in self.fabric.switch[1].flows()), 5)
        copied = {}
        for who in host, stranger:
            passed, arrived = self.passed(220), self.arrived()
            sent = multiprocessing.Value("q", 0)
            flood = start(self.fabric.hosts_ns, "eth0", [ipv4(who)], 500, 3,
                          sent)
            time.sleep(1.5)
            copied[who] = [
                "userspace(" in flow for flow in self.fabric.switch[1].appctl(
                    "dpctl/dump-flows", "netdev@ovs-netdev").splitlines()
                if "src=" + who.mac in flow and "eth_type(0x0800)" in flow]
            flood.join(10)
            passed, arrived = (self.passed(220) - passed,
                               self.arrived() - arrived)
            print("%s: %d frames sent, %d arrived, %d copied" % (
                "known" if who is host else "unknown", sent.value, arrived,
                passed), flush=True)
            # All of them go on, whether copied or not.
            self.assertGreaterEqual(arrived, sent.value)
            if who is host:
                self.assertEqual(0, passed)
            else:
                self.assertGreater(passed, 200)
        self.assertEqual({host: [False], stranger: [True]}, copied)
        # Of what it says, copies are made all the same.
        self.speak(arp(host))
        wait_for("its address", lambda: "ip-address" in
                 self.learned()[host.mac, host.vlan], 5)

    def test_silent_hosts_age(self):
        self.learn(**{"ageing-time": 10})
        self.speak(arp(self.hosts[0]), arp(self.hosts[1]))
        wait_for("two hosts", lambda: len(self.learned()) == 2, 5)
        for _ in range(3):
            time.sleep(4)
            self.speak(arp(self.hosts[0]))
        wait_for("one to age", lambda: self.keys(self.hosts[:1])
                 == set(self.learned()), 5)
        wait_for("its flow to go", lambda: self.hosts[1].mac
                 not in self.to_hosts(), 5)

    def passed(self, meter=219):
        """Frames that a meter let pass."""
        stats = self.fabric.switch[1].ofctl("meter-stats", "meter=%d" % meter)
        counts = re.findall(r"packet(?:_in)?_count:(\d+)", stats)
        return int(counts[0]) - int(counts[1])

    def test_flood_harms_no_heartbeat(self):
        host = self.hosts[0]
        self.speak(arp(host))
        wait_for("the host", self.learned, 5)
        before = self.discarded("excess")
        passed_before = self.passed()
        sent = multiprocessing.Value("q", 0)
        seconds = 5
        flood = start(self.fabric.bridge["A"].namespace, "ba-up",
                      [arp(host, OUTSIDE_MAC)], RATE, seconds, sent)
        flood.join(seconds + 10)
        wait_for("to be counted", lambda: self.discarded("excess") > before, 5)
        passed = self.passed() - passed_before
        print("%d frames sent, %d passed the meter, %d dropped by the "
              "controller" % (sent.value, passed,
                              self.discarded("excess") - before), flush=True)
        self.assertGreater(sent.value, RATE * seconds / 2)
        # Open vSwitch lets a burst pass, and then the rate.
        self.assertLess(passed, 700 * (seconds + 2))
        self.assertNothingMoved()
        self.assertEqual("alive", CONTROLLER.restconf.status("lab")["bridge"][
            0]["attachment"][0]["state"]["health"])

    def test_crash_under_a_flood_of_strangers(self):
        strangers = [Host(number, 0) for number in range(STRANGERS)]
        for host in strangers:
            host.mac = "5e:" + random.randbytes(5).hex(":")
        self.speak(*map(arp, self.hosts))
        wait_for("all hosts", lambda: self.keys() <= set(self.learned()), 5)
        sent = multiprocessing.Value("q", 0)
        flood = start(self.fabric.bridge["A"].namespace, "ba-up",
                      [arp(host, OUTSIDE_MAC) for host in strangers],
                      STRANGERS_RATE, 12, sent)
        try:
            outcome = self.lab.crash()
            flood.join(30)
            known = self.all()["hosts"]
            print("%d frames of strangers sent, %d hosts known; worst outage "
                  "%.1f ms, decided after %.1f ms, fenced after %.1f ms, "
                  "tables moved after %.1f ms" % (
                      sent.value, known, outcome.span.worst, *(
                          int(outcome.takeover[leaf]) / 1000 for leaf in
                          ("decided", "fenced", "tables-moved"))), flush=True)
            self.assertGreater(sent.value, STRANGERS_RATE * 12 / 2)
            self.assertGreater(known, 200)
            # The strangers are hosts now, so they are announced, too. And
            # the switch is busy with them, whether they are learned or not.
            self.assertEqual([], [problem for problem in outcome.problems
                                  if "stranger" not in problem
                                  and "outage" not in problem], self.log())
            self.assertLess(outcome.span.worst, outcome.limit + FLOOD_SLACK_MS)
        finally:
            self.fabric.bridge["A"].thaw()
        wait_for("A", lambda: self.lab.active() == "A", 10)
        self.lab.ready(seconds=40)


class Floods(HostsCase):
    """50,000 frames per second of stations that are not learned, since there
    are as many hosts as may be: each of them would be copied."""

    FLOOD_RATE = 50_000

    def setUp(self):
        super().setUp()
        self.learn(limit=len(self.hosts), **IP_FRAMES)
        self.speak(*map(arp, self.hosts))
        wait_for("all hosts", lambda: self.keys() == set(self.learned()), 5)
        strangers = [Host(number, 0) for number in range(200)]
        for host in strangers:
            host.mac = "5e:" + random.randbytes(5).hex(":")
        # To each other, all behind the flooded port: a switch passes such
        # frames nowhere, so that what they cost are the copies.
        self.flood_frames = [(arp if host.number % 2 else ipv4)(host, to.mac)
                             for host, to in zip(strangers, strangers[1:]
                                                 + strangers[:1])]
        time.sleep(2)  # their flows, and announcements

    def flood(self, seconds):
        # A little more, since less on average would prove nothing.
        flood = Flood(self.fabric.bridge["A"].namespace, "ba-up",
                      self.flood_frames, 1.04 * self.FLOOD_RATE, seconds)
        self.copies, self.begun = self.asked(), time.monotonic()
        self.cpu = CONTROLLER.cpu_seconds()
        flood.start()
        return flood

    def asked(self):
        """Copies that were asked for, whether they passed a meter or not."""
        return sum(int(count) for count in re.findall(
            r"cookie=\S+, duration=\S+, table=1, n_packets=(\d+)[^\n]*meter:",
            self.fabric.switch[1].ofctl("dump-flows")))

    def assertFlooded(self, flood):
        flood.join(60)
        time.sleep(1.5)  # the switch counts once per second
        cpu = (CONTROLLER.cpu_seconds() - self.cpu) / (
            time.monotonic() - self.begun)
        print("%d frames sent, %.0f/s; %d copies asked for; controller's CPU "
              "%.0f %% of a core; %d dropped by it" % (
                  flood.count.value, flood.real_rate,
                  self.asked() - self.copies, 100 * cpu,
                  self.discarded("excess")), flush=True)
        self.assertGreaterEqual(
            flood.real_rate, self.FLOOD_RATE,
            "the sender was too slow for what this is to prove")
        self.assertLess(cpu, 0.8)

    def test_hosts_and_heartbeats_do_not_notice(self):
        before = self.discarded("excess")
        with Traffic(self.fabric, self.hosts) as traffic:
            time.sleep(1)
            begin = time.time_ns()
            flood = self.flood(8)
            flood.join(60)
            end = time.time_ns()
            time.sleep(1)
        self.assertFlooded(flood)
        span = traffic.between(begin, end)
        lost = sum(is_lost for _, is_lost in span.samples)
        print("%d frames to hosts, %d lost; from them, through the flooded "
              "port, %d lost" % (len(span.samples), lost, span.lost - lost),
              flush=True)
        self.assertNothingMoved()
        self.assertEqual("alive", CONTROLLER.restconf.status("lab")["bridge"][
            0]["attachment"][0]["state"]["health"])
        wait_for("to be counted", lambda: self.discarded("excess") > before, 5)
        self.assertEqual(self.keys(), set(self.learned()))
        # What else comes in at a port that is full is lost at its switch.
        self.assertLess(lost, len(span.samples) / 100)

    def test_takeover_works_meanwhile(self):
        flood = self.flood(12)
        time.sleep(1)
        try:
            outcome = self.lab.crash()
            print("worst outage %.1f ms, decided after %.1f ms, fenced after "
                  "%.1f ms, tables moved after %.1f ms" % (
                      outcome.span.worst, *(
                          int(outcome.takeover[leaf]) / 1000 for leaf in
                          ("decided", "fenced", "tables-moved"))), flush=True)
            self.assertFlooded(flood)
            self.assertEqual([], [problem for problem in outcome.problems
                                  if "outage" not in problem], self.log())
            self.assertLess(outcome.span.worst, outcome.limit + FLOOD_SLACK_MS)
        finally:
            self.fabric.bridge["A"].thaw()
        wait_for("A", lambda: self.lab.active() == "A", 10)
        self.lab.ready(seconds=40)


class Guard(HostsCase):
    """Two switches; somebody at the far one claims to be a host behind the
    active bridge."""

    SWITCHES = 2

    def setUp(self):
        super().setUp()
        self.host, self.other = self.hosts[:2]
        self.learn(**{"claim-guard": True})
        self.speak(arp(self.host))
        wait_for("the host", self.learned, 5)
        wait_for("its guards", lambda: all(self.guarded(switch) for switch in
                                           self.fabric.switch.values()), 5)

    def guarded(self, switch):
        return any("priority=2701" in flow and "dl_src=" + self.host.mac
                   in flow for flow in switch.flows())

    def where(self, host):
        """The port that each switch has learned a host at."""
        return {name: switch.learned().get((host.vlan, host.mac))
                for name, switch in self.fabric.switch.items()}

    def test_claim_from_elsewhere_is_refused_and_counted(self):
        right = {1: "10", 2: "2"}
        self.speak(arp(self.host))
        wait_for("it to be there", lambda: self.where(self.host) == right, 5)
        for frame in (arp(self.host), arp(self.host, OUTSIDE_MAC, 2),
                      rarp(self.host), solicitation(self.host, "fd00:1::3")):
            before = self.discarded("spoofed")
            start(self.fabric.outside_ns, "eth0", [frame]).join(10)
            wait_for("it to be counted",
                     lambda: self.discarded("spoofed") == before + 1, 5)
            self.assertEqual(right, self.where(self.host))
        self.assertEqual(1, len([text for text in self.log()
                                 if "openflow:2:1, which is no attachment, "
                                    "claims to be " + self.host.mac in text]))
        # Who is no host may be anywhere.
        start(self.fabric.outside_ns, "eth0", [arp(self.other)]).join(10)
        wait_for("it to be there", lambda: self.where(self.other)
                 == {1: "2", 2: "1"}, 5)
        self.assertNothingMoved()

    def test_hosts_themselves_are_heard_everywhere(self):
        before = self.discarded("spoofed")
        for frame in (arp(self.host), rarp(self.host),
                      solicitation(self.host, "fd00:1::3")):
            arrived = self.arrived()
            self.speak(frame)
            wait_for("it to arrive", lambda: self.arrived() > arrived, 5)
        self.lab.link_down()
        self.assertGreater(len([flow for flow in self.fabric.switch[1].flows()
                                if "priority=2740" in flow]), 0)
        arrived = self.arrived()
        self.speak(arp(self.host))
        wait_for("it to arrive by way of B",
                 lambda: self.arrived() > arrived, 5)
        self.assertEqual(before, self.discarded("spoofed"))
        self.lab.link_up()


class Moves(HostsCase):
    """A second dual bridge at the same switch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fabric.add_pair()
        config = cls.fabric.second_config("second", 50)
        config["learning"] = {"enabled": True}
        CONTROLLER.restconf.configure(config)
        wait_for("the second dual bridge", lambda: CONTROLLER.restconf.status(
            "second").get("state", {}).get("condition") == "protected", 20)

    @classmethod
    def tearDownClass(cls):
        CONTROLLER.restconf.remove("second")
        super().tearDownClass()

    def appear(self, name, host):
        bridge = (self.fabric.bridge if name == "lab"
                  else self.fabric.second)["A"]
        start(bridge.namespace, bridge.name + "-up",
              [arp(host, OUTSIDE_MAC)]).join(10)
        wait_for(host.mac + " at " + name, lambda: (host.mac, host.vlan)
                 in self.learned(name), 5)

    def test_host_moves_and_freezes(self):
        host, key = self.hosts[0], (self.hosts[0].mac, self.hosts[0].vlan)
        self.appear("lab", host)
        for number in range(1, 5):
            self.appear(("lab", "second")[number % 2], host)
            here, there = (("lab", "second") if number % 2 == 0
                           else ("second", "lab"))
            wait_for("one place", lambda: key not in self.learned(there), 5)
            self.assertEqual(number, int(self.learned(here)[key]["moves"]))
        wait_for("its flow", lambda: host.mac in self.to_hosts(), 5)
        self.appear("second", host)
        wait_for("it to freeze",
                 lambda: self.learned("second")[key]["frozen"], 5)
        wait_for("no flow", lambda: host.mac not in self.to_hosts(), 5)
        wait_for("it to be told", lambda: any(
            event["kind"] == "host" and host.mac in event["text"]
            for event in CONTROLLER.restconf.status(
                "second")["state"]["event"]), 5)
        self.speak(arp(host))
        wait_for("the claim to be counted",
                 lambda: self.discarded("spoofed"), 5)
        self.assertNothingMoved()

    def test_host_is_migrated(self):
        host, key = self.hosts[0], (self.hosts[0].mac, self.hosts[0].vlan)
        self.appear("lab", host)
        self.assertEqual("1", self.migrate(host, "second", False))
        wait_for("it to be there", lambda: key in self.learned("second"), 3)
        row = self.learned("second")[key]
        self.assertEqual(("1", "second"), (row["moves"], row["expected-at"]))
        wait_for("no other place", lambda: key not in self.learned("lab"), 5)
        # Late: said before it left.
        self.speak(arp(host))
        wait_for("that to be counted", lambda: self.discarded("spoofed"), 5)
        self.appear("second", host)
        wait_for("it to be seen", lambda: "expected-at" not in
                 self.learned("second")[key], 5)

        self.assertEqual("1", self.migrate(host, "lab", True))
        time.sleep(2)
        self.assertEqual("lab", self.learned("second")[key]["expected-at"])
        self.appear("lab", host)
        wait_for("it to be back", lambda: key not in self.learned("second"),
                 5)
        self.assertEqual("2", self.learned("lab")[key]["moves"])
        self.assertNothingMoved()

    def test_migration_is_refused_with_the_reason(self):
        stranger = self.hosts[1]
        with self.assertRaisesRegex(Exception, "mac: .* is not known"):
            self.migrate(stranger, "second", False)
        with self.assertRaisesRegex(Exception, "to: there is no 'third'"):
            self.migrate(stranger, "third", False)

    @staticmethod
    def migrate(host, to, waits):
        return CONTROLLER.restconf.request(
            "POST", "/operations/dualbridge:migrate-host",
            {"dualbridge:input": {
                "mac": host.mac, "vlan": host.vlan, "to": to,
                "wait-until-seen": waits}})["dualbridge:output"]["moves"]

    def test_configured_host_stays(self):
        silent = self.fabric.silent[0]
        bridge = self.fabric.second["A"]
        start(bridge.namespace, bridge.name + "-up",
              [arp(silent, OUTSIDE_MAC)]).join(10)
        wait_for("the claim to be counted", lambda: any(
            row["reason"].endswith(":spoofed") for row in
            CONTROLLER.restconf.status("second")["state"].get(
                "discarded", [])), 5)
        self.assertEqual({}, self.learned("second"))


class ZRestart(HostsCase):
    """Last, since the other classes need the controller too."""

    def test_restart_keeps_learned_hosts(self):
        self.speak(*map(arp, self.hosts))
        wait_for("all hosts", lambda: self.keys() == set(self.learned()), 5)
        wait_for("flows", lambda: {host.mac for host in self.hosts}
                 <= self.to_hosts(), 5)
        time.sleep(1)
        CONTROLLER.kill()
        CONTROLLER.start()
        wait_for("the state", lambda: self.lab.state().get("condition")
                 == "protected", 30)
        wait_for("the hosts", lambda: self.keys() == set(self.learned()), 5)
        self.assertEqual({host.ip for host in self.hosts},
                         {ip for host in self.learned().values()
                          for ip in host["ip-address"]})
        self.assertLessEqual({host.mac for host in self.hosts},
                             self.to_hosts())


if __name__ == "__main__":
    unittest.main()
