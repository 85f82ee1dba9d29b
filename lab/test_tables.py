# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Integration tests of tables that somebody else changes, and of switches that
refuse entries."""

import re
import time
import unittest

from lab.case import FabricCase
from lab.controller import Refused
from lab.net import wait_for
from lab.traffic import Traffic

FOREIGN = "cookie=0x1234,priority=4000,udp,tp_dst=4789,actions=drop"
HOSTS = "priority=25"


def setUpModule():
    FabricCase.begin()


def tearDownModule():
    FabricCase.end()


class Tables(FabricCase):
    """One switch, s1, and both bridges."""

    CONFIG = {"verify-interval": 0, "relearn-interval": 0}

    def setUp(self):
        super().setUp()
        self.restconf = self.CONTROLLER.restconf
        self.switch = self.fabric.switch[1]
        self.verify()

    def verify(self):
        reply = self.restconf.request(
            "POST", "/operations/dualbridge:verify",
            {"dualbridge:input": {"dual-bridge": "lab"}})
        return {leaf: int(count) for leaf, count in
                reply["dualbridge:output"].items()}

    def set(self, leaf, value):
        self.restconf.request("PUT", self.restconf.path("lab", "/" + leaf), {
            "dualbridge:" + leaf: value})

    def of(self, leaf):
        return int(self.lab.state().get(leaf, 0))

    def events(self, kind):
        return [event["text"] for event in sorted(
            self.lab.state()["event"], key=lambda row: int(row["number"]))
            if event["kind"] == kind]

    def held(self):
        return sorted(re.sub(r"^cookie=\w+, ", "", flow)
                      for flow in self.switch.flows())

    def groups(self):
        """Of dual bridges; there is one more while a switch rehearses."""
        return {number: text for number, text in self.switch.groups().items()
                if int(number) >= 0xdb000000}

    def disturb(self):
        """Everything that can be: gone, changed, added, and foreign."""
        switch = self.switch
        heartbeat = next(flow for flow in switch.flows()
                         if "priority=3000" in flow)
        cookie = re.search("cookie=(0x[0-9a-f]+)", heartbeat).group(1)
        switch.ofctl("del-groups")  # and with it the flows of hosts
        switch.ofctl("del-flows", "--strict", "priority=1")
        for flow in switch.flows():
            if "priority=2900" in flow:
                port = re.search(r"in_port=\"?([\w-]+)", flow).group(1)
                switch.ofctl("mod-flows", "--strict",
                             "priority=2900,in_port=%s,actions=NORMAL" % port)
        switch.ofctl("add-flow", "cookie=%s,priority=5000,dl_vlan=99,"
                                 "actions=drop" % cookie)
        switch.ofctl("add-flow", FOREIGN)

    def tearDown(self):
        self.switch.ofctl("del-flows", "cookie=0x1234/-1")

    def assertRepaired(self, intended, groups):
        now = self.held()
        foreign = [flow for flow in now if "priority=4000" in flow]
        self.assertEqual(1, len(foreign))
        now.remove(foreign[0])
        self.assertEqual(intended, now)
        self.assertEqual(groups, self.groups())
        self.assertNothingMoved()

    def test_drift_is_repaired_when_asked(self):
        intended, groups = self.held(), self.groups()
        before = self.of("drift-repaired")
        self.assertEqual({"switches": 3, "missing": 0, "unexpected": 0,
                          "repaired": 0}, self.verify())
        self.disturb()
        self.assertNotEqual(intended, self.held())
        found = self.verify()
        hosts = sum(HOSTS in flow for flow in intended)
        # The group, the flows that point to it, NORMAL, and the fence of B.
        self.assertEqual({"switches": 3, "missing": hosts + 3,
                          "unexpected": 1, "repaired": hosts + 4}, found)
        self.assertRepaired(intended, groups)
        self.assertEqual(0, self.verify()["missing"])
        wait_for("the counter", lambda: self.of("drift-repaired")
                 == before + hosts + 4, 5)
        self.assertEqual("openflow:1 had drifted: %d missing, 1 unexpected, "
                         "%d repaired" % (hosts + 3, hosts + 4),
                         self.events("tables")[-1])
        self.assertIn("last-verified", self.lab.state())

    def test_drift_is_repaired_in_time(self):
        intended, groups = self.held(), self.groups()
        self.set("verify-interval", 5)
        self.addCleanup(self.set, "verify-interval", 0)
        self.disturb()
        wait_for("the repair", lambda: len(self.held()) == len(intended) + 1,
                 15, 0.5)
        self.assertRepaired(intended, groups)

    def test_group_that_leads_elsewhere_is_pointed_back(self):
        groups = self.groups()
        number = next(iter(groups))
        self.switch.ofctl("mod-group", "group_id=%s,type=indirect,"
                                       "bucket=actions=drop" % number)
        self.assertNotEqual(groups, self.groups())
        self.verify()
        self.assertEqual(groups, self.groups())

    def test_drift_while_the_switch_was_away_is_repaired(self):
        intended, groups = self.held(), self.groups()
        self.control(1)  # where nobody listens
        self.addCleanup(self.control)
        wait_for("s1 gone", lambda: self.switch.node
                 not in self.CONTROLLER.connected(), 10)
        self.disturb()
        self.control()
        wait_for("the repair", lambda: self.groups() == groups
                 and len(self.held()) == len(intended) + 1, 20, 0.5)
        self.lab.ready()

    def control(self, port=6653):
        self.switch.vsctl("set", "controller", self.switch.name,
                          "target=\"tcp:%s:%d\"" % (self.LAB.controller_ip,
                                                    port))

    def limit(self, flows):
        """What the switch has room for; None for any number."""
        if flows is None:
            self.switch.vsctl("clear", "bridge", self.switch.name,
                              "flow_tables")
        else:
            self.switch.vsctl(
                "--id=@t", "create", "flow_table", "flow_limit=%d" % flows,
                "overflow_policy=refuse", "--", "set", "bridge",
                self.switch.name, "flow_tables:0=@t")

    def test_refused_flow_is_told_and_tried_until_taken(self):
        refused = self.of("refused-entries")
        host = {"mac": "52:54:0f:ff:00:01", "vlan": 10}
        row = "/host=%s,10" % host["mac"].replace(":", "%3A")
        self.limit(len(self.switch.flows()))
        self.addCleanup(self.limit, None)
        self.restconf.patch({"name": "lab", "host": [host]})
        self.addCleanup(self.restconf.request, "DELETE",
                        self.restconf.path("lab", row))
        wait_for("the refusal", lambda: self.of("refused-now") == 1, 10)
        self.assertEqual(refused + 1, self.of("refused-entries"))
        self.assertIn("openflow:1: HOST flow", self.events("refusal")[-1])
        self.assertIn("refused by switches: 1 entry, tried again",
                      self.CONTROLLER.shell("dualbridge:show lab"))
        self.assertEqual(0, self.verify()["missing"])
        self.limit(None)
        wait_for("the flow", lambda: any(
            host["mac"] in flow for flow in self.switch.flows()), 20)
        wait_for("the end of it", lambda: self.of("refused-now") == 0, 10)
        self.assertEqual("openflow:1 took all that it had refused",
                         self.events("tables")[-1])
        self.assertEqual(refused + 1, self.of("refused-entries"))

    def test_switchover_is_called_off_where_the_fence_is_refused(self):
        self.limit(len(self.switch.flows()))
        self.addCleanup(self.limit, None)
        self.restconf.switchover("lab", "B")
        wait_for("the refusal", lambda: any(
            "the takeover from A was not confirmed" in text
            for text in self.events("refusal")), 10)
        self.assertEqual("A", self.lab.active())
        self.assertEqual(0, self.verify()["missing"])
        wait_for("nothing refused", lambda: self.of("refused-now") == 0, 5)

    def fences(self, bridge):
        row = next(row for row in self.restconf.status("lab")["bridge"]
                   if row["name"] == bridge)
        return row["attachment"][0]["state"].get("fence", [])

    def assertFenced(self, bridge, *wanted):
        wait_for("%s fenced by %s" % (bridge, ", ".join(wanted) or "none"),
                 lambda: sorted(wanted) == sorted(self.fences(bridge)), 10)

    def test_fence_in_force_is_told(self):
        self.assertFenced("A")
        self.assertFenced("B", "ingress", "bridge")
        self.set("fence", "ingress")
        self.addCleanup(self.set, "fence", "bridge")
        self.assertFenced("B", "ingress")
        self.set("fence", "bridge")
        self.assertFenced("B", "ingress", "bridge")
        self.fabric.bridge["A"].freeze()
        try:
            self.assertFenced("A", "ingress", "isolate")
            self.assertIn("isolated: A at openflow:1:10",
                          self.CONTROLLER.shell("dualbridge:show lab"))
            self.assertFenced("B")
        finally:
            self.fabric.bridge["A"].thaw()
        self.lab.ready()
        self.assertFenced("A")

    def test_unknown_dual_bridge_is_refused(self):
        with self.assertRaises(Refused) as refusal:
            self.restconf.request(
                "POST", "/operations/dualbridge:verify",
                {"dualbridge:input": {"dual-bridge": "nobody"}})
        self.assertIn("there is no 'nobody'", refusal.exception.message)


class Coexistence(FabricCase):
    """Others own the first table, and send frames on to ours."""

    TABLE, BASE = 7, 10000
    CONFIG = {"table": TABLE, "base-priority": BASE, "relearn-interval": 0,
              "verify-interval": 0}
    GOTO = "cookie=0x1234,priority=0,actions=goto_table:7"

    @classmethod
    def build(cls):
        super().build()
        for switch in cls.switches():
            switch.ofctl("add-flow", cls.GOTO)

    @classmethod
    def switches(cls):
        return [*cls.fabric.switch.values(), *cls.fabric.bridge.values()]

    def places(self, switch):
        """(table, priority) of all flows but those of others."""
        return sorted((int((re.findall(r"table=(\d+)", flow) or [0])[0]),
                       int(re.findall(r"priority=(\d+)", flow)[0]))
                      for flow in switch.flows() if "0x1234" not in flow)

    def assertPlaced(self, table, base):
        for switch in self.switches():
            places = self.places(switch)
            self.assertTrue(places)
            # On a bridge, the next one tells which frames are for hosts.
            hosts = {table + 1} if switch in self.fabric.bridge.values() \
                else set()
            self.assertEqual([], [
                place for place in places
                if not (place[0] == table and (
                    place[1] == 1 or base <= place[1] <= base + 800)
                    or place[0] in hosts and (
                        place[1] == base
                        or base + 300 <= place[1] <= base + 347))])

    def test_takeover_beside_flows_of_others(self):
        self.assertPlaced(self.TABLE, self.BASE)
        self.assertClean(self.lab.crash())
        self.assertClean(self.lab.failback())
        self.assertPlaced(self.TABLE, self.BASE)

    def test_flows_move_while_frames_pass(self):
        for table, base in (7, 50), (7, 64735), (0, 2200), (7, 10000):
            with self.subTest(table=table, base=base):
                with Traffic(self.fabric, self.fabric.hosts, 500) as traffic:
                    time.sleep(1)
                    begin = time.time_ns()
                    self.CONTROLLER.restconf.patch({
                        "name": "lab", "table": table, "base-priority": base})
                    wait_for("the flows", lambda where=(table, base):
                             self.isPlaced(*where), 10, 0.5)
                    time.sleep(1)
                    end = time.time_ns()
                    time.sleep(1)
                self.assertNothingMoved()
                self.assertEqual("protected", self.lab.state()["condition"])
                self.assertEqual([], traffic.looped)
                self.assertLess(traffic.between(begin, end).worst, 300)

    def isPlaced(self, table, base):
        try:
            self.assertPlaced(table, base)
        except AssertionError:
            return False
        return True


if __name__ == "__main__":
    unittest.main()
