# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Who takes over from a bridge, and how: ours, and those it is compared with.

All of them have the fabric of the paper's figure 1, one switch in front of two
bridges, with A active. None but ours has a controller.
"""

import math
import os
import socket
import time
from contextlib import suppress

from lab.controller import Refused
from lab.fabric import OUTSIDE_MAC, Fabric, Host
from lab.net import LabError, enter, run, wait_for
from lab.openflow import Client, announcements
from lab.scenario import Scenario, moment
from lab.traffic import octets

CRASH, LINK_DOWN, PLANNED, FAILBACK = EVENTS = (
    "crash", "link down", "planned", "failback")
MEND, RETURN = "mend", "return"
# Speaks all the time; the hosts that are measured are silent.
SPEAKER = Host(60000, 0)
NOISE = 0x88b5  # IEEE Std 802, Local Experimental Ethertype 1


class Disturbed(LabError):
    """Something moved that nobody had asked to; what was measured is void."""


class Contestant:
    """Switches that learn, two bridges that forward, and a standby."""

    name = what = ""
    events = EVENTS
    watch = 1.3  # seconds of traffic after it is done
    gateway = None
    speakers = [SPEAKER]

    def __init__(self, lab):
        self.lab = lab
        self.carrier = self.fabric = None

    def build(self):
        self.fabric = Fabric(self.lab, [], 1, silent=0)
        self.carrier = self.fabric.carrier("A")
        self.switch = self.fabric.switch[1]

    def remove(self):
        self.carrier.kill()
        self.fabric.remove()

    def serve(self, hosts):
        """Makes these the hosts, and waits until A is active for them."""
        self.fabric.hosts = hosts + self.speakers
        self.fabric.know_hosts()

    def cause(self, event):
        """Lets it happen; returns when (ns)."""
        at = time.time_ns()
        bridge = self.fabric.bridge["A"]
        if event in (LINK_DOWN, MEND):
            at = self.carrier.set(event == MEND)
        else:
            {CRASH: bridge.freeze, FAILBACK: bridge.thaw,
             PLANNED: self.move, RETURN: self.move_back}[event]()
        return at

    def move(self):
        """Makes B active; A is well."""

    def move_back(self):
        """Makes A active again; both are well."""

    def enough(self, hosts):
        """How many rounds say what there is to say."""
        return math.inf

    def home(self):
        """Makes A active, whatever was left by events not asked for."""

    def before(self, event):
        """Prepares, before there is traffic."""

    def done(self, event):
        """Waits until what happened has its effect on tables."""

    def rest(self, event):
        """Waits until everything that follows is over."""

    def after(self, event):
        """What leads back to where both are well."""
        return {CRASH: FAILBACK, LINK_DOWN: MEND, PLANNED: RETURN}[event]

    def detection(self, at):
        """Milliseconds from a moment to the decision; None if unknown. Says
        if more than this one decision was taken."""

    def recover(self):
        """Makes both bridges well, whatever happened to them."""


class Ours(Contestant):
    """Dualbridge. `config` is what differs from its configuration."""

    watch = 0.8

    def __init__(self, lab, controller, pace, name, what, **config):
        super().__init__(lab)
        self.controller, self.pace = controller, pace
        self.name, self.what, self.config = name, what, config
        self.scenario = None
        self.epoch = 0
        self.sent = None

    def build(self):
        super().build()
        self.fabric.connect(self.controller)
        self.scenario = Scenario(self.lab, self.controller, self.fabric)

    def remove(self):
        with suppress(Refused):  # where it was refused, there is none
            self.controller.restconf.remove(self.scenario.name)
        super().remove()
        wait_for("the switches to be gone",
                 lambda: not self.controller.connected(), 30)

    def serve(self, hosts):
        super().serve(hosts)
        self.scenario.configure(
            announcement={"rate": self.pace, "schedule": [0],
                          "refresh-interval": 0},
            failback={"mode": "manual", "delay": 1000}, **self.config)
        self._wait("both bridges", self._protected, 60)
        self.home()
        self.controller.settle()
        self.sent = None
        self._wait("the announcements", self._silent, 120, 1.5)

    def enough(self, hosts):
        # Minutes each; the pace of announcements decides, so little varies.
        return (1 if self._by_host() and hosts / self.pace > 10
                else math.inf)

    def _by_host(self):
        """Do hosts move one after another, as they are announced?"""
        return self.config.get("forwarding") == "learning"

    def recover(self):
        self._change(failback={"mode": "manual"})
        self.fabric.bridge["A"].thaw()
        self.carrier.set(True)
        self._wait("both bridges", self._protected, 60)

    def home(self):
        if self.scenario.active() != "A":
            self.before(RETURN)
            self.cause(RETURN)
            self.done(RETURN)
            self.rest(RETURN)

    def _change(self, **config):
        """Changes the configuration, and waits until that is done: it is
        read anew with all its hosts, after the answer."""
        self.scenario.restconf.patch({"name": self.scenario.name, **config})
        time.sleep(0.3 + len(self.fabric.hosts) / 4000)

    def before(self, event):
        if event == FAILBACK:
            self._change(failback={"mode": "automatic"})
        self.epoch = int(self.scenario.state()["epoch"])

    def move(self):
        self.scenario.restconf.switchover(
            self.scenario.name, "BA"["AB".index(self.scenario.active())])

    move_back = move

    def done(self, event):
        # Questions cost processor time, which the takeover needs.
        time.sleep(0.2)
        if event == MEND:
            self._wait("both bridges", self._protected)
        else:
            self._wait("a takeover after " + event, lambda state: int(
                state["epoch"]) > self.epoch)
        if self._by_host():
            self.rest(event)

    def _wait(self, what, condition, seconds=20, interval=0.2):
        try:
            wait_for(what, lambda: condition(self.scenario.state()), seconds,
                     interval)
        except LabError as error:
            state = self.scenario.state()
            raise Disturbed("%s; it is %s, %s active, epoch %s, of which %s "
                            "before" % (error, state.get("condition"),
                                        state.get("active-bridge"),
                                        state.get("epoch"), self.epoch)
                            ) from None

    @staticmethod
    def _protected(state):
        return state.get("condition") == "protected"

    @staticmethod
    def _announced(state):
        return "last-announcement" in state.get("last-takeover", ())

    def _silent(self, state):
        """Was something announced, but nothing since the last look? That
        must be a second ago."""
        before, self.sent = self.sent, {
            row["protocol"]: row["sent"] for row in state.get("announced", [])}
        return self.sent and before == self.sent

    def rest(self, event):
        if event == FAILBACK:
            self._change(failback={"mode": "manual"})
        if event != MEND:
            self._wait("the announcements", self._announced, 90)
        if event in (PLANNED, FAILBACK, RETURN):
            self._wait("both bridges", self._protected)

    def after(self, event):
        # A planned move leads back to A; the cut cable led to B.
        return None if event == PLANNED else super().after(event)

    def detection(self, at):
        state = self.scenario.state()
        took = (moment(state["last-takeover"]["at"]) - at) / 1e6
        if int(state["epoch"]) != self.epoch + 1 or took < -2:
            raise Disturbed("%d takeovers, the last one %.0f ms after the "
                            "event" % (int(state["epoch"]) - self.epoch,
                                       took))
        return took

    def announce(self):
        """Moves to the other bridge, with announcements at full pace."""
        self._change(announcement={"rate": 1000000})
        self.before(PLANNED)
        self.move()
        self.done(PLANNED)
        self._wait("the announcements", self._announced, 90)


class Repaired(Ours):
    """Dualbridge, where the switch finds the other bridge by itself."""

    events = (LINK_DOWN,)


class Plain(Contestant):
    """No controller: switches learn."""

    def build(self):
        super().build()
        for switch in (self.switch, *self.fabric.bridge.values()):
            switch.forget_controller()

    def serve(self, hosts):
        super().serve(hosts)
        self.introduce(hosts)

    def introduce(self, hosts):
        """Every host speaks, until the switch has heard it."""
        enter(self.fabric.hosts_ns)
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        wire.bind(("eth0", 0))
        enter(self.lab.main)
        with wire:
            for _ in range(10):
                learned = set(self.switch.learned())
                strange = [host for host in hosts
                           if (host.vlan, host.mac) not in learned]
                if not strange:
                    return
                self._speak(wire, strange)
        raise LabError("the switch does not learn %d hosts" % len(strange))

    @staticmethod
    def _speak(wire, hosts):
        for at, host in enumerate(hosts):
            tag = (b"\x81\x00" + host.vlan.to_bytes(2, "big") if host.vlan
                   else b"")
            wire.send((octets(OUTSIDE_MAC) + octets(host.mac) + tag
                       + NOISE.to_bytes(2, "big")).ljust(64, b"\0"))
            if at % 20 == 19:
                time.sleep(0.005)
        time.sleep(0.3)


class Silence(Plain):
    """The standby is let in, by the switch; nothing is announced."""

    name, what = "none", "no announcement"
    watch = 5.0
    REACTION = 0.03  # as if the crash were noticed as fast as by others

    def build(self):
        super().build()
        self._let("B", False)

    def enough(self, hosts):
        return 1  # nothing varies

    def _let(self, bridge, through):
        port = self.fabric.attachment(bridge)
        for word in ("receive", "forward"):
            self.switch.ofctl("mod-port", port,
                              word if through else "no-" + word)

    def move(self):
        self._let("A", False)
        self._let("B", True)

    def move_back(self):
        self._let("B", False)
        self._let("A", True)

    def done(self, event):
        if event == CRASH:
            time.sleep(self.REACTION)
        if event in (CRASH, LINK_DOWN):
            self.move()
        elif event in (FAILBACK, MEND):
            self.move_back()


class Bond(Plain):
    """Open vSwitch's active-backup bond, on the switch, over both bridges:
    for the switch, the hosts never move."""

    name, what = "bond", "Open vSwitch bond, active-backup, on the switch"
    events = (LINK_DOWN,)

    def build(self):
        super().build()
        self.bonded = self.switch
        self.members = [self.fabric.attachment(bridge) for bridge in "AB"]
        self._bond()

    def _bond(self):
        words = []
        for port in self.members:
            words += ["--", "--if-exists", "del-port", self.bonded.name, port]
        self.bonded.vsctl(
            *words[1:], "--", "add-bond", self.bonded.name, "bond0",
            *self.members, "bond_mode=active-backup",
            "other_config:bond-primary=" + self.members[0])
        self._active(0)

    def _active(self, number):
        wanted = "(%s)" % self.members[number]
        wait_for("the bond to use " + self.members[number], lambda: any(
            line.startswith("active member") and line.endswith(wanted)
            for line in self.bonded.appctl("bond/show").splitlines()), 10)

    def done(self, event):
        self._active(0 if event == MEND else 1)


class HostBond(Bond):
    """The same on the hosts' side: bridge A stands for a hypervisor's switch
    with two cables, which announces its hosts by RARP."""

    name, what = "bond-rarp", "the same at the hosts: learning RARPs"
    watch = 4.0

    def build(self):
        Plain.build(self)
        self.bonded = self.fabric.bridge["A"]
        self.switch.vsctl("del-port", "s1", self.fabric.attachment("B"))
        self.lab.cable("s1-ba2", "ba-up2", self.switch.namespace,
                       self.bonded.namespace)
        self.switch.port("s1-ba2", 12)
        self.members = ["ba-up", "ba-up2"]
        self._bond()


class Repair(Plain):
    """A fast-failover group that watches the port; nobody else does."""

    name, what = "bare", "fast-failover group of the switch, no controller"
    events = (LINK_DOWN,)
    speakers = []

    def build(self):
        super().build()
        self.switch.ofctl("del-flows")
        self.switch.ofctl("add-group", "group_id=1,type=fast_failover,"
                          "bucket=watch_port:10,actions=output:10,"
                          "bucket=watch_port:11,actions=output:11")
        self.switch.ofctl("add-flow", "in_port=1,actions=group:1")
        self.switch.ofctl("add-flow", "in_port=10,actions=output:1")

    def introduce(self, hosts):
        """Nothing to learn: a flow leads to the group."""


class Keepalived(Plain):
    """Two gateways with a virtual address and MAC (VRRPv3, RFC 5798)."""

    name, what = "keepalived", "VRRPv3, 10 ms, virtual MAC, gateways"
    gateway = "00:00:5e:00:01:33"
    speakers = []
    VIRTUAL = "10.99.0.254"
    CONFIG = """global_defs {
  vrrp_version 3
  vrrp_rt_priority 1
}
vrrp_instance lab {
  state BACKUP
  interface %(name)s
  use_vmac vrrp51
  virtual_router_id 51
  priority %(priority)d
  advert_int 0.01
  track_interface {
    %(name)s-up
  }
  virtual_ipaddress {
    %(address)s/24
  }
}
"""

    def build(self):
        super().build()
        self.daemons = {}
        mac = run("ip", "netns", "exec", self.fabric.hosts_ns, "cat",
                  "/sys/class/net/eth0/address").strip()
        for bridge in self.fabric.bridge.values():
            self._route(bridge, mac)
        for label in "AB":
            self._start(label)
        self._active("A")

    def _route(self, bridge, mac):
        """Makes the bridge a gateway between its own port and the hosts."""
        down, inside = bridge.name + "-dn", ("ip", "-n", bridge.namespace)
        bridge.vsctl("del-port", down)
        for setting in ("ip_forward=1", "conf.all.rp_filter=0",
                        "conf.default.rp_filter=0"):
            run("ip", "netns", "exec", bridge.namespace, "sysctl", "-qw",
                "net.ipv4." + setting)
        run(*inside, "addr", "add", "10.98.0.1/30", "dev", down)
        run(*inside, "route", "add", "10.0.0.0/8", "via", "10.98.0.2")
        run(*inside, "neigh", "replace", "10.98.0.2", "lladdr", mac, "dev",
            down, "nud", "permanent")
        with open(bridge.directory + "/keepalived.conf", "w") as file:
            file.write(self.CONFIG % {
                "name": bridge.name, "address": self.VIRTUAL,
                "priority": 200 if bridge.name == "ba" else 100})

    def _start(self, label):
        bridge = self.fabric.bridge[label]
        base = bridge.directory + "/keepalived"
        self.daemons[label] = self.lab.start(
            ["ip", "netns", "exec", bridge.namespace, "keepalived",
             "--dont-fork", "--log-console", "--vrrp",
             "--use-file=" + base + ".conf", "--pid=" + base + ".pid",
             "--vrrp_pid=" + base + "-vrrp.pid"],
            bridge.name + "-keepalived.log", machine=True)

    def _master(self, label):
        listing = run("ip", "-n", self.fabric.bridge[label].namespace,
                      "-4", "addr", "show")
        return self.VIRTUAL + "/" in listing

    def _active(self, label):
        # A frozen one goes on being master, alone.
        wait_for("keepalived: %s master" % label, lambda: (
            self._master("A") and not self._master("B") if label == "A"
            else self._master("B")), 15)

    def introduce(self, hosts):
        """Advertisements teach the switch the one MAC that there is."""

    def move(self):
        os.killpg(self.daemons["A"].pid, 15)

    def move_back(self):
        self._start("A")

    def done(self, event):
        self._active("A" if event in (FAILBACK, MEND, RETURN) else "B")
        if event == PLANNED:
            self.lab.stop(self.daemons["A"])

    def rest(self, event):
        if event in (FAILBACK, MEND, RETURN):
            time.sleep(0.5)

    def remove(self):
        for daemon in self.daemons.values():
            self.lab.stop(daemon)
        super().remove()


class BareClient(Plain):
    """Announcements by the smallest client of the switch that there can be."""

    name, what = "client", "bare OpenFlow client (announcements only)"
    events = ()
    WINDOW = 100

    def build(self):
        super().build()
        self.switch.vsctl("set-controller", "s1", "ptcp:6654")
        self.side = "A"

    def serve(self, hosts):
        self.hosts = hosts

    def announce(self):
        self.side = "BA"["AB".index(self.side)]
        messages = announcements(self.hosts, 10 + "AB".index(self.side), [1])
        try:
            client = Client((
                "192.0.2.%d" % (100 + self.switch.datapath), 6654))
            client.send(messages, self.WINDOW)
            client.close()
        except OSError as error:
            raise LabError("the OpenFlow client: %s" % error) from None


PLAIN = {kind.name: kind for kind in (
    Bond, HostBond, Keepalived, Silence, Repair, BareClient)}
# name: who it is, what it is, and what differs from Dualbridge's configuration
OURS = {
    "flow": (Ours, "Dualbridge, flow mode, a flow per host", {}),
    "vlan": (Ours, "Dualbridge, flow mode, flows per VLAN",
             {"granularity": "vlan"}),
    "repair": (Repaired, "Dualbridge, flow mode, local repair",
               {"local-repair": True}),
    "learning": (Ours, "Dualbridge, learning mode",
                 {"forwarding": "learning"}),
}
