# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Integration tests of what is decided by configuration: ha-mode, trackers,
holds, damping, windows, methods that ask nobody, bridges that speak unasked,
sync groups; and of what must decide nothing: a controller that stops for a
while, a power cut."""

import os
import re
import shutil
import signal
import sys
import time
import unittest
from contextlib import contextmanager, suppress
from types import SimpleNamespace

from lab.case import INTERVAL, FabricCase
from lab.controller import Refused
from lab.fabric import OUTSIDE_IP, OUTSIDE_MAC
from lab.net import run, wait_for
from lab.scenario import Scenario, moment
from lab.traffic import Flood

LAB = CONTROLLER = None
SLOW = 500  # ms; heartbeats that can be lost by number


def setUpModule():
    global LAB, CONTROLLER
    LAB, CONTROLLER = FabricCase.begin()
    RolesCase.build()


def tearDownModule():
    FabricCase.end()


@contextmanager
def frozen(*bridges):
    for bridge in bridges:
        bridge.freeze()
    try:
        yield
    finally:
        for bridge in bridges:
            bridge.thaw()


@contextmanager
def down(namespace, interface):
    run("ip", "-n", namespace, "link", "set", interface, "down")
    try:
        yield
    finally:
        run("ip", "-n", namespace, "link", "set", interface, "up")


class RolesCase(FabricCase):
    """One fabric for the module; every test configures its dual bridge anew."""

    OPTIONS = {"silent": 0}
    FAILBACK = {"delay": 500}

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.restconf = CONTROLLER.restconf

    def configure(self, **config):
        """Forgets what was, and configures; does not wait."""
        self.restconf.remove("lab")
        config.setdefault("failback", self.FAILBACK)
        self.lab.configure(**config)

    def begin(self, **config):
        """The same, and waits until A is active."""
        self.configure(**config)
        self.lab.ready("A")
        self.epoch = int(self.lab.state()["epoch"])

    def heartbeat(self, **more):
        return {"method": "dualbridge-types:reflect", "interval": INTERVAL,
                **more}

    def set(self, leaf, value):
        self.restconf.request("PUT", self.restconf.path("lab", "/" + leaf), {
            "dualbridge:" + leaf.rsplit("/", 1)[1]: value})

    def until(self, bridge, seconds=5):
        wait_for(bridge + " active", lambda: self.lab.active() == bridge,
                 seconds)

    def bridge(self, name):
        rows = self.restconf.status("lab")["bridge"]
        return next(row for row in rows if row["name"] == name)

    def of(self, name):
        return self.bridge(name)["state"]

    def role(self, name):
        return self.of(name)["role"].split(":")[1]

    def reason(self):
        return self.lab.state()["last-takeover"]["reason"].split(":")[1]

    def cut(self, name):
        bridge = self.fabric.bridge[name]
        return down(bridge.namespace, bridge.name + "-up")

    def refused(self, begin, ask, *arguments, **more):
        with self.assertRaises(Refused) as refusal:
            ask(*arguments, **more)
        self.assertEqual(begin, refusal.exception.message[:len(begin)])


class HaMode(RolesCase):

    def test_standby_hands_over_at_once_and_duplicates_nothing(self):
        self.begin()

        def ask():
            at = time.time_ns()
            self.set("bridge=A/ha-mode", "standby")
            return at
        outcome = self.lab.measure("A on standby", ask,
                                   lambda: self.until("B", 1))
        self.assertClean(outcome)
        self.assertEqual("operator", self.reason())
        self.assertEqual("standby", self.role("A"))
        self.assertEqual("1", self.of("A")["times-standby"])
        self.assertEqual("1", self.lab.state()["switchovers"])
        self.refused("bridge: 'A' is ranked down by its ha-mode",
                     self.restconf.switchover, "lab", "A")
        self.assertEqual("B", self.lab.active())
        self.set("bridge=A/ha-mode", "auto")
        self.until("A")
        self.assertEqual("priority", self.reason())
        self.assertEqual(self.epoch + 2, int(self.lab.state()["epoch"]))

    def test_standby_takes_over_where_no_other_is_left(self):
        self.begin()
        self.set("bridge=B/ha-mode", "standby")
        self.assertNothingMoved()
        self.assertEqual("protected", self.lab.state()["condition"])
        with self.cut("A"):
            self.until("B")
        self.until("A")

    def test_disabled_bridge_is_never_active(self):
        self.begin()
        self.set("bridge=B/ha-mode", "disabled")
        self.condition("unprotected")
        self.refused("bridge: 'B' is ranked down by its ha-mode",
                     self.restconf.switchover, "lab", "B")
        with self.cut("A"):
            self.condition("down")
            time.sleep(0.5)
            self.assertNothingMoved()
        self.condition("unprotected")
        self.set("bridge=B/ha-mode", "auto")
        self.condition("protected")
        self.set("bridge=A/ha-mode", "disabled")
        self.until("B", 1)
        self.condition("unprotected")


    def test_roles_that_bridges_come_to_are_counted(self):
        self.begin(failback={"mode": "manual"})

        def counts():
            return [int(self.lab.state().get("flip-flops", 0))] + [
                int(self.of(name)[leaf]) for leaf in
                ("times-active", "times-standby") for name in "AB"]
        before = counts()
        grown = []
        for bridge in "BAB":
            self.restconf.switchover("lab", bridge)
            self.lab.ready(bridge)
            grown.append([now - then for now, then in zip(counts(), before)])
        # Flip-flops; active: A, B; standby: A, B.
        self.assertEqual([[0, 0, 1, 1, 0], [1, 1, 1, 1, 1], [2, 1, 2, 2, 1]],
                         grown)
        with self.cut("B"):
            self.until("A")
            self.assertEqual([3, 2, 2, 2, 1], [
                now - then for now, then in zip(counts(), before)])


class Maintenance(RolesCase):

    def test_bridge_is_evacuated_and_returns(self):
        self.begin()

        def ask():
            at = time.time_ns()
            reply = self.restconf.maintenance("A")
            self.assertEqual(["lab"], reply["dualbridge:output"][
                "dual-bridge"])
            # The answer means that it may be taken down.
            self.assertEqual("B", self.lab.active())
            self.assertEqual("evacuated", self.of("A")["maintenance"])
            return at
        outcome = self.lab.measure("evacuation of A", ask,
                                   lambda: self.until("B", 1))
        self.assertClean(outcome)
        print("evacuation: outage of %.1f ms" % outcome.span.worst,
              flush=True)
        self.assertEqual("maintenance", self.reason())
        self.assertEqual("unprotected", self.lab.state()["condition"])
        self.refused("bridge: 'A' is in maintenance",
                     self.restconf.switchover, "lab", "A")
        self.refused("bridge: no other bridge of 'lab' could take over",
                     self.restconf.maintenance, "B")
        with self.cut("B"):
            self.condition("down")
            time.sleep(0.5)
            self.assertEqual("B", self.lab.active())
        self.condition("unprotected")
        self.restconf.maintenance(self.fabric.bridge["A"].node, False)
        self.until("A")
        self.assertEqual("none", self.of("A")["maintenance"])
        self.lab.ready("A")

    def test_evacuation_is_refused_where_nobody_could_take_over(self):
        self.begin()
        self.refused("bridge: no dual bridge has a bridge 'C'",
                     self.restconf.maintenance, "C")
        with self.cut("B"):
            self.condition("unprotected")
            self.refused("bridge: no other bridge of 'lab' could take over",
                         self.restconf.maintenance, "A")
            self.assertNothingMoved()
            self.assertEqual("none", self.of("A")["maintenance"])


class Trackers(RolesCase):
    """The condition is the link between a bridge and the hosts' LAN."""

    def tracked(self, name="lan", method="reflect", **tracker):
        self.begin(method=method)
        self.restconf.patch({"name": "lab", "bridge": [
            {"name": "A", "tracker": [{"name": name, **tracker}]}]})

    def uplink_down(self):
        return down(self.fabric.lan_ns, "ba")

    def handed_over(self, seconds=2):
        self.until("B", seconds)
        self.assertEqual("tracker", self.reason())
        self.assertEqual(("1", "0"), tuple(
            self.lab.state()[count] for count in ("switchovers",
                                                  "failovers")))

    def returned(self, seconds=5):
        self.until("A", seconds)
        self.assertEqual("priority", self.reason())
        self.assertEqual(self.epoch + 2, int(self.lab.state()["epoch"]))

    def test_port_that_goes_down_costs_priority(self):
        self.tracked(**{"node-connector": "openflow:11:2", "weight": 100})
        self.assertNothingMoved()
        with self.uplink_down():
            self.handed_over()
            self.assertEqual(101, self.of("A")["effective-priority"])
            self.assertEqual("standby", self.role("A"))
            self.refused("bridge: 'A' is ranked down by its",
                         self.restconf.switchover, "lab", "A")
        self.returned()
        self.assertEqual(1, self.of("A")["effective-priority"])

    def test_port_that_goes_down_keeps_a_bridge_out(self):
        self.tracked(**{"node-connector": "openflow:11:2"})
        with self.uplink_down():
            self.handed_over()
            self.condition("unprotected")
            self.refused("bridge: 'A' is kept out by a tracker",
                         self.restconf.switchover, "lab", "A")
        self.returned()

    def test_port_may_be_down_before_it_is_tracked(self):
        with self.uplink_down():
            self.tracked(**{"node-connector": "openflow:11:2", "weight": 100})
            self.handed_over()
        self.returned()

    @contextmanager
    def silent(self):
        """The station outside answers nobody who asks for its address."""
        def set_ignore(value):
            run("ip", "netns", "exec", self.fabric.outside_ns, "sysctl", "-qw",
                "net.ipv4.conf.eth0.arp_ignore=%d" % value)
        set_ignore(8)
        try:
            yield
        finally:
            set_ignore(0)

    def test_target_that_does_not_answer_costs_priority(self):
        target = {"node-connector": "openflow:1:1", "ip-address": OUTSIDE_IP}
        for method, more in (("reflect", {}),
                             ("openflow-port", {"mac-address": OUTSIDE_MAC})):
            with self.subTest(method):
                self.tracked("gateway", method, weight=100,
                             target={**target, **more})
                time.sleep(0.5)
                self.assertNothingMoved()
                self.assertNotIn("failing-tracker", self.of("A"))
                with self.silent():
                    self.handed_over()
                    self.assertEqual(["gateway"],
                                     self.of("A")["failing-tracker"])
                    self.assertEqual(101, self.of("A")["effective-priority"])
                self.returned()
                self.assertNotIn("failing-tracker", self.of("A"))

    def test_target_is_asked_again_when_its_switch_is_back(self):
        self.tracked("gateway", weight=100, target={
            "node-connector": "openflow:1:1", "ip-address": OUTSIDE_IP})
        switch = self.fabric.switch[1]
        switch.kill()
        self.condition("blind")
        with self.silent():
            switch.start()
            self.handed_over(30)
        self.returned(20)

    def test_condition_is_reported_until_the_report_expires(self):
        self.tracked("power", weight=100)
        self.restconf.report("lab", "A", False, tracker="power", lifetime=2)
        at = time.monotonic()
        self.handed_over()
        self.returned()
        self.assertGreater(time.monotonic() - at, 2)
        self.restconf.report("lab", "A", False, tracker="power")
        self.until("B", 1)
        self.restconf.report("lab", "A", True, tracker="power")
        self.until("A")

    def test_report_that_nobody_waits_for_is_refused(self):
        self.tracked(**{"node-connector": "openflow:11:2"})
        for said, bridge, more in (
                ("tracker: is required, since", "A", {}),
                ("tracker: 'lan' is no tracker", "A", {"tracker": "lan"}),
                ("bridge: 'C' is no bridge", "C", {"tracker": "lan"})):
            self.refused(said, self.restconf.report, "lab", bridge, False,
                         **more)


class Holds(RolesCase):

    FAILBACK = {"delay": 0}

    def test_link_counts_when_it_is_up_long_enough(self):
        self.begin(hold={"link-time": 1500})
        with self.cut("A"):
            self.until("B")
            at = time.monotonic()
        wait_for("A healthy", lambda: self.role("A") != "fault", 5)
        self.assertGreater(time.monotonic() - at, 1.5)
        self.until("A")

    def test_failed_bridge_stays_out_unless_no_other_is_left(self):
        self.begin(hold={"health-time": 60})
        with frozen(self.fabric.bridge["A"]):
            self.until("B")
        wait_for("A healthy", lambda: self.role("A") == "standby", 5)
        left = (moment(self.of("A")["held-out-until"]) - time.time_ns()) / 1e9
        self.assertTrue(55 < left <= 60, left)
        time.sleep(1)
        self.assertEqual("B", self.lab.active())
        with frozen(self.fabric.bridge["B"]):
            self.until("A")
        self.assertEqual(self.epoch + 2, int(self.lab.state()["epoch"]))

    def test_hold_that_is_taken_back_ends_at_once(self):
        self.begin(hold={"health-time": 60})
        with self.cut("A"):
            self.until("B")
        wait_for("A healthy", lambda: self.role("A") == "standby", 5)
        self.restconf.patch({"name": "lab", "hold": {"health-time": 0}})
        self.until("A", 2)
        self.assertNotIn("held-out-until", self.of("A"))

    def test_bridge_that_fails_again_and_again_stays_out(self):
        self.begin(damping={"changes": 3, "window": 60, "hold": 60})
        for failure in range(3):
            with self.cut("A"):
                self.until("B")
            if failure < 2:
                self.until("A")
        wait_for("A healthy", lambda: self.role("A") == "standby", 5)
        self.assertIn("held-out-until", self.of("A"))
        time.sleep(1)
        self.assertEqual("B", self.lab.active())
        with self.cut("B"):
            self.until("A")

    def test_better_bridge_is_waited_for_before_the_first_election(self):
        with frozen(self.fabric.bridge["A"]):
            at = time.monotonic()
            self.configure(hold={"initial-dead-time": 3000})
            self.until("B", 10)
            self.assertGreater(time.monotonic() - at, 3)
        self.until("A")

    def test_bridges_that_come_one_by_one_are_elected_once(self):
        a, b = self.fabric.bridge.values()
        with frozen(a):
            with frozen(b):
                self.configure(hold={"initial-dead-time": 5000})
                time.sleep(0.5)
            time.sleep(1)
        self.lab.ready("A")
        self.assertEqual("startup", self.reason())
        self.assertNotIn("from", self.lab.state()["last-takeover"])


class Heartbeats(RolesCase):

    def nft(self, *words):
        return run("ip", "netns", "exec", self.fabric.bridge["A"].namespace,
                   "nft", *words)

    def treat(self, rule):
        """Has A's answers treated so, from the next one on."""
        self.nft("flush chain netdev loss out; add rule netdev loss out "
                 "ether type 0x88b5 " + rule)

    @contextmanager
    def losing(self, rule):
        """Has some of A's answers dropped as they leave it."""
        self.nft("add table netdev loss; add chain netdev loss out { type "
                 "filter hook egress device %s-up priority 0; }"
                 % self.fabric.bridge["A"].name)
        try:
            self.treat(rule)
            yield
        finally:
            self.nft("delete table netdev loss")

    def lost(self):
        return int(re.search(r"counter packets (\d+)", self.nft(
            "list", "chain", "netdev", "loss", "out")).group(1))

    def test_window_counts_misses_that_are_not_in_a_row(self):
        self.begin()
        with self.losing("numgen inc mod 3 == 0 drop"):
            time.sleep(30 * INTERVAL / 1000)
            self.assertNothingMoved()
            self.assertEqual("protected", self.lab.state()["condition"])
            self.restconf.patch({"name": "lab", "heartbeat": {"window": 9}})
            self.until("B")
            self.assertEqual("no-response", self.reason())
        self.until("A")

    def test_so_many_misses_and_no_fewer_are_a_failure(self):
        """faild's -f, and its -s: so many answers are a recovery."""
        for misses, answers in ((3, 3), (2, 4)):
            with self.subTest(misses=misses, answers=answers):
                self.begin(failback={"mode": "manual"},
                           heartbeat=self.heartbeat(**{
                               "interval": SLOW, "miss-count": misses,
                               "recover-count": answers}))
                self.fail_by_count(misses)
                self.recover_by_count(answers)

    def fail_by_count(self, misses):
        """One miss too few; later, one more."""
        for count in (misses - 1, misses):
            with self.losing("numgen inc mod 1000000 < %d counter drop"
                             % count):
                wait_for("%d losses" % count, lambda: self.lost() == count,
                         10)
                if count < misses:
                    time.sleep(2.5 * SLOW / 1000)
                    self.assertEqual(count, self.lost())
                    self.assertEqual("alive", self.attachment()["health"])
                    self.assertNothingMoved()
                else:
                    self.until("B", 2)
                    self.assertEqual("no-response", self.reason())
                    # The next ones are not lost, and are no recovery yet.
                    self.assertEqual("fault", self.role("A"))
                    self.assertEqual(count, self.lost())
                    self.treat("counter drop")

    def recover_by_count(self, answers):
        """One answer too few in a row, again and again; then as many."""
        with self.losing("numgen inc mod %d == 0 counter drop" % answers):
            wait_for("three times", lambda: self.lost() >= 3,
                     4 * answers * SLOW / 1000)
            self.assertEqual("fault", self.role("A"))
            self.treat("numgen inc mod 1000000 >= %d counter drop" % answers)
            wait_for("A healthy", lambda: self.role("A") == "standby",
                     (answers + 2) * SLOW / 1000)
            self.assertEqual(self.epoch + 1, int(self.lab.state()["epoch"]))

    def attachment(self):
        return self.bridge("A")["attachment"][0]["state"]

    def test_late_heartbeats_are_told_and_change_no_role(self):
        self.begin(heartbeat=self.heartbeat(**{
            "miss-count": 50, "warn-after": 150}))
        self.assertFalse(self.attachment()["late"])
        with frozen(self.fabric.bridge["A"]):
            wait_for("late", lambda: self.attachment()["late"], 2)
        wait_for("not late", lambda: not self.attachment()["late"], 2)
        self.assertEqual("1", self.attachment()["late-heartbeats"])
        self.assertEqual("active", self.role("A"))
        self.assertNothingMoved()

    def test_rules_are_changed_without_a_disturbance(self):
        self.begin()
        for change in (
                {"heartbeat": {"interval": 100}},
                {"heartbeat": {"interval": INTERVAL, "miss-count": 4}},
                {"heartbeat": {"window": 10, "timeout": 20}},
                {"heartbeat": {"warn-after": 1000}},
                {"hold": {"link-time": 1000}},
                {"hold": {"health-time": 10}, "damping": {"changes": 3}},
                {"preferred-bridge": "A"},
                {"bridge": [{"name": "B", "trunk-priority": 50}]},
                {"bridge": [{"name": "A", "tracker": [
                    {"name": "lan", "node-connector": "openflow:11:2"}]}]}):
            self.restconf.patch({"name": "lab", **change})
            time.sleep(0.3)
            self.assertNothingMoved()
        self.assertEqual("protected", self.lab.state()["condition"])
        self.assertEqual("0", self.lab.state()["failovers"])

    def test_openflow_port_asks_nobody(self):
        self.begin(method="openflow-port")
        with frozen(self.fabric.bridge["A"]):
            time.sleep(0.5)
            self.assertNothingMoved()
        with self.cut("A"):
            self.until("B", 2)
            self.assertEqual("link-down", self.reason())
        self.until("A")

    def test_port_that_is_removed_is_a_link_that_is_down(self):
        self.begin(method="openflow-port")
        switch, port = self.fabric.at["A"], self.fabric.attachment("A")
        switch.vsctl("del-port", port)
        try:
            self.until("B", 2)
            self.assertEqual("link-down", self.reason())
            self.assertEqual("fault", self.role("A"))
        finally:
            switch.port(port, switch.ports[port])
        self.until("A")

    def test_switch_that_is_gone_is_no_link_that_is_down(self):
        self.begin(method="openflow-port")
        switch = self.fabric.at["A"]
        switch.vsctl("del-controller", switch.name)
        wait_for("the switch to be gone",
                 lambda: switch.node not in CONTROLLER.connected(), 10)
        time.sleep(1.5)  # till the inventory has forgotten its ports
        self.assertNothingMoved()
        CONTROLLER.connect([switch])
        self.condition("protected")
        self.assertNothingMoved()

    def test_external_health_is_reported(self):
        self.configure(method="external")
        time.sleep(0.5)
        self.condition("initializing")
        for bridge in "BA":
            self.restconf.report("lab", bridge, True)
        self.lab.ready("A")
        self.restconf.report("lab", "A", False)
        self.until("B", 2)
        self.assertEqual("no-response", self.reason())
        self.restconf.report("lab", "A", True)
        self.until("A")
        self.epoch = int(self.lab.state()["epoch"])
        self.restconf.report("lab", "A", True, lifetime=1)
        self.condition("blind", 3)
        self.assertNothingMoved()
        self.restconf.report("lab", "A", True)
        self.condition("protected")
        self.assertNothingMoved()


class Paths(RolesCase):
    """Both bridges have two cables to the switch."""

    @classmethod
    def setUpClass(cls):
        cls.switch = cls.fabric.switch[1]
        for number, bridge in enumerate(cls.fabric.bridge.values()):
            side = "s1-%s2" % bridge.name
            LAB.cable(side, bridge.name + "-up2", cls.switch.namespace,
                      bridge.namespace)
            cls.second(bridge, "down")
            cls.switch.port(side, 20 + number)
            bridge.port(bridge.name + "-up2", 3)

    @classmethod
    def tearDownClass(cls):
        for bridge in cls.fabric.bridge.values():
            cls.switch.vsctl("del-port", "s1", "s1-%s2" % bridge.name)
            bridge.vsctl("del-port", bridge.name, bridge.name + "-up2")
            run("ip", "-n", bridge.namespace, "link", "del",
                bridge.name + "-up2")

    @staticmethod
    def second(bridge, state):
        run("ip", "-n", bridge.namespace, "link", "set", bridge.name + "-up2",
            state)

    def begin(self, **heartbeat):
        # Two cables are a loop for as long as nobody fences one of them.
        for bridge in self.fabric.bridge.values():
            self.second(bridge, "down")
        config = self.fabric.config()
        for number, bridge in enumerate(config["bridge"]):
            bridge["attachment"].append({
                "node-connector": "openflow:1:%d" % (20 + number),
                "peer": "%s:3" % bridge["node"]})
        self.configure(bridge=config["bridge"],
                       heartbeat=self.heartbeat(**heartbeat))
        self.until("A", 20)
        for name in "AB":
            self.second(self.fabric.bridge[name], "up")
            wait_for("both cables of " + name, lambda: all(
                attachment["state"]["health"] == "alive"
                for attachment in self.bridge(name)["attachment"]), 5)
        self.lab.ready("A")
        self.epoch = int(self.lab.state()["epoch"])

    def cut_second(self, name):
        bridge = self.fabric.bridge[name]
        return down(bridge.namespace, bridge.name + "-up2")

    def test_bridge_fails_with_any_of_its_attachments(self):
        self.begin(paths="all")
        with self.cut_second("A"):
            self.until("B", 2)
            self.assertEqual("path-failed", self.reason())
            self.assertEqual("fault", self.role("A"))
            self.assertEqual("1", self.lab.state()["failovers"])
            self.condition("unprotected")
            self.refused("bridge: 'A' has an attachment that is not healthy",
                         self.restconf.switchover, "lab", "A")
        self.until("A")
        self.assertEqual("priority", self.reason())

    def test_last_bridge_is_kept_and_uses_the_cable_that_is_left(self):
        self.begin(paths="all")
        with self.cut_second("B"):
            self.condition("unprotected")
            with self.cut("A"):
                wait_for("the second cable", lambda: self.lab.state()[
                    "active-attachment"] == "openflow:1:20", 2)
                self.assertEqual("A", self.lab.active())
                self.assertEqual("active", self.role("A"))
                self.assertEqual("0", self.lab.state()["failovers"])
            wait_for("the first cable", lambda: self.lab.state()[
                "active-attachment"] == "openflow:1:10", 5)
        self.condition("protected")
        self.assertEqual("A", self.lab.active())

    def test_one_attachment_is_enough_by_default(self):
        self.begin()
        with self.cut_second("A"):
            time.sleep(0.5)
            self.assertNothingMoved()
            self.assertEqual("protected", self.lab.state()["condition"])


class Log(RolesCase):

    def events(self, *kinds):
        events = sorted(self.lab.state().get("event", []),
                        key=lambda event: int(event["number"]))
        self.assertEqual([str(number) for number in range(
            int(events[0]["number"]), int(events[-1]["number"]) + 1)],
            [event["number"] for event in events])
        return [event for event in events if event["kind"] in kinds]

    def test_log_tells_a_failover_in_order(self):
        self.begin()
        begun = len(self.events("role"))
        self.assertEqual("configured",
                         self.events("configuration")[0]["text"])
        with frozen(self.fabric.bridge["A"]):
            self.until("B")
            wait_for("the takeover in the log", lambda: len(
                self.events("takeover")) == 2, 5)
        last = self.events("attachment", "role", "takeover")
        at = next(number for number, event in enumerate(last)
                  if event["text"] == "A at openflow:1:10 is dead")
        dead, *roles, takeover = last[at:at + 4]
        self.assertEqual(
            {"A: active -> fault (no-response)",
             "B: standby -> active (peer-failed)"},
            {event["text"] for event in roles})
        self.assertEqual(begun + 2, len(self.events("role")))
        fault = next(event for event in roles if event["bridge"] == "A")
        self.assertEqual(
            ["dualbridge-types:active", "dualbridge-types:fault",
             "dualbridge-types:no-response"],
            [fault[leaf] for leaf in ("role-before", "role-after", "reason")])
        state = self.lab.state()["last-takeover"]
        self.assertEqual(
            "A -> B (no-response): decided %d, fenced %d, tables moved %d us"
            % (state["decided"], state["fenced"], state["tables-moved"]),
            takeover["text"])
        self.assertEqual(str(self.epoch + 1), takeover["epoch"])
        self.assertLessEqual(moment(dead["time"]), moment(takeover["time"]))
        self.until("A")

    def test_log_tells_of_switches_refusals_and_changes(self):
        self.begin()
        self.refused("bridge: 'A' is active", self.restconf.switchover, "lab",
                     "A")
        self.restconf.patch({"name": "lab", "heartbeat": {"interval": 60}})
        self.fabric.bridge["B"].kill()
        self.condition("unprotected")
        self.fabric.bridge["B"].start()
        self.condition("protected", 30)
        wait_for("the log", lambda: [
            event["text"] for event in self.events("switch")][-2:]
            == ["openflow:12 disconnected", "openflow:12 connected"], 5)
        self.assertIn("switchover to A: bridge: 'A' is active already",
                      [event["text"] for event in self.events("refusal")])
        self.assertEqual("configuration changed",
                         self.events("configuration")[-1]["text"])
        shown = CONTROLLER.shell("dualbridge:log lab")
        self.assertIn("openflow:12 disconnected", shown)


class Refusals(RolesCase):

    def test_refusals_begin_with_the_path(self):
        self.begin()
        tracker = {"name": "t", "node-connector": "openflow:1:1"}
        for said, change in (
                ("dual-bridge[name='lab']/heartbeat/window: 2 is smaller",
                 {"heartbeat": {"window": 2}}),
                ("heartbeat/window is 0, or 2..100",
                 {"heartbeat": {"window": 1}}),
                ("tracker/weight is -254..254", {"bridge": [
                    {"name": "A", "tracker": [{**tracker, "weight": 300}]}]}),
                ("dual-bridge[name='lab']/bridge[name='A']/tracker[name='t']"
                 "/node-connector: ", {"bridge": [{"name": "A", "tracker": [
                     {"name": "t", "node-connector": "eth0"}]}]}),
                ("dual-bridge[name='lab']/bridge[name='A']/tracker[name='t']"
                 "/target: a tracker has node-connector or target",
                 {"bridge": [{"name": "A", "tracker": [
                     {**tracker, "target": {
                         "node-connector": "openflow:1:1",
                         "ip-address": OUTSIDE_IP}}]}]}),
                ("damping/window is 1..3600", {"damping": {"window": 0}}),
                ("hold/link-time is 0..600000",
                 {"hold": {"link-time": 600001}})):
            with self.subTest(said):
                self.refused(said, self.restconf.patch,
                             {"name": "lab", **change})
        self.assertNothingMoved()


class TwoDualBridges(RolesCase):
    """One of OpenFlow switches, and one of plain bridges asked by ARP."""

    @classmethod
    def setUpClass(cls):
        # What wakes up from a long sleep is slow at first.
        cls.lab.interval = 2 * INTERVAL
        cls.restconf = CONTROLLER.restconf
        cls.lab.configure()
        cls.fabric.add_pair()
        cls.both = (cls.lab, Scenario(LAB, CONTROLLER, cls.fabric,
                                      cls.lab.interval, "plain"))
        cls.configure_second()

    @classmethod
    def configure_second(cls):
        cls.restconf.configure(cls.fabric.second_config(
            "plain", cls.lab.interval))

    def setUp(self):
        self.ready()
        self.epochs = self.all("epoch")

    def ready(self):
        for one in self.both:
            one.ready("A", 30)

    def all(self, leaf):
        return [one.state()[leaf] for one in self.both]

    def reasons(self):
        return [one.state()["last-takeover"]["reason"].split(":")[1]
                for one in self.both]

    def assertMovedTogether(self, to, *reasons):
        wait_for("both on " + to, lambda: self.all("active-bridge")
                 == [to, to], 5)
        instants = [moment(one.state()["last-takeover"]["at"]) / 1e6
                    for one in self.both]
        self.assertLess(abs(instants[0] - instants[1]), 5)
        self.assertEqual(list(reasons), self.reasons())

    @contextmanager
    def grouped(self, *members):
        self.restconf.group("both", *members)
        try:
            yield
        finally:
            self.restconf.group("both")

    def test_group_moves_as_one(self):
        with self.grouped("lab", "plain"):
            with frozen(self.fabric.bridge["A"]):
                self.assertMovedTogether("B", "no-response", "sync-group")
            self.assertMovedTogether("A", "priority", "priority")
            with frozen(self.fabric.second["A"]):
                self.assertMovedTogether("B", "sync-group", "no-response")
            self.assertMovedTogether("A", "priority", "priority")
            time.sleep(0.2)
            self.restconf.switchover("plain", "B")
            self.assertMovedTogether("B", "operator", "operator")
            self.assertMovedTogether("A", "priority", "priority")
            self.ready()
        with frozen(self.fabric.bridge["A"]):
            wait_for("B", lambda: self.lab.active() == "B", 5)
            self.assertEqual("A", self.both[1].active(), "alone again")

    def until_plain(self, *roles):
        wait_for("A and B of plain: %s" % (roles,), lambda: [
            row["state"]["role"].split(":")[1] for row in
            self.restconf.status("plain")["bridge"]] == list(roles), 5)

    def test_group_with_one_side_lost_on_either_member_stays(self):
        """Figures 2 to 4 of the sync group paper: one cable is no circuit."""
        with self.grouped("lab", "plain"):
            with self.cut("A"):
                self.assertMovedTogether("B", "link-down", "sync-group")
                moved = [str(int(epoch) + 1) for epoch in self.epochs]
                time.sleep(10)
                self.assertEqual(moved, self.all("epoch"))
                # Either side lacks a bridge now; moving would mend nothing.
                with frozen(self.fabric.second["B"]):
                    self.until_plain("standby", "fault")
                    time.sleep(2)
                    self.assertEqual(["B", "B"], self.all("active-bridge"))
                    self.assertEqual(moved, self.all("epoch"))
                # Else A may be whole again before B is, and be taken for that.
                self.until_plain("standby", "active")
            self.assertMovedTogether("A", "priority", "priority")
            self.ready()
        self.assertEqual([str(int(epoch) + 2) for epoch in self.epochs],
                         self.all("epoch"))

    def test_member_that_joins_on_the_other_side_moves(self):
        """Also where no heartbeat wakes anybody up."""
        for one in self.both:
            self.restconf.patch({
                "name": one.name, "failback": {"mode": "manual"},
                "heartbeat": {"method": "dualbridge-types:openflow-port"}})
        try:
            self.restconf.switchover("plain", "B")
            time.sleep(0.5)
            self.assertEqual(["A", "B"], self.all("active-bridge"))
            with self.grouped("lab", "plain"):
                wait_for("both on A", lambda: self.all("active-bridge")
                         == ["A", "A"], 5)
                self.assertEqual("sync-group", self.reasons()[1])
        finally:
            self.lab.configure()
            self.configure_second()

    def test_group_that_cannot_move_as_one_is_refused(self):
        other = {"name": "other", "bridge": [
            {"name": name, "attachment": [
                {"node-connector": "openflow:1:%d" % port}]}
            for name, port in (("A", 30), ("C", 31))],
            "heartbeat": {"method": "dualbridge-types:openflow-port"}}
        self.restconf.configure(other)
        try:
            for members, said in (
                    (("lab", "other"), "'other' has bridges [A, C], but "
                     "'lab' has [A, B]"),
                    (("lab", "nobody"), "there is no dual-bridge 'nobody'")):
                with self.assertRaises(Refused) as refusal:
                    self.restconf.group("wrong", *members)
                self.assertEqual("sync-group[name='wrong']/member: " + said,
                                 refusal.exception.message)
            with self.grouped("lab", "plain"):
                with self.assertRaises(Refused) as refusal:
                    self.restconf.group("wrong", "other", "lab")
                self.assertIn("/member: 'lab' is a member already, of "
                              "sync-group[name=", refusal.exception.message)
        finally:
            self.restconf.remove("other")

    def test_controller_that_stops_for_a_while_moves_nothing(self):
        for _ in range(3):
            CONTROLLER.stall(5)
            time.sleep(1.5)
            for one in self.both:
                wait_for("protected", lambda: one.state()["condition"]
                         == "protected", 10)
            self.assertEqual(self.epochs, self.all("epoch"))
            self.assertEqual(["A", "A"], self.all("active-bridge"))

    def test_power_cut_changes_no_role(self):
        for one in self.both:
            self.restconf.patch({"name": one.name, "hold": {
                "initial-dead-time": 20000}})
        time.sleep(1)  # until the datastore has it on disk
        bridges = [self.fabric.bridge[name] for name in "AB"]
        bridges += [self.fabric.second[name] for name in "AB"]
        CONTROLLER.kill()
        with frozen(bridges[0]), frozen(bridges[2]):
            with frozen(bridges[1]), frozen(bridges[3]):
                CONTROLLER.start()
                for one in self.both:
                    self.assertEqual({"dualbridge:hold": {
                        "initial-dead-time": 20000}}, self.restconf.request(
                            "GET", self.restconf.path(
                                one.name, "/hold?content=config")))
                wait_for("the switch", lambda: self.fabric.switch[1].node
                         in CONTROLLER.connected(), 30)
                time.sleep(1)
            time.sleep(1)
        for one in self.both:
            wait_for("protected", lambda: one.state().get("condition")
                     == "protected", 30)
        self.assertEqual(self.epochs, self.all("epoch"))
        self.assertEqual(["A", "A"], self.all("active-bridge"))
        self.assertEqual(["0", "0"], self.all("failovers"))


class Passive(RolesCase):
    """Bridges that speak unasked, by processes on their network stacks."""

    PLAIN = False

    @classmethod
    def setUpClass(cls):
        if cls.PLAIN:
            cls.fabric.add_pair()

    def setUp(self):
        super().setUp()
        self.pair = self.fabric.second if self.PLAIN else self.fabric.bridge
        self.speakers = {}
        self.addCleanup(self.end)

    def end(self):
        for process in self.speakers.values():
            LAB.stop(process)

    def listen(self, method, **heartbeat):
        """Configures the pair anew."""
        heartbeat = {"heartbeat": {
            "method": "dualbridge-types:" + method, **heartbeat}}
        with suppress(Refused):  # where there is none
            self.restconf.remove("plain")
        if self.PLAIN:
            self.restconf.remove("lab")
            self.restconf.configure({
                **self.fabric.second_config("lab", INTERVAL), **heartbeat,
                "failback": self.FAILBACK})
        else:
            self.configure(**heartbeat)

    def speak(self, name, *command):
        bridge = self.pair[name]
        self.speakers[name] = LAB.start(
            ["ip", "netns", "exec", bridge.namespace, *command],
            bridge.name + "-speaks.log")
        return os.path.join(LAB.directory, bridge.name + "-speaks.log")

    def moved(self, bridge, reason, condition, seconds):
        """The role follows; returns the seconds that it took."""
        at = time.monotonic()
        self.until(bridge, seconds)
        took = time.monotonic() - at
        self.condition(condition)
        self.assertEqual(reason, self.reason())
        return took


KEEPALIVED = """
vrrp_instance lab {
    state BACKUP
    interface %s
    virtual_router_id 51
    version %d
    priority %d
    advert_int %g
    virtual_ipaddress {
        %s
    }
}
"""


class Vrrp(Passive):
    """A pair that elects its master by keepalived; A has the priority."""

    ADDRESS = "10.99.0.99/32"

    def elect(self, name, version, interval):
        """Starts what elects on a bridge."""
        bridge = self.pair[name]
        path = os.path.join(LAB.directory, bridge.name + "-keepalived")
        with open(path + ".conf", "w", encoding="ascii") as config:
            config.write(KEEPALIVED % (bridge.name, version,
                                       {"A": 150, "B": 100}[name], interval,
                                       self.ADDRESS))
        # Of one that was killed; its processes may be there for a while.
        for left in (".pid", "-vrrp.pid"):
            with suppress(FileNotFoundError):
                os.unlink(path + left)
        self.speak(name, "keepalived", "--dont-fork", "--vrrp",
                   "--log-console", "--no-syslog", "-f", path + ".conf",
                   "-p", path + ".pid", "-r", path + "-vrrp.pid")

    def kill(self, name):
        """All of its processes at once: it cannot say that it goes."""
        process = self.speakers.pop(name)
        with open("/proc/%d/task/%d/children" % (process.pid, process.pid),
                  encoding="ascii") as children:
            for child in children.read().split():
                os.kill(int(child), signal.SIGKILL)
        process.kill()
        process.wait()

    def masters(self):
        return [name for name, bridge in self.pair.items()
                if self.ADDRESS.split("/")[0] in run(
                    "ip", "-n", bridge.namespace, "addr", "show", "dev",
                    bridge.name)]

    def follow(self, version, interval):
        self.listen("vrrp", **{"vrrp-id": 51})
        for name in "AB":
            self.elect(name, version, interval)
        self.lab.ready("A", 20)
        time.sleep(4 * interval)
        self.assertEqual(["A"], self.masters(), "the fenced one hears it")
        self.assertEqual("standby", self.role("B"))
        self.assertEqual("backup", self.bridge("B")["attachment"][0][
            "state"]["health"])
        self.refused("bridge: 'B' cannot be made active, since",
                     self.restconf.switchover, "lab", "B")
        dead = 4 * interval
        self.kill("A")
        self.moved("B", "no-response", "unprotected", dead + 1)
        self.assertEqual("fault", self.role("A"))
        self.elect("A", version, interval)
        self.moved("A", "priority", "protected", dead + 5)
        wait_for("one master", lambda: self.masters() == ["A"], 5)
        LAB.stop(self.speakers.pop("A"))
        self.moved("B", "resigned", "unprotected", interval + 1)
        self.elect("A", version, interval)
        self.moved("A", "priority", "protected", dead + 5)
        with self.cut("A") if not self.PLAIN else self.cut_plain():
            self.moved("B", "link-down", "unprotected", dead + 1)
        self.moved("A", "priority", "protected", dead + 5)
        discarded = {row["reason"].split(":")[1]
                     for row in self.lab.state().get("discarded", [])}
        self.assertNotIn("malformed", discarded)

    def cut_plain(self):
        bridge = self.pair["A"]
        return down(bridge.namespace, bridge.name + "-up")

    def test_version_2(self):
        self.follow(2, 1)

    def test_version_3(self):
        self.follow(3, 0.1)


class VrrpOfPlainBridges(Vrrp):
    """The same on bridges that are no OpenFlow switches."""

    PLAIN = True


class VrrpByIpv6(Vrrp):

    ADDRESS = "fe80::99/128"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fabric.enable_ipv6()

    def listen(self, method, **heartbeat):
        """Their link-local addresses are not known."""
        config = self.fabric.config(heartbeat={
            "method": "dualbridge-types:" + method, **heartbeat},
            failback=self.FAILBACK)
        for bridge in config["bridge"]:
            del bridge["target"]["ip-address"]
        self.restconf.remove("lab")
        self.restconf.configure(config)

    test_version_2 = None


def frr_folder(station):
    """Where FRR's daemons of one station have their files."""
    return os.path.join(LAB.directory, station.name + "-frr")


def frr_daemon(station, name, config="", *options):
    path = "%s/%s" % (frr_folder(station), name)
    with open(path + ".conf", "w", encoding="ascii") as file:
        file.write(config)
    shutil.chown(path + ".conf", "frr", "frr")
    return ["ip", "netns", "exec", station.namespace, "/usr/lib/frr/" + name,
            "-z", frr_folder(station) + "/zserv", "-i", path + ".pid",
            "--vty_socket", frr_folder(station), "-P", "0", "-f",
            path + ".conf", "--log", "stdout", *options]


def frr_zebra(station):
    """Starts what all other daemons need; it knows the interfaces."""
    folder = frr_folder(station)
    os.chmod(LAB.directory, 0o711)  # FRR is a user of its own
    os.makedirs(folder, exist_ok=True)
    shutil.chown(folder, "frr", "frr")
    zebra = LAB.start(frr_daemon(station, "zebra"),
                      station.name + "-zebra.log")
    wait_for("zebra", lambda: os.path.exists(folder + "/zserv"), 10)
    return zebra


FRR = """
interface %s
 vrrp 51 version %d
 vrrp 51 priority %d
 vrrp 51 advertisement-interval %d
 vrrp 51 ip %s
"""


class VrrpOfFrr(Vrrp):
    """The same by FRR, which advertises from an interface of its own, with
    the virtual router's MAC address."""

    ROUTER = "vrrp51"

    def setUp(self):
        super().setUp()
        self.zebras = {}
        for name in self.pair:
            self.router(name)

    def router(self, name):
        """What vrrpd needs: the interface, and a zebra that knows it."""
        bridge = self.pair[name]
        for words in (("add", "link", bridge.name, "name", self.ROUTER,
                       "address", "00:00:5e:00:01:33", "type", "macvlan",
                       "mode", "bridge"), ("set", self.ROUTER, "up")):
            run("ip", "-n", bridge.namespace, "link", *words)
        run("ip", "-n", bridge.namespace, "addr", "add", self.ADDRESS, "dev",
            self.ROUTER)
        self.zebras[name] = frr_zebra(bridge)

    def end(self):
        super().end()
        for name, zebra in self.zebras.items():
            LAB.stop(zebra)
            run("ip", "-n", self.pair[name].namespace, "link", "del",
                self.ROUTER)
            shutil.rmtree(frr_folder(self.pair[name]))

    def elect(self, name, version, interval):
        bridge = self.pair[name]
        self.speakers[name] = LAB.start(frr_daemon(bridge, "vrrpd", FRR % (
            bridge.name, version, {"A": 150, "B": 100}[name],
            1000 * interval, self.ADDRESS.split("/")[0])),
            bridge.name + "-vrrpd.log")

    def masters(self):
        """A backup's interface is held down."""
        return [name for name, bridge in self.pair.items()
                if "protodown on" not in run(
                    "ip", "-d", "-n", bridge.namespace, "link", "show",
                    self.ROUTER)]


# SIOCETHTOOL, ETHTOOL_STXCSUM: off
COMPLETE_CHECKSUMS = """
import array, fcntl, socket, struct, sys
value = array.array("I", [0x17, 0])
fcntl.ioctl(socket.socket(), 0x8946, struct.pack(
    "16sP16x", sys.argv[1].encode(), value.buffer_info()[0]))
"""
PEER = """
 peer %s local-address %s interface %s
  transmit-interval 100
  receive-interval 100
  no shutdown
 !"""


class Bfd(Passive):
    """Each bridge has a session, by FRR, with a router outside: a packet
    each 100 ms at most, three of them missing are too many."""

    PREFIX, LENGTH, FAMILY = "10.99.0.", 24, ()
    SESSION = "arp", "udp,tp_dst=3784"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A switch in user space passes on what the kernel leaves to a card
        # that there is not; UDP is not accepted then.
        run("ip", "netns", "exec", cls.fabric.outside_ns, sys.executable,
            "-c", COMPLETE_CHECKSUMS, "eth0")

    def setUp(self):
        super().setUp()
        self.zebras = {}
        self.router = SimpleNamespace(
            name="out", interface="eth0", ip=self.PREFIX + "254",
            namespace=self.fabric.outside_ns)
        self.stations = {name: SimpleNamespace(
            name=bridge.name, interface=bridge.name,
            ip=self.PREFIX + str(bridge.datapath),
            namespace=bridge.namespace)
            for name, bridge in self.pair.items()}
        self.stations["router"] = self.router
        self.let_pass("add-flow", "priority=1,%s,actions=NORMAL")
        self.address("add")
        for name, station in self.stations.items():
            self.zebras[name] = frr_zebra(station)

    def let_pass(self, command, flow):
        """A session is older than what listens to it: before an election,
        the switch passes only what somebody else lets it."""
        for packets in self.SESSION:
            self.fabric.switch[1].ofctl(
                command, flow % ("in_port=1," + packets))

    def address(self, what):
        run("ip", "-n", self.router.namespace, "addr", what, "%s/%d" % (
            self.router.ip, self.LENGTH), "dev", "eth0", *(
                ["nodad"] if self.FAMILY and what == "add" else []))

    def end(self):
        super().end()
        for name, zebra in self.zebras.items():
            LAB.stop(zebra)
            shutil.rmtree(frr_folder(self.stations[name]))
        self.address("del")
        self.let_pass("del-flows", "%s")

    def talk(self, name):
        """Starts what has sessions: the router with both bridges."""
        station = self.stations[name]
        peers = [self.router] if name != "router" else [
            self.stations[bridge] for bridge in self.pair]
        config = "bfd" + "".join(PEER % (
            peer.ip, station.ip, station.interface) for peer in peers)
        self.speakers[name] = LAB.start(
            frr_daemon(station, "bfdd", config + "\n!\n", "--bfdctl",
                       frr_folder(station) + "/bfdd.sock"),
            station.name + "-bfdd.log")

    def set_peer(self, name, peer, command):
        station = self.stations[name]
        run("ip", "netns", "exec", station.namespace, "vtysh",
            "--vty_socket", frr_folder(station), "-c", "configure terminal",
            "-c", "bfd", "-c", "peer %s local-address %s interface %s" % (
                peer.ip, station.ip, station.interface), "-c", command)

    def forget_neighbours(self):
        """As after a while without traffic, or a restart."""
        for name in ("router", "B"):
            station = self.stations[name]
            run("ip", *self.FAMILY, "-n", station.namespace, "neigh",
                "flush", "dev", station.interface)

    def kill(self, name):
        process = self.speakers.pop(name)
        process.kill()
        process.wait()

    def test_role_follows_the_sessions(self):
        self.listen("bfd-passive", interval=INTERVAL)
        for name in self.stations:
            self.talk(name)
        self.lab.ready("A", 30)
        self.condition("protected")
        self.epoch = int(self.lab.state()["epoch"])
        for _ in range(2):
            self.forget_neighbours()
            time.sleep(1.5)
            self.condition("protected")
            self.assertNothingMoved()
        self.assertEqual("standby", self.role("B"))
        CONTROLLER.stall(5)
        time.sleep(1.5)
        self.condition("protected")
        self.assertNothingMoved()

        self.kill("A")
        self.moved("B", "no-response", "unprotected", 2)
        self.assertEqual("fault", self.role("A"))
        decided = int(self.lab.state()["last-takeover"]["decided"])
        print("bfd: decided %.1f ms after the last packet" % (decided / 1000),
              flush=True)
        self.assertGreaterEqual(decided, 300000)
        self.talk("A")
        self.moved("A", "priority", "protected", 15)

        self.set_peer("A", self.router, "shutdown")
        self.moved("B", "resigned", "unprotected", 1)
        self.assertEqual("fault", self.role("A"))
        self.set_peer("A", self.router, "no shutdown")
        self.moved("A", "priority", "protected", 15)

        # A hears from the router that it holds the session down.
        self.set_peer("router", self.stations["A"], "shutdown")
        self.moved("B", "session-down", "unprotected", 1)
        self.set_peer("router", self.stations["A"], "no shutdown")
        self.moved("A", "priority", "protected", 15)
        discarded = {row["reason"].split(":")[1]
                     for row in self.lab.state().get("discarded", [])}
        self.assertNotIn("malformed", discarded)


class BfdOfPlainBridges(Bfd):
    """The same on bridges that are no OpenFlow switches."""

    PLAIN = True


class BfdByIpv6(Bfd):

    PREFIX, LENGTH, FAMILY = "fd00:99::", 64, ("-6",)
    SESSION = "icmp6", "udp6,tp_dst=3784"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fabric.enable_ipv6()
        run("ip", "netns", "exec", cls.fabric.outside_ns, "sysctl", "-qw",
            "net.ipv6.conf.eth0.disable_ipv6=0")

    def listen(self, method, **heartbeat):
        config = self.fabric.config(heartbeat={
            "method": "dualbridge-types:" + method, **heartbeat},
            failback=self.FAILBACK)
        for bridge in config["bridge"]:
            bridge["target"]["ip-address"] = self.stations[
                bridge["name"]].ip
        self.restconf.remove("lab")
        self.restconf.configure(config)


INQUIRE = """
import socket, sys, time
ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ours.bind((sys.argv[1], 40694))
ours.connect(("10.99.0.1", 694))
ours.setblocking(False)
for number in range(10 ** 9):
    try:
        ours.send(b"INQ %d" % number)
        print(ours.recv(99).decode(), flush=True)
    except OSError:
        pass
    time.sleep(float(sys.argv[2]))
"""


class Responder(Passive):

    def inquire(self, name):
        return self.speak(name, sys.executable, "-c", INQUIRE,
                          "10.99.0.%d" % self.pair[name].datapath,
                          INTERVAL / 1000)

    def test_bridge_that_asks_no_more_is_at_fault(self):
        self.listen("responder", **{
            "interval": INTERVAL, "source-address": "10.99.0.1",
            "udp-port": 694, "timeout": 20})
        log = self.inquire("A")
        self.inquire("B")
        self.lab.ready("A")

        def answered():
            with open(log, encoding="ascii") as lines:
                return len(lines.read().split("INQ ")) > 5
        wait_for("answers", answered, 5)
        LAB.stop(self.speakers.pop("A"))
        self.moved("B", "no-response", "unprotected", 2)
        self.assertEqual("fault", self.role("A"))
        self.inquire("A")
        self.moved("A", "priority", "protected", 5)


class ResponderOfPlainBridges(Responder):

    PLAIN = True

    @contextmanager
    def mute(self, bridge):
        """Its network stack answers no ARP request; it may still ask."""
        def ignore(value):
            run("ip", "netns", "exec", bridge.namespace, "sysctl", "-qw",
                "net.ipv4.conf.%s.arp_ignore=%d" % (bridge.name, value))
        ignore(8)
        try:
            yield
        finally:
            ignore(0)

    def test_bridge_that_asks_is_asked_as_well(self):
        """faild's requestor and responder at once: a tracker asks."""
        self.listen("responder", **{
            "interval": INTERVAL, "source-address": "10.99.0.1",
            "udp-port": 694, "timeout": 20})
        self.restconf.patch({"name": "lab", "bridge": [{
            "name": name, "tracker": [{"name": "asked", "target": {
                "node-connector": self.fabric.at[name].connector(
                    "s1-" + bridge.name),
                "ip-address": "10.99.0.%d" % bridge.datapath,
                "mac-address": bridge.mac()}}]}
            for name, bridge in self.pair.items()]})
        for name in "AB":
            self.inquire(name)
        self.lab.ready("A")
        time.sleep(1)
        self.assertEqual("A", self.lab.active())
        with self.mute(self.pair["A"]):
            self.moved("B", "tracker", "unprotected", 2)
            self.assertEqual(["asked"], self.of("A")["failing-tracker"])
            self.assertEqual("alive", self.bridge("A")["attachment"][0][
                "state"]["health"], "still asks")
        self.moved("A", "priority", "protected", 5)
        LAB.stop(self.speakers.pop("A"))
        self.moved("B", "no-response", "unprotected", 2)
        self.assertNotIn("failing-tracker", self.of("A"), "still answers")
        self.inquire("A")
        self.moved("A", "priority", "protected", 5)


class ControllerStops(Vrrp, Responder):
    """For five seconds, and goes on; what came meanwhile still waits. Methods
    reflect and arp are with TwoDualBridges."""

    test_version_2 = test_version_3 = None
    test_bridge_that_asks_no_more_is_at_fault = None

    def vrrp(self):
        self.listen("vrrp", **{"vrrp-id": 51})
        for name in "AB":
            self.elect(name, 3, 0.1)

    def responder(self):
        self.listen("responder", **{
            "interval": INTERVAL, "source-address": "10.99.0.1",
            "udp-port": 694, "timeout": 20})
        for name in "AB":
            self.inquire(name)

    def nd(self):
        self.fabric.enable_ipv6()
        self.configure(method="nd")

    def external(self):
        self.configure(method="external")
        for name in "AB":
            self.restconf.report("lab", name, True)

    def tracker(self):
        self.configure()
        self.restconf.patch({"name": "lab", "bridge": [{
            "name": "A", "tracker": [{"name": "gateway", "target": {
                "node-connector": "openflow:1:1",
                "ip-address": OUTSIDE_IP}}]}]})

    def test_no_role_changes(self):
        for begin in (self.vrrp, self.responder, self.nd, self.external,
                      self.tracker):
            with self.subTest(begin.__name__):
                begin()
                self.lab.ready("A")
                time.sleep(1)
                self.epoch = int(self.lab.state()["epoch"])
                CONTROLLER.stall(5)
                time.sleep(1.5)
                self.condition("protected")
                self.assertNothingMoved()
                self.assertEqual(("active", "standby"), (
                    self.role("A"), self.role("B")))
                self.assertEqual("0", self.lab.state()["failovers"])
            self.end()


class Shedding(RolesCase):
    """The switch hands up no more than so much (controller_rate_limit), and
    somebody else's flow asks for much more."""

    LIMIT, RATE, SECONDS = 100, 5000, 6
    FOREIGN = "in_port=1,dl_type=0x9999"
    FRAME = bytes.fromhex("525400ff0001" "525400ff0002" "9999") + bytes(46)

    @contextmanager
    def limited(self):
        switch = self.fabric.switch[1]
        switch.vsctl("set", "controller", "s1", "controller_rate_limit=%d"
                     % self.LIMIT, "controller_burst_limit=25")
        switch.ofctl("add-flow", "priority=5000,%s,actions=CONTROLLER"
                     % self.FOREIGN)
        try:
            yield
        finally:
            switch.ofctl("del-flows", self.FOREIGN)
            for column in ("controller_rate_limit", "controller_burst_limit"):
                switch.vsctl("clear", "controller", "s1", column)

    def shed(self):
        status = self.fabric.switch[1].vsctl("get", "controller", "s1",
                                             "status")
        found = re.search(r'packet-in-action-dropped="(\d+)"', status)
        return int(found.group(1)) if found else 0

    def test_switch_that_sheds_what_it_hands_up_moves_nothing(self):
        """Its queue takes ports in turn, so heartbeats get through."""
        self.begin()
        with self.limited():
            flood = Flood(self.fabric.outside_ns, "eth0", [self.FRAME],
                          self.RATE, self.SECONDS)
            flood.start()
            flood.join(30)
            wait_for("the switch to tell what it shed", lambda: self.shed()
                     > flood.count.value / 2, 10, 0.5)
            print("%d frames sent, %d shed" % (
                flood.count.value, self.shed()), flush=True)
            self.assertGreater(flood.count.value, 4 * self.LIMIT
                               * self.SECONDS)
            self.assertNothingMoved()
        self.condition("protected")
        self.assertEqual("0", self.lab.state()["failovers"])
        self.assertEqual(("active", "standby"), (
            self.role("A"), self.role("B")))


class ZRestart(RolesCase):
    """Last, since the other classes need the controller too."""

    def test_evacuated_bridge_stays_out(self):
        self.begin()
        self.restconf.maintenance("A")
        CONTROLLER.kill()
        CONTROLLER.start()
        wait_for("the state", lambda: self.lab.state().get("condition")
                 == "unprotected", 30)
        time.sleep(2)
        self.assertEqual("B", self.lab.active())
        self.assertEqual("evacuated", self.of("A")["maintenance"])
        self.restconf.maintenance("A", False)
        self.until("A")


if __name__ == "__main__":
    unittest.main()
