# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Three switches in a ring, and no link is configured. Found by LLDP, used,
routed around, and known again after a restart of the controller.

              [s3]
             /    \\         broadcasts do not leave by the ports of the
           [s1]--[s2]       cable between s1 and s3
          /         \\
        [ba]       [bb], outside
"""

import time
import unittest

from lab.case import INTERVAL, FabricCase
from lab.net import Carrier, run, wait_for
from lab.ovs import Switch
from lab.traffic import Traffic

CONTROLLER = None
DIRECT = ("openflow:1:2", "openflow:2:2")
DETOUR = {("openflow:1:3", "openflow:3:1"), ("openflow:2:3", "openflow:3:2")}


def setUpModule():
    global CONTROLLER
    _, CONTROLLER = FabricCase.begin()


def tearDownModule():
    FabricCase.end()


class Ring(FabricCase):
    """The fabric above, as it is found."""

    SWITCHES = 2
    OPTIONS = {"silent": 1}
    CONFIG = {"discover-links": True}

    @classmethod
    def cable(cls):
        fabric, lab = cls.fabric, cls.LAB
        third = Switch(lab, "s3", 3)
        for number, other in ((1, fabric.switch[1]), (2, fabric.switch[2])):
            near, far = "s3-" + other.name, other.name + "-s3"
            lab.cable(near, far, third.namespace, other.namespace)
            third.port(near, number)
            other.port(far, 3)
        fabric.switch[3] = third
        for switch, port in ((third, "s3-s1"), (fabric.switch[1], "s1-s3")):
            switch.no_flood(port)

    def setUp(self):
        super().setUp()
        wait_for("all links", lambda: self.links() == {
            link: True for link in {DIRECT} | DETOUR}, 60, 0.5)
        wait_for("the third switch", lambda: len(self.hops(3)) == 1, 10)

    def links(self):
        """The links of the fabric, and whether they are up."""
        links = self.lab.state().get("link", [])
        self.assertEqual({"discovered"}, {row["origin"] for row in links}
                         | {"discovered"})
        return {(row["end-a"], row["end-b"]): row["up"] for row in links}

    def hops(self, number):
        """Where the groups of a switch lead, as numbers of ports."""
        switch = self.fabric.switch[number]
        ports = [group.rsplit("output:", 1)[-1].strip('"')
                 for group in switch.groups().values()]
        return [int(switch.ports.get(port, port)) for port in ports]


class Discovery(Ring):

    def events(self, kind):
        return [row["text"] for row in self.lab.state()["event"]
                if row["kind"] == kind]

    def rules(self, number):
        """The flows of a switch, without cookies."""
        return sorted(line.split(", ", 1)[1] for line in
                      self.fabric.switch[number].flows())

    def test_a_takeover_moves_all_switches(self):
        self.assertEqual(
            [[10], [2], [1]], [self.hops(number) for number in (1, 2, 3)])
        self.assertTrue(any("openflow:1:2 - openflow:2:2" in text
                            for text in self.events("link")))
        self.assertIsNotNone(
            self.lab.silent_host_answers(self.fabric.silent[0]))
        self.assertClean(self.lab.crash())
        self.assertEqual(
            [[2], [11], [2]], [self.hops(number) for number in (1, 2, 3)])
        self.assertClean(self.lab.failback())

    def test_bridges_are_not_of_the_fabric(self):
        for bridge in self.fabric.bridge.values():
            self.assertEqual([], [flow for flow in bridge.flows()
                                  if "dl_type=0x88cc" in flow])
        for switch in self.fabric.switch.values():
            self.assertEqual(1, len([flow for flow in switch.flows()
                                     if "dl_type=0x88cc" in flow]))
        found = self.lab.restconf.request(
            "POST", "/operations/dualbridge:verify",
            {"dualbridge:input": {"dual-bridge": "lab"}})[
                "dualbridge:output"]
        self.assertEqual((5, 0, 0), (found["switches"], found["missing"],
                                     found["unexpected"]))

    def test_cut_cable_is_routed_around(self):
        carrier = Carrier(self.fabric.switch[1].namespace, "s1-s2")
        with Traffic(self.fabric, self.fabric.hosts) as traffic:
            time.sleep(1)
            cut = carrier.set(False)
            wait_for("the other way", lambda: self.hops(2) == [3], 5)
            wait_for("the state", lambda: self.links()[DIRECT] is False, 5)
            time.sleep(1)
            end = time.time_ns() - 500_000_000
            carrier.set(True)
            wait_for("the first way", lambda: self.hops(2) == [2], 5)
            time.sleep(1)
        span = traffic.between(cut, end)
        # Some are lost when the relearn window opens, if the switch is late.
        self.assertLess(span.worst, 5 * INTERVAL)
        self.assertLess(span.up_dark, 8 * INTERVAL)
        told = self.events("link")
        for what in "cut", "mended":
            self.assertIn("link %s - %s is %s" % (*DIRECT, what), told)
        self.assertEqual(0, traffic.duplicates())
        self.assertEqual([], traffic.looped)
        self.assertNothingMoved()
        carrier.kill()

    def test_z_restarted_controller_removes_nothing(self):
        """Last, with the way that only discovery knows in use."""
        carrier = Carrier(self.fabric.switch[1].namespace, "s1-s2")
        carrier.set(False)
        wait_for("the other way", lambda: self.hops(2) == [3], 5)
        time.sleep(1)
        before = [self.rules(number) for number in (1, 2, 3)]
        with Traffic(self.fabric, self.fabric.hosts, 200, 50) as traffic:
            begin = time.time_ns()
            CONTROLLER.kill()
            CONTROLLER.start()
            wait_for("the state", lambda: self.lab.state().get("condition")
                     == "protected", 30)
            # The OpenFlow plugin has not heard of all links yet.
            self.assertEqual({DIRECT} | DETOUR, set(self.links()))
            wait_for("the same flows", lambda: before == [
                self.rules(number) for number in (1, 2, 3)], 20)
            time.sleep(12)
            end = time.time_ns() - 500_000_000
        self.assertEqual(before, [self.rules(n) for n in (1, 2, 3)])
        self.assertEqual([3], self.hops(2))
        # Not one frame in a hundred, on a machine that is busy booting.
        samples = traffic.between(begin, end).samples
        self.assertLess(sum(lost for _, lost in samples),
                        len(samples) / 100)
        self.assertEqual([], [text for text in self.events("link")
                              if "forgotten" in text])
        self.assertNothingMoved()
        carrier.set(True)
        wait_for("the first way", lambda: self.hops(2) == [2], 10)
        carrier.kill()


class ByVlan(Ring):
    """A station at the third switch, which frames to hosts leave by a cable
    that those from the hosts do not come by."""

    CONFIG = dict(Ring.CONFIG, granularity="vlan")

    @classmethod
    def cable(cls):
        super().cable()
        third = cls.fabric.switch[3]
        cls.far = cls.LAB.namespace("far")
        cls.LAB.cable("far", "eth0", third.namespace, cls.far)
        third.port("far", 3)
        run("ip", "-n", cls.far, "addr", "add", "10.0.255.2/8", "dev", "eth0")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.LAB.remove(cls.far)

    def test_station_where_broadcasts_take_another_way(self):
        host = self.fabric.silent[0]
        answers = run("ip", "netns", "exec", self.far, "ping", "-n", "-c",
                      "10", "-i", "0.1", "-W", "1", host.ip)
        self.assertIn(" 10 received", answers)
        self.assertClean(self.lab.crash())
        self.assertClean(self.lab.failback())


if __name__ == "__main__":
    unittest.main()
