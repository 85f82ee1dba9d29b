# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""How long hosts are dark when a bridge is replaced, by Dualbridge and by
others, on the same switch: what `./dualbridge bench takeover` shows."""

import argparse
import dataclasses
import math
import os
import socket
import struct
import sys
import time

from lab.contestants import (CRASH, EVENTS, FAILBACK, LINK_DOWN, OURS, PLAIN,
                             PLANNED, Disturbed)
from lab.controller import ROOT, Controller, Refused
from lab.fabric import make_hosts
from lab.net import Lab, LabError, enter
from lab.openflow import RARP
from lab.outage import Outage, middle
from lab.plot import sheet
from lab.report import Processor, Progress, machine
from lab.traffic import SO_RCVBUFFORCE, SO_TIMESTAMPNS, Traffic

RESULT = os.path.join(ROOT, "docs/bench/takeover")
BARE, CLIENT, FLOW, REPAIR = "bare", "client", "flow", "repair"
UP_RATE = 250
BEFORE = 0.5  # seconds of traffic before the event
SETTLE = 0.25  # a frame sent later than this may still be on its way
CRASH_SLACK_MS = 10
CHANCES = 3


@dataclasses.dataclass
class Cell:
    """What one event did to the hosts, times in ms."""

    contestant: str
    hosts: int
    event: str
    median: float
    p99: float
    worst: float
    lost: int
    duplicated: int
    looped: int
    watched: float
    detection: float = None
    stolen: float = 0


@dataclasses.dataclass
class Row:
    """The rounds of one contestant, number of hosts and event."""

    cells: list

    def typical(self, leaf):
        return middle([getattr(cell, leaf) for cell in self.cells])

    def most(self, leaf):
        return max(getattr(cell, leaf) for cell in self.cells)

    def shown(self, value):
        """Milliseconds; what did not end is longer than it was watched."""
        if math.isinf(value):
            return "> %.0f s" % (self.typical("watched") / 1000)
        return "%.1f" % value if value < 1000 else "%.0f" % value

    def line(self):
        cell = self.cells[0]
        times = [self.typical(leaf) for leaf in ("median", "p99", "worst")]
        times.append(self.most("worst"))
        return "%-11s%6d" % (cell.contestant, cell.hosts) + "".join(
            "%9s" % self.shown(value) for value in times) + (
                "%8d%6d%6d%6d" % (
                    self.typical("lost"), self.most("duplicated"),
                    self.most("looped"), len(self.cells)))


HEAD = "%-11s%6s%9s%9s%9s%9s%8s%6s%6s%6s" % (
    "", "hosts", "median", "p99", "max", "worst", "lost", "dup", "loop",
    "runs")


class Results:
    """Cells, and what is made of them; pure."""

    def __init__(self):
        self.cells = []
        self.announced = {}  # contestant: [(ms, how many of the hosts)]
        self.disturbed = []

    def row(self, contestant, event, hosts):
        cells = [cell for cell in self.cells if (
            cell.contestant, cell.event, cell.hosts) == (
                contestant, event, hosts)]
        return Row(cells) if cells else None

    def _names(self, event):
        return list(dict.fromkeys(cell.contestant for cell in self.cells
                                  if cell.event == event))

    def _counts(self):
        return sorted({cell.hosts for cell in self.cells})

    def events(self):
        return [event for event in EVENTS if self._names(event)]

    def table(self, events):
        lines = []
        for event in self.events():
            lines += [events[event], HEAD]
            lines += [row.line() for count in self._counts()
                      for name in self._names(event)
                      for row in [self.row(name, event, count)] if row]
            if event == CRASH:
                lines += self._decisions()
            lines.append("")
        for name, rounds in self.announced.items():
            if not lines or not lines[-1].startswith("announce"):
                lines.append("announcements, first to last on the wire, ms"
                             "      hosts   median    worst  runs")
            times = [ms for ms, _ in rounds]
            lines.append("announced by %-36s%7d%9.0f%9.0f%6d" % (
                name, min(seen for _, seen in rounds), middle(times),
                max(times), len(rounds)))
        return lines

    def _decisions(self):
        rows = {name: [row for count in self._counts()
                       for row in [self.row(name, CRASH, count)]
                       if row and row.cells[0].detection is not None]
                for name in self._names(CRASH)}
        return ["%-11sdecided after %s ms" % (name, ", ".join(
            "%.1f" % row.typical("detection") for row in found))
            for name, found in rows.items() if found]

    def stolen(self):
        """What the machine's host took of the processor meanwhile."""
        if not self.cells:
            return []
        worst = max(self.cells, key=lambda cell: cell.stolen)
        return ["stolen by the machine's host: median %.1f %%, most %.1f %% "
                "(%s, %d, %s)" % (
                    middle([cell.stolen for cell in self.cells]),
                    worst.stolen, worst.contestant, worst.hosts, worst.event)]

    def targets(self, resolution):
        """[(what, ratio, limit)] of which both sides were measured. Less than
        the resolution (ms) counts as the resolution."""
        most = max(self._counts(), default=0)
        found = []
        ours, bare = (self.row(name, LINK_DOWN, most)
                      for name in (REPAIR, BARE))
        if ours and bare:
            found.append(("link down, %s / %s" % (REPAIR, BARE), max(
                ours.typical("worst"), resolution) / max(
                    bare.typical("worst"), resolution), 1.2))
        crash = self.row(FLOW, CRASH, most)
        if crash:
            found.append((
                "crash, %s / (detection + %d ms)" % (FLOW, CRASH_SLACK_MS),
                middle([cell.worst / (cell.detection + CRASH_SLACK_MS)
                        for cell in crash.cells]), 1.0))
        times = {name: middle([ms for ms, _ in rounds])
                 for name, rounds in self.announced.items()}
        if FLOW in times and CLIENT in times:
            found.append(("all announced, %s / %s" % (FLOW, CLIENT),
                          times[FLOW] / times[CLIENT], 1.5))
        return found

    def strays(self):
        """Where Dualbridge delivered a frame twice, or sent it back."""
        return ["%s, %d hosts, %s: %d frames twice, %d looped" % (
            cell.contestant, cell.hosts, cell.event, cell.duplicated,
            cell.looped) for cell in self.cells
            if cell.contestant in OURS and (cell.duplicated or cell.looped)]

    def plot(self, titles, resolution):
        """The worst host's outage over the number of hosts."""
        panels = []
        for event in self.events():
            lines = []
            for name in self._names(event):
                points = []
                for count in self._counts():
                    row = self.row(name, event, count)
                    if row:
                        value = row.typical("worst")
                        points.append((count, row.typical("watched")
                                       if math.isinf(value) else value))
                lines.append((name, points))
            panels.append((titles[event], lines))
        return sheet(panels, "hosts; y: outage of the worst host, ms",
                     resolution)


def verdicts(targets):
    return ["%-46s%8.2f  limit %.1f  %s" % (
        what, ratio, limit, "OK" if ratio <= limit else "missed")
        for what, ratio, limit in targets]


class Arrivals:
    """RARP frames outside, kept by the kernel until they are looked at."""

    def __init__(self, lab, fabric):
        enter(fabric.outside_ns)
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(RARP))
        self.wire.bind(("eth0", RARP))
        enter(lab.main)
        self.wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 28)
        self.wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.wire.setblocking(False)
        self.first = {}  # source: ns

    def look(self):
        """Reads what is there."""
        while True:
            try:
                data, ancillary, _, _ = self.wire.recvmsg(128, 64)
            except BlockingIOError:
                return
            seconds, nanos = struct.unpack("qq", ancillary[0][2])
            self.first.setdefault(data[6:12],
                                  seconds * 1_000_000_000 + nanos)

    def took(self):
        """From the first one to the last, ms."""
        self.look()
        times = self.first.values()
        return (max(times) - min(times)) / 1e6 if times else 0.0


class Bench:
    """Contestants one after another in one lab."""

    def __init__(self, lab, options):
        self.lab, self.options = lab, options
        self.progress = Progress()
        self.results = Results()
        self.failures = []

    def measure(self, contestant, hosts, event):
        """One event under traffic."""
        processor = Processor()
        with Traffic(contestant.fabric, hosts, self.options.rate, UP_RATE,
                     contestant.speakers, contestant.gateway,
                     max(1, 100 // len(hosts))) as traffic:
            time.sleep(BEFORE)
            at = contestant.cause(event)
            contestant.done(event)
            time.sleep(contestant.watch)
            end = time.time_ns() - int(SETTLE * 1e9)
        span = traffic.between(at, end)
        outage = Outage(span.samples, event in (PLANNED, FAILBACK))
        return Cell(
            contestant.name, len(hosts), event, outage.within(.5),
            outage.within(.99), outage.worst, outage.lost,
            traffic.duplicates(), len(traffic.looped),
            (end - at) / 1e6, contestant.detection(at),
            processor.shares()[1])

    def step(self, contestant, hosts, event):
        """Lets one event happen; returns the cells that it gave."""
        cells = []
        contestant.before(event)
        if event in self.options.events and event in contestant.events:
            cells.append(self.measure(contestant, hosts, event))
        else:
            contestant.cause(event)
            contestant.done(event)
        contestant.rest(event)
        return cells

    def round(self, contestant, hosts):
        """All events once; both bridges are well in between."""
        cells = []
        contestant.home()
        for event in (CRASH, LINK_DOWN, PLANNED):
            back = contestant.after(event)
            if event in contestant.events and (
                    {event, back} & set(self.options.events)):
                cells += self.step(contestant, hosts, event)
                if back:
                    cells += self.step(contestant, hosts, back)
        return cells

    def undisturbed(self, contestant, hosts, work):
        """Does it until nothing moves that nobody asked to; says what did."""
        for chance in range(CHANCES):
            try:
                return work(contestant, hosts)
            except (Disturbed, Refused) as disturbed:
                self.results.disturbed.append("%s, %d hosts: %s" % (
                    contestant.name, len(hosts), disturbed))
                if chance == CHANCES - 1:
                    raise
                contestant.recover()
        return None

    def rounds(self, contestant, hosts, wanted):
        for _ in range(wanted):
            self.results.cells += self.undisturbed(contestant, hosts,
                                                   self.round)

    def announcement(self, contestant, hosts):
        """Returns the time (ms) it took, and how many hosts were heard."""
        arrivals = Arrivals(self.lab, contestant.fabric)
        with arrivals.wire:
            contestant.announce()
            time.sleep(0.5)
            return arrivals.took(), len(arrivals.first)

    def announcements(self, contestant, hosts):
        self.results.announced[contestant.name] = [
            self.undisturbed(contestant, hosts, self.announcement)
            for _ in range(self.options.rounds)]

    def compete(self, contestant):
        """Everything about one contestant."""
        options = self.options
        self.progress.step("building the lab: " + contestant.what,
                           contestant.build)
        try:
            for count in options.hosts:
                rounds = min(options.rounds, contestant.enough(count))
                hosts = make_hosts(count)
                text = "%d host%s" % (count, "s" if count > 1 else "")
                self.progress.step(
                    "%s: %s" % (contestant.name, text),
                    lambda: contestant.serve(hosts))
                if set(contestant.events) & set(options.events):
                    self.progress.step(
                        "%s: %s, measuring %d round%s" % (
                            contestant.name, text, rounds,
                            "s" if rounds > 1 else ""),
                        lambda: self.rounds(contestant, hosts, rounds))
            if hasattr(contestant, "announce") and options.announce:
                self.progress.step(
                    "%s: announcing %s" % (contestant.name, text),
                    lambda: self.announcements(contestant, hosts))
        finally:
            contestant.remove()

    def run(self):
        ours = [name for name in self.options.contestants if name in OURS]
        if ours:
            controller = Controller(self.lab, os.environ["JAVA_HOME"])
            self.progress.step("starting the controller", controller.start)
            for name in ours:
                kind, what, config = OURS[name]
                self._try(kind(self.lab, controller, self.options.pace,
                               name, what, **config))
            controller.kill()
        for name in self.options.contestants:
            if name in PLAIN:
                self._try(PLAIN[name](self.lab))

    def _try(self, contestant):
        try:
            self.compete(contestant)
        except LabError as error:
            self.failures.append("%s: %s" % (contestant.name, error))
            print("\n" + self.failures[-1], flush=True)


def words(allowed):
    def parse(text):
        chosen = text.split(",")
        for word in chosen:
            if word not in allowed:
                raise argparse.ArgumentTypeError("%r is none of %s" % (
                    word, ",".join(allowed)))
        return chosen
    return parse


def numbers(text):
    try:
        chosen = [int(word) for word in text.split(",")]
    except ValueError:
        chosen = [0]
    if not all(1 <= number <= 10000 for number in chosen):
        raise argparse.ArgumentTypeError(
            "%r is no list of numbers from 1 to 10000" % text)
    return sorted(set(chosen))


def parse(arguments=None):
    names = [*OURS, *PLAIN]
    events = [event.replace(" ", "-") for event in EVENTS]
    parser = argparse.ArgumentParser(
        prog="dualbridge bench takeover", description=__doc__,
        epilog="The default takes about 15 minutes, with more rounds longer.")
    parser.add_argument("--hosts", type=numbers, default="1,100,1000,10000",
                        metavar="N,..", help="(default %(default)s)")
    parser.add_argument("--events", type=words(events),
                        default=",".join(events), metavar="EVENT,..",
                        help="(default %(default)s)")
    parser.add_argument("--contestants", type=words(names),
                        default=",".join(names), metavar="NAME,..",
                        help="(default %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N",
                        help="repetitions (default %(default)s)")
    parser.add_argument("--rate", type=int, default=1000, metavar="N",
                        help="frames per second to the hosts "
                        "(default %(default)s)")
    parser.add_argument("--pace", type=int, default=500, metavar="N",
                        help="announcements per second (default "
                        "%(default)s; more is more than two cores hold that "
                        "are controller, switches and bridges at once)")
    parser.add_argument("--quick", action="store_true",
                        help="one round with 100 hosts, crash and link down "
                        "only")
    parser.add_argument("--save", action="store_true",
                        help="write docs/bench/takeover.txt and .svg")
    options = parser.parse_args(arguments)
    if options.quick:
        options.hosts, options.rounds = [100], 1
        options.events = ["crash", "link-down"]
    options.events = [word.replace("-", " ") for word in options.events]
    options.announce = not options.quick
    if options.rounds < 1 or not 100 <= options.rate <= 5000:
        parser.error("--rounds from 1, --rate from 100 to 5000")
    return options


def titles(interval=10, misses=3):
    return {CRASH: "crash (%d ms x %d)" % (interval, misses),
            LINK_DOWN: LINK_DOWN, PLANNED: PLANNED, FAILBACK: FAILBACK}


def conditions(options):
    step = 1000 / options.rate
    return [
        "N = %s hosts; %d rounds; a frame to some host every %.2g ms, to" % (
            ", ".join(map(str, options.hosts)), options.rounds, step),
        "each one every N x %.2g ms. Dualbridge announces %d hosts per "
        "second. Outage" % (step, options.pace),
        "in ms: median, p99 and max over the hosts, of the median round; "
        "max of the",
        "worst round; frames to hosts lost; duplicated, looped; rounds.",
        ""] + [
            "%-11s%s" % (name, OURS[name][1] if name in OURS
                         else PLAIN[name].what)
            for name in options.contestants] + [""]


def main():
    options = parse()
    lab = None
    began = time.monotonic()
    try:
        lab = Lab()
        bench = Bench(lab, options)
        bench.run()
    except LabError as error:
        print("\n%s" % error, file=sys.stderr)
        return 1
    finally:
        if lab:
            lab.close()
    results = bench.results
    if not results.cells and not results.announced:
        return 1
    targets = results.targets(1000 / options.rate)
    lines = machine() + ["%.0f minutes" % ((time.monotonic() - began) / 60),
                         ""]
    lines += (conditions(options) + results.table(titles())
              + results.stolen()
              + [""] * bool(targets) + verdicts(targets)
              + ["missed: " + text for text in results.strays()]
              + ["repeated: " + text for text in results.disturbed]
              + ["failed: " + text for text in bench.failures])
    print("\n" + "\n".join(lines))
    if options.save:
        with open(RESULT + ".txt", "w") as file:
            file.write("\n".join(lines) + "\n")
        if results.cells:
            with open(RESULT + ".svg", "w") as file:
                file.write(results.plot(titles(), 1000 / options.rate))
    missed = [ratio for _, ratio, limit in targets if ratio > limit]
    return 1 if missed or results.strays() or bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
