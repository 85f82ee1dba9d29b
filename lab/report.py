# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What demo and benchmarks print alike."""

import datetime
import os
import re
import subprocess
import sys
import time

from lab.controller import ROOT
from lab.net import run


class Progress:
    """One line per step, with the time it took."""

    def __init__(self):
        self.terminal = sys.stdout.isatty()

    def step(self, text, work):
        began = time.monotonic()
        print("%-66s" % (text + " ..."), end="", flush=True)
        result = work()
        print("%7.1f s" % (time.monotonic() - began), flush=True)
        return result


class Processor:
    """What becomes of the machine's processor time from now on."""

    def __init__(self):
        self.before = self._ticks()

    @staticmethod
    def _ticks():
        with open("/proc/stat") as stat:
            return [int(word) for word in stat.readline().split()[1:9]]

    def shares(self):
        """Percent that nobody wanted, and that the machine's own host took
        for others (steal, proc(5)): nothing here could run then."""
        spent = [now - then for now, then in zip(self._ticks(), self.before)]
        return tuple(100 * spent[field] / max(1, sum(spent))
                     for field in (3, 7))


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        model = re.search(r"model name\s*: (.*)", cpuinfo.read())
    java = subprocess.run(
        [os.path.join(os.environ["JAVA_HOME"], "bin/java"), "-version"],
        capture_output=True, text=True).stderr.splitlines()
    commit = run("git", "-C", ROOT, "log", "-1", "--format=%h").strip()
    return [
        datetime.datetime.now(datetime.timezone.utc).strftime(
            "%Y-%m-%d %H:%M UTC") + ", commit " + commit,
        "%d cores, %s, Linux %s" % (
            os.cpu_count(), model.group(1) if model else "?",
            os.uname().release),
        "%s; %s" % (java[1].split("(")[0].strip(), run(
            "ovs-vswitchd", "--version").splitlines()[0])]
