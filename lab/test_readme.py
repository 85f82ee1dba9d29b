# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The examples of the README and of docs/modes, as they stand there, in a Karaf
that was not ours."""

import glob
import json
import os
import re
import unittest
import zipfile

from lab.controller import ROOT, Controller, Refused
from lab.net import Lab, LabError, run, wait_for

with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as _readme:
    README = _readme.read()


def example(title, language, number=0):
    """The code of that language below that heading."""
    section = README.split("\n## %s\n" % title, 1)[1].split("\n## ", 1)[0]
    return re.findall("^```%s\n(.*?)^```" % language, section,
                      re.DOTALL | re.MULTILINE)[number]


def bash(commands):
    return run("bash", "-euc", "cd '%s'\n%s" % (ROOT, commands))


class Examples(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        with zipfile.ZipFile(max(glob.glob(os.path.join(
                ROOT, "features/karaf-test/target/*.zip")),
                key=os.path.getmtime)) as archive:
            archive.extractall(cls.lab.directory)
            karaf = os.path.join(cls.lab.directory,
                                 archive.namelist()[0].rstrip("/"))
        run("chmod", "-R", "+x", karaf + "/bin")
        copy = example("Install it into a Karaf that you have", "sh")
        bash(copy.replace("/opt/karaf", karaf))
        cls.controller = Controller(cls.lab, os.environ["JAVA_HOME"], karaf)
        cls.controller.start(cls.controller.has_shell)
        for command in example("Install it into a Karaf that you have",
                               "karaf").splitlines():
            try:
                cls.controller.shell(command)
            except LabError as error:  # the feature renews the shell, too
                print("%s: %s" % (command, error), flush=True)
        wait_for("RESTCONF", cls.controller.answers, 60, 1)

    def test_shell_has_the_command(self):
        wait_for("the shell", self.controller.has_shell, 30, 1)
        self.assertIn("No dual bridge is configured.",
                      self.controller.shell("dualbridge:show"))

    def test_curl(self):
        shown = json.loads(example("Configure it", "json"))
        with open(os.path.join(ROOT, "docs/example.json"),
                  encoding="utf-8") as stored:
            self.assertEqual(shown, json.load(stored))
        # At a reader's pace. No switch is here: B cannot become active.
        answers = bash("curl() { sleep 1; command curl -sw '--\\n' \"$@\"; }\n"
                       + example("Configure it", "sh"))
        put, state, switchover, delete = answers.split("--\n")[:4]
        self.assertEqual("", put)
        self.assertEqual("initializing", json.loads(state)[
            "dualbridge:dual-bridge"][0]["state"]["condition"])
        self.assertIn("'B' has no attachment", switchover)
        self.assertEqual("", delete)

    def test_curls_of_the_modes(self):
        """Every page goes on from the README's set-up, and needs nothing of
        the pages before."""
        for path in sorted(glob.glob(ROOT + "/docs/modes/*.md")):
            with self.subTest(os.path.basename(path)):
                with open(path, encoding="utf-8") as stored:
                    page = stored.read()
                examples = [example("Configure it", "sh").split("\n\n")[0]]
                examples += re.findall("^```sh\n(.*?)^```", page,
                                       re.DOTALL | re.MULTILINE)
                with open(ROOT + "/docs/example.json",
                          encoding="utf-8") as stored:
                    self.controller.restconf.configure(json.load(stored)[
                        "dualbridge:dual-bridge"][0])
                codes = bash(
                    "curl() { sleep 0.5; command curl -so /dev/stderr "
                    "-w '%{http_code}\\n' \"$@\"; }\n" + "\n".join(examples))
                self.assertEqual(page.count("\ncurl "), len(codes.split()))
                for code in codes.split():
                    self.assertRegex(code, "^20[014]$")
                self.controller.restconf.remove("lab")

    def test_refusal(self):
        config = json.loads(example("Configure it", "json"))[
            "dualbridge:dual-bridge"][0]
        config["bridge"][1]["attachment"][0]["node-connector"] = (
            "openflow:1:10")
        with self.assertRaises(Refused) as refusal:
            self.controller.restconf.configure(config)
        said = example("Configure it", "text").replace("\n/", "/")
        self.assertEqual(said.replace("\n", " ").strip(),
                         refusal.exception.message)


if __name__ == "__main__":
    unittest.main()
