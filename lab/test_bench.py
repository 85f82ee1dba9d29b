# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The benchmark of takeovers: what it computes and draws, and, as root, that it
runs."""

import argparse
import contextlib
import io
import math
import random
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from lab import bench_detection, bench_takeover
from lab.bench_takeover import Cell, Results, verdicts
from lab.contestants import CRASH, LINK_DOWN
from lab.controller import ROOT
from lab.fabric import OUTSIDE_MAC, make_hosts
from lab.openflow import announcements
from lab.outage import Outage, dark
from lab.plot import decades, sheet
from lab.traffic import routed_header


def cell(contestant, hosts, event, worst, lost=1, detection=None):
    return Cell(contestant, hosts, event, worst, worst, worst, lost, 0, 0,
                5000, detection)


class Outages(unittest.TestCase):

    def test_all_hosts_dark_for_the_same_time(self):
        outage = Outage([(at, at < 35) for at in range(-20, 500)][20:])
        self.assertEqual([35, 35, 35], [
            outage.within(.5), outage.within(.99), outage.worst])
        self.assertEqual(35, outage.lost)

    def test_nobody_dark(self):
        outage = Outage([(at, False) for at in range(100)])
        self.assertEqual([0, 0, 0], [
            outage.within(.5), outage.within(.99), outage.worst])

    def test_dark_until_the_end(self):
        outage = Outage([(at, True) for at in range(100)])
        self.assertEqual(math.inf, outage.within(.5))
        self.assertEqual(math.inf, outage.worst)

    def test_hosts_that_come_back_one_after_another(self):
        """Asked once each, the hosts of which a half is back after 500 ms."""
        chance = random.Random(7)
        outage = Outage([(at / 10, chance.random() * 1000 > at / 10)
                         for at in range(20000)])
        self.assertAlmostEqual(500, outage.within(.5), delta=60)
        self.assertAlmostEqual(990, outage.within(.99), delta=60)
        self.assertAlmostEqual(1000, outage.worst, delta=60)

    def test_a_frame_lost_long_after_makes_the_worst_not_the_p99(self):
        outage = Outage([(at, at < 30 or at == 700) for at in range(1000)])
        self.assertEqual(30, outage.within(.99))
        self.assertEqual(701, outage.worst)

    def test_frames_lost_before_count_but_do_not_last(self):
        outage = Outage([(-3, True), (-2, True), (0, False), (1, False)])
        self.assertEqual((2, 0.0), (outage.lost, outage.worst))

    def test_planned_begins_with_its_first_loss(self):
        outage = Outage([(at, 200 <= at < 206) for at in range(500)], True)
        self.assertEqual(6, outage.worst)

    def test_share_of_dark_hosts_only_falls(self):
        chance = random.Random(3)
        steps = dark([(at, chance.random() < .5) for at in range(300)])
        shares = [share for _, share in steps]
        self.assertEqual(sorted(shares, reverse=True), shares)


class Tables(unittest.TestCase):

    def setUp(self):
        self.results = Results()
        self.results.cells = [
            cell("flow", 100, CRASH, worst, detection=30)
            for worst in (36, 34, 90)]
        self.results.cells += [cell("repair", 100, LINK_DOWN, 6),
                               cell("bare", 100, LINK_DOWN, 5),
                               cell("none", 100, LINK_DOWN, math.inf, 5000)]
        self.results.announced = {"flow": [(900, 100)], "client": [(500, 100)]}

    def test_table_has_the_median_and_the_worst_round(self):
        lines = self.results.table(bench_takeover.titles())
        row = next(line for line in lines if line.startswith("flow"))
        self.assertEqual(["flow", "100", "36.0", "36.0", "36.0", "90.0", "1",
                          "0", "0", "3"], row.split())
        self.assertIn("> 5 s", next(line for line in lines
                                    if line.startswith("none")))
        self.assertLessEqual(max(map(len, lines)), 80)

    def test_targets(self):
        ratios = self.results.targets(1.0)
        self.assertEqual([1.2, 0.9, 1.8],
                         [round(ratio, 9) for _, ratio, _ in ratios])
        self.assertEqual(["OK", "OK", "missed"], [
            line.split()[-1] for line in verdicts(ratios)])

    def test_a_frame_of_ours_that_came_twice_is_a_miss(self):
        self.assertEqual([], self.results.strays())
        twice = cell("flow", 100, CRASH, 30, detection=30)
        others = cell("none", 100, CRASH, 30)
        twice.duplicated = others.looped = 2
        self.results.cells += [twice, others]
        self.assertEqual(["flow, 100 hosts, crash: 2 frames twice, 0 looped"],
                         self.results.strays())

    def test_less_than_the_resolution_is_the_resolution(self):
        self.results.cells[-2] = cell("bare", 100, LINK_DOWN, 0)
        self.assertEqual(6, self.results.targets(1.0)[0][1])

    def test_plot_is_svg_with_a_line_per_contestant(self):
        drawn = xml.etree.ElementTree.fromstring(
            self.results.plot(bench_takeover.titles(), 1.0))
        lines = drawn.findall(".//{http://www.w3.org/2000/svg}polyline")
        self.assertEqual(4, len(lines))

    def test_plot_puts_a_decade_where_it_belongs(self):
        drawn = sheet([("t", [("n", [(1, 1), (10, 10), (100, 0)])])], "x", 1)
        circles = xml.etree.ElementTree.fromstring(drawn).findall(
            ".//{http://www.w3.org/2000/svg}circle")
        places = [(float(c.get("cx")), float(c.get("cy"))) for c in circles]
        self.assertAlmostEqual(places[1][0] - places[0][0],
                               places[2][0] - places[1][0], delta=.2)
        self.assertEqual(places[0][1], places[2][1])
        self.assertLess(places[1][1], places[0][1])

    def test_decades(self):
        self.assertEqual((0, 4), decades(1, 10000))
        self.assertEqual((0, 1), decades(1, 1))
        self.assertEqual((-1, 2), decades(.5, 35))


class Detection(unittest.TestCase):

    OPTIONS = argparse.Namespace(interval=100, miss_count=3)

    def misses(self, decided, *false):
        rows = [{"decided": decided, "false": count} for count in false]
        return len(bench_detection.misses(self.OPTIONS, rows[0], rows[1:]))

    def test_late_or_false_is_missed(self):
        self.assertEqual(0, self.misses([300] * 99 + [900], 0, 0))
        self.assertEqual(1, self.misses([300] * 98 + [306, 306], 0, 0))
        self.assertEqual(1, self.misses([300], 1, 0))
        self.assertEqual(1, self.misses([300], 0, 1))


class Options(unittest.TestCase):

    def test_quick(self):
        options = bench_takeover.parse(["--quick"])
        self.assertEqual(([100], 1, [CRASH, LINK_DOWN]), (
            options.hosts, options.rounds, options.events))

    def test_what_is_no_number_or_name_is_refused(self):
        for words in (["--hosts", "0"], ["--hosts", "a"], ["--hosts", "10001"],
                      ["--events", "flood"], ["--contestants", "ours"],
                      ["--rounds", "0"]):
            with self.subTest(words), self.assertRaises(SystemExit), \
                    contextlib.redirect_stderr(io.StringIO()):
                bench_takeover.parse(words)


class Hosts(unittest.TestCase):

    def test_no_two_can_share_a_flow(self):
        """Two addresses that differ in the last bit only could."""
        for count in (100, 1000, 10000):
            macs = {int(host.mac.replace(":", ""), 16)
                    for host in make_hosts(count)}
            self.assertEqual(count, len(macs))
            self.assertFalse(macs & {mac ^ 1 for mac in macs})
            self.assertNotIn(int(OUTSIDE_MAC.replace(":", ""), 16), macs)


class Frames(unittest.TestCase):

    def test_packet_out_says_how_long_it_is(self):
        for host in make_hosts(12):
            (data,) = announcements([host], 10, [1, 2])
            version, kind, length, _ = struct.unpack_from("!BBHI", data)
            self.assertEqual((4, 13, len(data)), (version, kind, length))
            in_port, actions = struct.unpack_from("!IH", data, 12)
            self.assertEqual((10, 64), (in_port, actions))
            frame = data[24 + actions:]
            self.assertEqual(64 if host.vlan else 60, len(frame))
            self.assertEqual(bytes.fromhex(host.mac.replace(":", "")),
                             frame[6:12])

    def test_header_through_a_gateway_has_a_right_checksum(self):
        frame = routed_header("00:00:5e:00:01:33", "10.0.255.1", "10.20.3.4")
        total = sum(struct.unpack("!10H", frame[14:34]))
        self.assertEqual(0xffff, (total & 0xffff) + (total >> 16))


class Smoke(unittest.TestCase):
    """On real switches."""

    def test_quick(self):
        result = subprocess.run(
            [sys.executable, "-m", "lab.bench_takeover", "--quick",
             "--contestants", "flow,repair,bond,bare"], cwd=ROOT, text=True,
            capture_output=True, check=False)
        self.assertNotIn("failed:", result.stdout)
        for name, rows in (("flow", 2), ("repair", 1), ("bond", 1),
                           ("bare", 1)):
            self.assertEqual(rows, sum(
                line.startswith("%-11s%6d" % (name, 100)) and "> " not in line
                for line in result.stdout.splitlines()), result.stdout
                + result.stderr)


if __name__ == "__main__":
    unittest.main()
