# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Two bridges that share the VLANs, on real switches."""

import os
import re
import time
import unittest

from lab.controller import Controller, Refused
from lab.fabric import Fabric, make_hosts
from lab.net import Lab, wait_for
from lab.traffic import BROADCAST, Traffic

INTERVAL = 50


class Sharing(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.controller = Controller(cls.lab, os.environ["JAVA_HOME"])
        cls.controller.start()
        cls.restconf = cls.controller.restconf
        cls.fabric = Fabric(cls.lab, make_hosts(6), 2, silent=0)
        cls.fabric.connect(cls.controller)

    def setUp(self):
        self.configure([
            {"name": "low", "vlan": [0, 10], "preferred-bridge": "A"},
            {"name": "high", "vlan": [20], "preferred-bridge": "B"}])
        self.wait(low="A", high="B")

    def configure(self, sets, **more):
        config = self.fabric.config("lab", interval=INTERVAL, **more)
        for bridge in config["bridge"]:
            bridge["ha-mode"] = "sharing"
        config["vlan-set"] = sets
        self.restconf.configure(config)

    def state(self, part):
        return self.restconf.status(part).get("state", {})

    def wait(self, seconds=20, **active):
        for part, bridge in active.items():
            wait_for("%s at %s" % (part, bridge), lambda p=part, b=bridge: (
                lambda s: s.get("active-bridge") == b
                and s.get("condition") == "protected"
            )(self.state("lab." + p)), seconds)

    def dark(self, traffic, begin):
        """Worst outage in ms, of the hosts in set low and in set high."""
        span = traffic.between(begin, time.time_ns() - 500_000_000)
        vlan = {host.number: host.vlan for host in self.fabric.hosts}
        worst = {False: 0.0, True: 0.0}
        for host, dark in span.dark.items():
            if host != BROADCAST:
                high = vlan[host] == 20
                worst[high] = max(worst[high], dark)
        return worst[False], worst[True]

    def assertClean(self, traffic):
        self.assertEqual(0, traffic.duplicates(), "duplicated")
        self.assertEqual([], traffic.looped)

    def test_survivor_carries_all_and_gives_back_what_is_not_its_own(self):
        epoch = self.state("lab.low")["epoch"]
        with Traffic(self.fabric, self.fabric.hosts) as traffic:
            time.sleep(1)
            frozen = self.fabric.bridge["B"].freeze() or time.time_ns()
            wait_for("the survivor", lambda: self.state("lab.high")[
                "active-bridge"] == "A", 5)
            time.sleep(1.5)
        self.assertClean(traffic)
        low, high = self.dark(traffic, frozen)
        self.assertEqual(0, low, "VLANs of A, which did not move")
        self.assertTrue(0 < high <= 3 * INTERVAL + 100, high)
        with Traffic(self.fabric, self.fabric.hosts) as traffic:
            time.sleep(1)
            begin = time.time_ns()
            self.fabric.bridge["B"].thaw()
            self.wait(low="A", high="B")
            time.sleep(1.5)
        self.assertClean(traffic)
        self.assertEqual(0, self.dark(traffic, begin)[0])
        self.assertEqual(epoch, self.state("lab.low")["epoch"])

    def test_one_set_is_switched_over_alone(self):
        with Traffic(self.fabric, self.fabric.hosts) as traffic:
            time.sleep(1)
            begin = time.time_ns()
            self.restconf.switchover("lab.low", "B")
            wait_for("both at B", lambda: self.state("lab.low")[
                "active-bridge"] == "B", 5)
            self.wait(low="A", high="B")
            time.sleep(1)
        self.assertClean(traffic)
        self.assertEqual(0, self.dark(traffic, begin)[1])
        with self.assertRaisesRegex(Refused, "name one of lab.high, lab.low"):
            self.restconf.switchover("lab", "B")

    def test_bridges_that_disagree_share_nothing_and_the_state_says_why(self):
        self.restconf.patch({"name": "lab", "bridge": [
            {"name": "B", "ha-mode": "auto"}]})
        wait_for("failover", lambda: self.state("lab").get("active-bridge")
                 == "A" and self.state("lab")["condition"] == "protected", 10)
        self.assertEqual("ha-mode of bridge 'B' is not sharing",
                         self.state("lab")["sharing-refusal"])
        self.assertEqual({}, self.state("lab.high"))
        time.sleep(1)
        with Traffic(self.fabric, self.fabric.hosts) as traffic:
            time.sleep(1)
            begin = time.time_ns()
            time.sleep(2)
            end = time.time_ns() - 500_000_000
        self.assertClean(traffic)
        self.assertEqual(0, traffic.between(begin, end).lost)
        flows = "".join(self.fabric.switch[2].flows())
        self.assertNotIn("dl_vlan=20 actions=drop", flows)

    def fenced(self, number, port):
        """VLANs of which a switch lets nothing in at an attachment."""
        return {int(found.group(1)) for found in (
            re.search(r"in_port=\S*%d\b.*dl_vlan=(\d+) actions=drop" % port,
                      flow) for flow in self.fabric.switch[number].flows())
            if found}

    def test_vlans_are_dealt_out_in_turn_where_no_set_is_named(self):
        """0 and 20 to A, the better one; 10 to B."""
        self.configure([])
        self.wait(A="A", B="B")
        self.assertEqual(({}, {}), (self.state("lab"), self.state("lab.low")))
        wait_for("the fences", lambda: (10 in self.fenced(1, 10), 20
                 in self.fenced(1, 10), 10 in self.fenced(2, 11), 20
                 in self.fenced(2, 11)) == (True, False, False, True), 5)
        self.fabric.bridge["A"].freeze()
        try:
            wait_for("the survivor", lambda: self.state("lab.A")[
                "active-bridge"] == "B", 5)
            self.assertEqual("B", self.state("lab.B")["active-bridge"])
        finally:
            self.fabric.bridge["A"].thaw()
        self.wait(A="A", B="B")

    def test_bridges_with_other_vlans_share_nothing(self):
        lists = {"A": [10, 20], "B": [10]}
        self.restconf.patch({"name": "lab", "bridge": [
            {"name": name, "vlan": vlans} for name, vlans in lists.items()]})
        wait_for("failover", lambda: self.state("lab").get("active-bridge")
                 == "A" and self.state("lab")["condition"] == "protected", 10)
        self.assertEqual("bridge 'B' carries VLANs [10], but 'A' carries "
                         "[10, 20]", self.state("lab")["sharing-refusal"])
        self.assertEqual({}, self.state("lab.high"))
        self.restconf.patch({"name": "lab", "bridge": [
            {"name": "B", "vlan": [20]}]})
        self.wait(low="A", high="B")
        self.assertEqual({}, self.state("lab"))

    def test_vlan_in_two_sets_is_refused(self):
        with self.assertRaisesRegex(Refused, r"vlan-set\[name='.*'\]/vlan: 20 "
                                    "is in two sets"):
            self.restconf.patch({"name": "lab", "vlan-set": [
                {"name": "low", "vlan": [20]}]})


if __name__ == "__main__":
    unittest.main()
