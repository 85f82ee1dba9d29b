# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What the modules of integration tests share: one controller per module, and a
fabric per class. Heartbeats every 50 ms, so that a busy machine does not
decide."""

import os
import unittest

from lab.controller import Controller
from lab.fabric import Fabric, make_hosts
from lab.net import Lab, LabError, wait_for
from lab.scenario import Scenario

INTERVAL = 50
SLACK_MS = 100  # how fast is for benchmarks; that it works, for here


class FabricCase(unittest.TestCase):
    """A fabric per class; every test begins with A active and B ready."""

    LAB = CONTROLLER = None
    SWITCHES = 1
    OPTIONS = {}
    CONFIG = {}
    HOSTS = 6

    @staticmethod
    def begin():
        """For setUpModule: boots the module's controller."""
        FabricCase.LAB = Lab()
        FabricCase.CONTROLLER = Controller(FabricCase.LAB,
                                           os.environ["JAVA_HOME"])
        print("controller answers after %.1f s"
              % FabricCase.CONTROLLER.start(), flush=True)
        return FabricCase.LAB, FabricCase.CONTROLLER

    @staticmethod
    def end():
        """For tearDownModule: nothing failed that nobody was told of."""
        try:
            failed = FabricCase.CONTROLLER.log().count("a task failed")
            if failed:
                raise AssertionError("%d tasks failed, see the log: %s" % (
                    failed, FabricCase.CONTROLLER.log().split(
                        "a task failed", 1)[1][:1500]))
        finally:
            FabricCase.LAB.close()

    @classmethod
    def setUpClass(cls):
        try:
            cls.build()
        except LabError:
            if "fabric" in vars(cls):  # the next class needs its names
                cls.fabric.remove()
            raise

    @classmethod
    def build(cls):
        cls.fabric = Fabric(cls.LAB, make_hosts(cls.HOSTS), cls.SWITCHES,
                            **cls.OPTIONS)
        cls.cable()
        cls.fabric.connect(cls.CONTROLLER)
        cls.lab = Scenario(cls.LAB, cls.CONTROLLER, cls.fabric, INTERVAL,
                           slack=SLACK_MS)
        cls.lab.configure(**cls.CONFIG)

    @classmethod
    def cable(cls):
        """Changes the fabric before its switches connect."""

    @classmethod
    def tearDownClass(cls):
        cls.CONTROLLER.restconf.remove("lab")
        cls.fabric.remove()
        wait_for("the switches to be gone",
                 lambda: not cls.CONTROLLER.connected(), 30)

    def setUp(self):
        self.lab.ready()
        self.epoch = int(self.lab.state()["epoch"])

    def assertClean(self, outcome):
        self.assertEqual([], outcome.problems, "%s; processor %.0f %% idle, "
                         "%.0f %% stolen" % (outcome.name, outcome.idle,
                                             outcome.stolen))

    def assertNothingMoved(self):
        state = self.lab.state()
        self.assertEqual(self.epoch, int(state["epoch"]))
        self.assertEqual("A", state["active-bridge"])

    def condition(self, wanted, seconds=10):
        wait_for(wanted, lambda: self.lab.state()["condition"] == wanted,
                 seconds)
