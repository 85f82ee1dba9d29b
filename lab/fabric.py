# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The set-ups of the paper, out of real switches, cables and hosts.

    one switch (figure 1)               two switches

    outside                             outside
       |                                   |
      [s1]                                [s2]----[s1]
      /  \\                                 |        |
    [ba] [bb]    bridges A and B          [bb]     [ba]
      \\  /                                  \\      /
      hostlan    the hosts' LAN              hostlan
       |||                                     |||
      hosts                                   hosts

The hosts' LAN stands for the hypervisor's switch: it knows its hosts, and
hands what is not for them to both bridges, as PowerVM's does to both trunk
adapters. It does not learn who is outside, and passes nothing from one bridge
to the other, as no hypervisor's switch does between uplinks; unless made open,
as a plain LAN would be.
"""

from lab.net import Carrier, run
from lab.ovs import Switch

OUTSIDE_MAC = "52:54:00:ff:00:01"
OUTSIDE_IP = "10.0.255.1"
VLANS = (0, 10, 20)
SCATTER = 0x9e3779  # odd, so that no two hosts have the same MAC address


class Host:
    """An end station behind the bridges."""

    def __init__(self, number, vlan, silent=False):
        self.number = number
        self.vlan = vlan
        self.silent = silent
        # Scattered, since the controller merges flows of neighbouring ones.
        scattered = (vlan << 16 | number) * SCATTER % (1 << 24)
        self.mac = "52:54:0%d:" % silent + scattered.to_bytes(
            3, "big").hex(":")
        self.ip = "10.%d.%d.%d" % (vlan if not silent else 200,
                                   (number >> 8) + 1, number & 0xff)

    def config(self):
        return {"mac": self.mac, "vlan": self.vlan, "ip-address": [self.ip]}


def make_hosts(count):
    """Hosts in three VLANs, untagged ones among them."""
    return [Host(number, VLANS[number % 3] if count < 10
                 else VLANS[number * 3 // count]) for number in range(count)]


class Fabric:
    """Switches, bridges, a host LAN with hosts, and somebody outside."""

    def __init__(self, lab, hosts, switches=1, silent=2, ageing=300,
                 open_lan=False, plain=False, bridges=2):
        self.lab = lab
        self.hosts = hosts
        self.open_lan = open_lan
        self.plain = plain
        self.silent = [Host(number + 1, 0, True) for number in range(silent)]
        self.switch = {1: Switch(lab, "s1", 1, ageing)}
        if switches == 2:
            self.switch[2] = Switch(lab, "s2", 2, ageing)
        self.second = {}
        self.bridge = {
            label: Switch(lab, "b" + label.lower(), 11 + position)
            for position, label in enumerate("ABC"[:bridges])}
        self.at = {label: self.switch[1 if label == "A" else switches]
                   for label in self.bridge}
        self.outside_ns = lab.namespace("out")
        self.lan_ns = lab.namespace("lan")
        self.hosts_ns = lab.namespace("hosts")
        self._cables()
        if plain:
            for bridge in self.bridge.values():
                bridge.forget_controller()

    def _cables(self):
        lab, edge = self.lab, self.switch[max(self.switch)]
        lab.cable("out", "eth0", edge.namespace, self.outside_ns)
        run("ip", "-n", self.outside_ns, "link", "set", "eth0", "address",
            OUTSIDE_MAC)
        run("ip", "-n", self.outside_ns, "addr", "add", OUTSIDE_IP + "/8",
            "dev", "eth0")
        edge.port("out", 1)
        if len(self.switch) == 2:
            lab.cable("s1-s2", "s2-s1", self.switch[1].namespace,
                      self.switch[2].namespace)
            self.switch[1].port("s1-s2", 2)
            self.switch[2].port("s2-s1", 2)
        run("ip", "-n", self.lan_ns, "link", "add", "lan", "type", "bridge",
            "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0")
        run("ip", "-n", self.lan_ns, "link", "set", "lan", "up")
        for name, bridge in self.bridge.items():
            up, down = bridge.name + "-up", bridge.name + "-dn"
            side = self.at[name].name + "-" + bridge.name
            lab.cable(side, up, self.at[name].namespace, bridge.namespace)
            self.at[name].port(side, 10 + "ABC".index(name))
            bridge.port(up, 1)
            lab.cable(down, bridge.name, bridge.namespace, self.lan_ns)
            bridge.port(down, 2)
            run("ip", "-n", bridge.namespace, "addr", "add",
                "10.99.0.%d/24" % bridge.datapath, "dev", bridge.name)
            self._join(bridge.name, "learning", "off",
                       "isolated", "off" if self.open_lan else "on")
        lab.cable("hosts", "eth0", self.lan_ns, self.hosts_ns)
        self._join("hosts")
        for host in self.silent:
            host.namespace = lab.namespace("silent%d" % host.number)
            port = "silent%d" % host.number
            lab.cable(port, "eth0", self.lan_ns, host.namespace)
            self._join(port)
            run("ip", "-n", host.namespace, "link", "set", "eth0",
                "address", host.mac)
            run("ip", "-n", host.namespace, "addr", "add", host.ip + "/8",
                "dev", "eth0")
            run("ip", "-n", self.outside_ns, "neigh", "replace", host.ip,
                "lladdr", host.mac, "dev", "eth0", "nud", "permanent")
        self.know_hosts()

    def _join(self, port, *options):
        run("ip", "-n", self.lan_ns, "link", "set", port, "master", "lan")
        if options:
            run("bridge", "-n", self.lan_ns, "link", "set", "dev", port,
                *options)

    def add_pair(self):
        """Adds two plain bridges, with nothing behind them, for a second
        dual bridge; once. Where there are two, not three."""
        if self.second:
            return
        for label, datapath in (("A", 13), ("B", 14)):
            bridge = Switch(self.lab, "b" + "cd"["AB".index(label)], datapath)
            self.second[label] = bridge
            up, side = bridge.name + "-up", self.at[label].name
            self.lab.cable(side + "-" + bridge.name, up,
                           self.at[label].namespace, bridge.namespace)
            self.at[label].port(side + "-" + bridge.name, datapath - 1)
            bridge.port(up, 1)
            run("ip", "-n", bridge.namespace, "addr", "add",
                "10.99.0.%d/24" % datapath, "dev", bridge.name)
            bridge.forget_controller()

    def second_config(self, name, interval):
        """The configuration of the second dual bridge, asked by ARP."""
        return {
            "name": name,
            "bridge": [{
                "name": label, "trunk-priority": "AB".index(label) + 1,
                "attachment": [{"node-connector": self.at[label].connector(
                    self.at[label].name + "-" + bridge.name)}],
                "target": {"ip-address": "10.99.0.%d" % bridge.datapath,
                           "mac-address": bridge.mac()}}
                for label, bridge in self.second.items()],
            "heartbeat": {"method": "dualbridge-types:arp",
                          "interval": interval},
            "failback": {"delay": 1000},
            "host": [{"mac": "52:54:02:00:00:01", "vlan": 0}]}

    def route(self):
        """Makes the bridges pass what is for one station on the other side,
        and learn nothing, as routers do. A switch would learn a host from a
        frame that the fabric floods, on the wrong side, till its next sweep
        0.5 s later."""
        for bridge in self.bridge.values():
            bridge.ofctl("del-flows")
            for flow in ("in_port=1,actions=output:2",
                         "in_port=2,actions=output:1",
                         "priority=40000,in_port=1,dl_dst=%s,actions=drop"
                         % OUTSIDE_MAC,
                         "priority=40000,dl_dst=01:00:00:00:00:00/"
                         "01:00:00:00:00:00,actions=drop"):
                bridge.ofctl("add-flow", flow)

    def know_hosts(self):
        """A hypervisor's switch knows where its hosts are."""
        rows = ["fdb replace %s dev hosts master static" % host.mac
                for host in self.hosts]
        rows += ["fdb replace %s dev silent%d master static"
                 % (host.mac, host.number) for host in self.silent]
        run("bridge", "-n", self.lan_ns, "-batch", "-",
            stdin="\n".join(rows) + "\n")

    def enable_ipv6(self):
        """Gives the bridges' own network stacks IPv6 addresses."""
        for bridge in self.bridge.values():
            run("ip", "netns", "exec", bridge.namespace, "sysctl", "-qw",
                "net.ipv6.conf.%s.disable_ipv6=0" % bridge.name)
            run("ip", "-n", bridge.namespace, "addr", "replace",
                "fd00:99::%d/64" % bridge.datapath, "dev", bridge.name,
                "nodad")

    def carrier(self, bridge):
        """What cuts a bridge's cable to the fabric."""
        return Carrier(self.bridge[bridge].namespace,
                       self.bridge[bridge].name + "-up")

    def attachment(self, bridge):
        """Interface name of a bridge's port on its switch."""
        return self.at[bridge].name + "-" + self.bridge[bridge].name

    def config(self, name="lab", method="reflect", interval=10, **more):
        """The configuration of the dual bridge, for RESTCONF."""
        bridges = []
        ip = "fd00:99::%d" if method == "nd" else "10.99.0.%d"
        for position, (label, bridge) in enumerate(self.bridge.items()):
            attachment = {"node-connector": self.at[label].connector(
                self.attachment(label))}
            bridges.append({
                "name": label, "trunk-priority": position + 1,
                "attachment": [attachment],
                "target": {"ip-address": ip % bridge.datapath,
                           "mac-address": bridge.mac()}})
            if not self.plain:
                attachment["peer"] = bridge.connector(bridge.name + "-up")
                bridges[-1]["node"] = bridge.node
        config = {
            "name": name, "bridge": bridges,
            # Its LAN knows the hosts.
            "diversion": not self.open_lan,
            "heartbeat": {"method": "dualbridge-types:" + method,
                          "interval": interval,
                          "source-address": "10.99.0.1"},
            "failback": {"delay": 1000},
            "host": [host.config() for host in self.hosts + self.silent]}
        if len(self.switch) == 2:
            config["link"] = [{
                "end-a": self.switch[1].connector("s1-s2"),
                "end-b": self.switch[2].connector("s2-s1")}]
        config.update(more)
        return config

    def remove(self):
        """Removes switches, bridges, hosts and whoever is outside."""
        for switch in (*self.switch.values(), *self.bridge.values(),
                       *self.second.values()):
            switch.remove()
        for namespace in (self.outside_ns, self.lan_ns, self.hosts_ns,
                          *(host.namespace for host in self.silent)):
            self.lab.remove(namespace)

    def connect(self, controller):
        """Connects what the controller is to have."""
        controller.connect([switch for switch in (
            *self.switch.values(), *self.bridge.values())
            if switch.node in self.nodes()])

    def nodes(self):
        return {s.node for s in (
            *self.switch.values(),
            *(() if self.plain else self.bridge.values()))}
