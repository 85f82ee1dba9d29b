# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A simulated machine with Open vSwitch: its own database and its own switch
process, so that it can be killed or frozen alone."""

import os
import re
import shutil
import signal

from lab.net import run, wait_for

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


class Switch:
    """One Open vSwitch bridge with the userspace datapath, OpenFlow 1.3, in
    a namespace of its own, with a cable to the controller's; not connected to
    it until told."""

    def __init__(self, lab, name, datapath, ageing=300):
        self.lab = lab
        self.name = name
        self.namespace = lab.namespace(name)
        lab.manage(self.namespace, datapath)
        self.datapath = datapath
        self.node = "openflow:%d" % datapath
        self.directory = os.path.join(lab.directory, name)
        shutil.rmtree(self.directory, ignore_errors=True)
        os.mkdir(self.directory)
        self.env = dict(os.environ, OVS_RUNDIR=self.directory,
                        OVS_LOGDIR=self.directory, OVS_DBDIR=self.directory)
        self.database = "unix:%s/db.sock" % self.directory
        run("ovsdb-tool", "create", self.directory + "/conf.db", SCHEMA)
        self.server = lab.start(
            ["ovsdb-server", self.directory + "/conf.db",
             "--remote=p" + self.database], name + "-db.log", self.env)
        wait_for(name + "'s database",
                 lambda: os.path.exists(self.directory + "/db.sock"), 10)
        # A small machine's threads; and few cached flows, since every change
        # of a table takes effect for the cached ones one by one.
        self.vsctl("--no-wait", "init", "--", "set", "Open_vSwitch", ".",
                   "other_config:n-handler-threads=1",
                   "other_config:n-revalidator-threads=1",
                   "other_config:max-idle=1000")
        self.process = None
        self.start()
        self.vsctl(
            "add-br", name, "--", "set", "bridge", name,
            "datapath_type=netdev", "protocols=OpenFlow13",
            "fail-mode=secure", "other-config:datapath-id=%016x" % datapath,
            "other-config:mac-table-size=65536",
            "other-config:mac-aging-time=%d" % ageing,
            "other-config:disable-in-band=true")
        run("ip", "-n", self.namespace, "link", "set", name, "up")
        self.ports = {}

    def vsctl(self, *words):
        return run("ovs-vsctl", "--timeout=20", "--db=" + self.database,
                   *words, env=self.env)

    def ofctl(self, command, *words):
        """Asks the switch itself; works while no controller is there."""
        return run("ovs-ofctl", "-OOpenFlow13", command,
                   "unix:%s/%s.mgmt" % (self.directory, self.name), *words,
                   env=self.env)

    def appctl(self, *words):
        return run("ovs-appctl", "-t",
                   "%s/ovs-vswitchd.%d.ctl" % (self.directory,
                                               self.process.pid),
                   *words, env=self.env)

    def port(self, interface, number):
        self.ports[interface] = number
        self.vsctl("add-port", self.name, interface, "--", "set",
                   "interface", interface, "ofport_request=%d" % number)

    def connector(self, interface):
        return "%s:%d" % (self.node, self.ports[interface])

    def mac(self):
        """Address of its own network stack."""
        return run("ip", "netns", "exec", self.namespace, "cat",
                   "/sys/class/net/%s/address" % self.name).strip()

    def connect(self):
        """Connects to the controller, anew where it was."""
        self.vsctl("del-controller", self.name)
        self.vsctl("set-controller", self.name,
                   "tcp:%s:6653" % self.lab.controller_ip, "--", "set",
                   "controller", self.name, "max_backoff=1000",
                   "inactivity_probe=5000")

    def no_flood(self, interface):
        """Keeps floods from a port: what a spanning tree would do; OpenFlow
        1.3 has no word for it. A controller would be connected anew."""
        protocols = "protocols=%s"
        self.vsctl("set", "bridge", self.name,
                   protocols % "OpenFlow10,OpenFlow13")
        run("ovs-ofctl", "-OOpenFlow10", "mod-port",
            "unix:%s/%s.mgmt" % (self.directory, self.name), interface,
            "no-flood", env=self.env)
        self.vsctl("set", "bridge", self.name, protocols % "OpenFlow13")

    def forget_controller(self):
        """Makes it a bridge that learns addresses, and nothing more."""
        self.vsctl("del-controller", self.name, "--",
                   "set-fail-mode", self.name, "standalone")

    def start(self):
        self.process = self.lab.start(
            ["ip", "netns", "exec", self.namespace,
             "ovs-vswitchd", self.database, "--pidfile",
             "--log-file=%s/vswitchd.log" % self.directory],
            self.name + ".log", self.env, machine=True)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.lab.processes.remove(self.process)

    def remove(self):
        """Ends the machine, with its namespace and cables."""
        self.lab.stop(self.process)
        self.lab.stop(self.server)
        # At once: the kernel takes a namespace down in its own time.
        run("ip", "link", "del", "m-%d" % self.datapath)
        self.lab.remove(self.namespace)

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def learned(self):
        """The switch's own MAC table: (VLAN, MAC) -> port number."""
        rows = self.appctl("fdb/show", self.name).splitlines()[1:]
        return {(int(vlan), mac): port for port, vlan, mac, _ in
                (row.split() for row in rows)}

    def flows(self):
        return [line.strip() for line in
                self.ofctl("dump-flows", "--no-stats").splitlines()
                if "priority" in line or "actions" in line]

    def groups(self):
        """Group id -> text of its buckets."""
        return dict(re.findall(r"group_id=(\d+),(\S*)",
                               self.ofctl("dump-groups")))
