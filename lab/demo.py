# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A real bridge dies and real switches move: what `./dualbridge demo` shows.
"""

import argparse
import os
import sys

from lab.controller import Controller
from lab.fabric import Fabric, make_hosts
from lab.net import Lab, LabError
from lab.report import Progress
from lab.scenario import Scenario

STEPS = (("fenced", "switches confirmed the fence"),
         ("tables-moved", "tables moved (barrier)"),
         ("first-announcement", "first RARP"),
         ("last-announcement", "last RARP of the first round"))


def timeline(outcome):
    """The controller's own record of the takeover."""
    takeover = outcome.takeover
    decided = takeover["decided"] / 1000
    rows = [(0.0, "last sign of life of " + takeover["from"])
            if decided else None,
            (decided, "decided: %s -> %s (%s)" % (
                takeover["from"], takeover["to"],
                takeover["reason"].split(":")[1]))]
    rows += [(takeover[leaf] / 1000, text) for leaf, text in STEPS
             if leaf in takeover]
    for row in rows:
        if row:
            print("  %9.1f ms  %s" % row)


def report(outcome):
    span = outcome.span
    print("\n%s, %d hosts" % (outcome.name, len(outcome.hosts)))
    timeline(outcome)
    limit = ("" if outcome.limit is None
             else " (limit %.0f)" % outcome.limit)
    print("  on the wire: %d frames, one every %.2f ms; %d lost, "
          "%d duplicated, %d looped" % (
              span.sent, 1000 * span.period / max(1, len(outcome.hosts)),
              span.lost, outcome.duplicates, outcome.loops))
    print("  outage: worst host %.1f ms%s, median %.1f ms of %d hosts "
          "hit" % (span.worst, limit, span.median, len(span.dark)))
    print("  %d hosts announced, all RARP valid; group-mods: %s" % (
        outcome.announced, ", ".join(
            "%s %d" % item for item in outcome.group_mods.items())))
    print("  processor: %.0f %% idle, %.0f %% stolen by the machine's host" % (
        outcome.idle, outcome.stolen))
    print("  PASS" if not outcome.problems
          else "  FAIL: " + "; ".join(outcome.problems), flush=True)
    return outcome


def main():
    parser = argparse.ArgumentParser(prog="dualbridge demo",
                                     description=__doc__)
    parser.add_argument("--hosts", default="2,100,10000", metavar="N,..",
                        help="numbers of hosts (default %(default)s)")
    parser.add_argument("--switches", type=int, choices=(1, 2), default=2,
                        help="set-up of the paper (default %(default)s)")
    parser.add_argument("--interval", type=int, default=10, metavar="MS",
                        help="heartbeat interval (default %(default)s)")
    options = parser.parse_args()
    counts = [int(word) for word in options.hosts.split(",")]
    progress = Progress()
    outcomes = []
    lab = None
    try:
        lab = Lab()
        play(lab, options, counts, progress, outcomes)
    except LabError as error:
        print("\n%s" % error, file=sys.stderr)
        return 1
    finally:
        if lab:
            lab.close()
    return summary(outcomes)


def play(lab, options, counts, progress, outcomes):
    controller = Controller(lab, os.environ["JAVA_HOME"])
    progress.step("starting the controller", controller.start)
    fabric = progress.step(
        "building %d switch%s, 2 bridges and up to %d hosts" % (
            options.switches, "es" if options.switches > 1 else "",
            max(counts)),
        lambda: Fabric(lab, make_hosts(max(counts)), options.switches,
                       silent=2 * len(counts)))
    progress.step("waiting for the switches to connect",
                  lambda: fabric.connect(controller))
    scenario = Scenario(lab, controller, fabric, options.interval)
    fresh = list(fabric.silent)
    for count in counts:
        fabric.hosts = make_hosts(count)
        fabric.know_hosts()
        progress.step("configuring %d hosts by RESTCONF" % count,
                      lambda: (scenario.configure(), scenario.ready()))
        progress.step("letting the controller settle", controller.settle)
        for fault in (scenario.crash, scenario.failback,
                      scenario.link_down, scenario.link_up):
            outcome = progress.step(
                "measuring: " + (fault.__doc__ or "").split(";")[0].split(
                    ".")[0].replace("\n       ", ""), fault)
            outcome.hosts = fabric.hosts
            if fault in (scenario.crash, scenario.failback):
                answer = scenario.silent_host_answers(fresh.pop(0))
                outcome.expect(answer is not None,
                               "a silent host did not answer")
                outcome.silent = answer
            outcomes.append(report(outcome))
            if fault in (scenario.failback, scenario.link_up):
                scenario.ready()
            if count == counts[0] and fault == scenario.link_up:
                print("\nkaraf> dualbridge:show\n"
                      + controller.shell("dualbridge:show"))
            if getattr(outcome, "silent", None):
                print("  a host that never sent a frame answered in %.1f ms"
                      % outcome.silent)


def summary(outcomes):
    print("\n%-20s %6s %10s %10s %6s %5s %5s" % (
        "event", "hosts", "worst ms", "median ms", "lost", "dup", "loop"))
    for outcome in outcomes:
        print("%-20s %6d %10.1f %10.1f %6d %5d %5d %s" % (
            outcome.name, len(outcome.hosts), outcome.span.worst,
            outcome.span.median, outcome.span.lost, outcome.duplicates,
            outcome.loops, "FAIL" if outcome.problems else "PASS"))
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    print("\n%d passed, %d failed" % (len(outcomes) - failed, failed))
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
