# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Sync groups among 100 dual bridges on two switches: groups that do not
disturb each other, and one that all are in."""

import argparse
import time
import unittest
from collections import Counter
from contextlib import contextmanager

from lab.bench_detection import SWITCHES, Bench, Field
from lab.net import Lab, wait_for

COUNT = 100
INTERVAL = 500


class Groups(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.bench = Bench(cls.lab, argparse.Namespace(
            interval=INTERVAL, miss_count=3))
        cls.restconf = cls.bench.restconf
        cls.bench.controller.start()
        cls.field = cls.bench.field = Field(cls.lab, COUNT)
        wait_for("the switches", lambda: {
            "openflow:%d" % (number + 1) for number in range(SWITCHES)}
            <= cls.bench.controller.connected(), 60)
        cls.bench.configure(COUNT)

    def setUp(self):
        self.bench.ready(COUNT)
        self.before = self.states()

    def states(self, pairs=None):
        states = self.bench.states()
        return [states[pair.name] for pair in pairs or self.field.pairs]

    def at(self, wanted, pairs=None, seconds=20):
        """Waits until the dual bridges are where they are to be."""
        wait_for("active on " + wanted, lambda: wanted == "".join(
            state["active-bridge"] for state in self.states(pairs))
            and all("tables-moved" in state["last-takeover"]
                    for state in self.states(pairs)), seconds, 0.3)

    @contextmanager
    def grouped(self, **groups):
        for name, pairs in groups.items():
            self.restconf.group(name, *(pair.name for pair in pairs))
        try:
            yield
        finally:
            for name in groups:
                self.restconf.group(name)

    @contextmanager
    def dead(self, side, *pairs):
        for pair in pairs:
            self.field.kill(pair, "AB".index(side))
        try:
            yield
        finally:
            for pair in pairs:
                self.field.heal(pair, "AB".index(side))

    def moves(self, pairs=None):
        """By how much the epochs have grown since the test began."""
        began = dict(zip((pair.name for pair in self.field.pairs),
                         self.before))
        return [int(state["epoch"]) - int(began[pair.name]["epoch"])
                for pair, state in zip(pairs or self.field.pairs,
                                       self.states(pairs))]

    def takeovers(self):
        return [state["last-takeover"] for state in self.states()]

    def led_to(self, side):
        """How many groups on the switches lead to the bridges of a side."""
        ports = [{"output:%d" % pair.ports["AB".index(side)]
                  for pair in self.field.pairs if pair.switch == number}
                 for number in range(1, SWITCHES + 1)]
        return sum(line.split("actions=")[1] in ports[number - 1]
                   for number in range(1, SWITCHES + 1)
                   for line in self.field.ofctl(
                       "s%d" % number, "dump-groups").splitlines()
                   if "actions=" in line)

    def assertMovedTogether(self, name):
        """In one batch: decided at the same instant, each moved once."""
        takeovers = self.takeovers()
        self.assertEqual(1, len({entry["at"] for entry in takeovers}))
        moved = sorted((entry["tables-moved"] - entry["decided"]) / 1000
                       for entry in takeovers)
        print("%s of %d: tables moved %.1f to %.1f ms after the decision, "
              "half of them in %.1f ms" % (
                  name, COUNT, moved[0], moved[-1], moved[COUNT // 2]),
              flush=True)

    def test_one_that_fails_moves_a_group_of_a_hundred_in_one_batch(self):
        victim = self.field.pairs[COUNT // 3]
        self.at(COUNT * "A")
        with self.grouped(all=self.field.pairs):
            with self.dead("A", victim):
                self.at(COUNT * "B")
                self.assertMovedTogether("failover")
                self.assertEqual({1}, set(self.moves()))
                self.assertEqual(COUNT, self.led_to("B"))
                self.assertEqual(0, self.led_to("A"))
                self.assertEqual(
                    {"dualbridge-types:no-response": 1,
                     "dualbridge-types:sync-group": COUNT - 1},
                    Counter(entry["reason"] for entry in self.takeovers()))
            wait_for("all protected", lambda: {"protected"} == {
                state["condition"] for state in self.states()}, 20, 0.3)
            self.restconf.switchover(victim.name, "A")
            self.at(COUNT * "A")
            self.assertMovedTogether("switchover")
            self.assertEqual({2}, set(self.moves()))
            self.assertEqual(COUNT, self.led_to("A"))

    def test_two_groups_crosswise(self):
        """Figure 7 of the sync group paper: (VI_1, VI_2) on LVS1 and
        (VI_3, VI_4) on LVS2; A is LVS1."""
        four = self.field.pairs[:4]
        with self.grouped(lvs1=four[:2], lvs2=four[2:]):
            self.restconf.switchover(four[2].name, "B")
            self.at("AABB", four)
            self.assertEqual([0, 0, 1, 1], self.moves(four))
            with self.dead("B", four[3]):  # a NIC of LVS2
                self.at("AAAA", four)
                time.sleep(4)
                self.assertEqual([0, 0, 2, 2], self.moves(four))
            wait_for("all protected", lambda: {"protected"} == {
                state["condition"] for state in self.states(four)}, 20)
            self.restconf.switchover(four[3].name, "B")
            self.at("AABB", four)
            with self.dead("A", *four):  # LVS1
                self.at("BBBB", four)
                time.sleep(4)
                self.assertEqual([1, 1, 3, 3], self.moves(four))
            wait_for("all protected", lambda: {"protected"} == {
                state["condition"] for state in self.states(four)}, 20)
            self.restconf.switchover(four[0].name, "A")
            self.restconf.switchover(four[2].name, "A")
            self.at("AAAA", four)
            self.assertEqual([2, 2, 4, 4], self.moves(four))


if __name__ == "__main__":
    unittest.main()
