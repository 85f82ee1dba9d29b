# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The controller: our Karaf distribution, and a RESTCONF client."""

import base64
import glob
import json
import os
import signal
import subprocess
import tarfile
import time
import urllib.error
import urllib.request

from lab.net import LabError, run, wait_for, weigh

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TREE = "dualbridge:dual-bridges"


class Refused(LabError):
    """RESTCONF said no; `status` has the code, `message` the reason."""

    def __init__(self, status, body):
        self.status = status
        try:
            errors = json.loads(body)["errors"]["error"]
            self.message = "; ".join(str(e.get("error-message", e))
                                     for e in errors)
        except (ValueError, KeyError, TypeError):
            self.message = body
        super().__init__("RESTCONF answered %d: %s" % (status, self.message))


class Restconf:
    """A RESTCONF client (RFC 8040), nothing but the standard library."""

    def __init__(self, base="http://127.0.0.1:8181/rests"):
        self.base = base
        self.auth = "Basic " + base64.b64encode(b"admin:admin").decode()

    def request(self, method, path, body=None, timeout=60):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, method=method, headers={
                "Authorization": self.auth,
                "Accept": "application/yang-data+json",
                "Content-Type": "application/yang-data+json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                text = reply.read().decode()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode()) from None

    @staticmethod
    def path(name, rest=""):
        return "/data/%s/dual-bridge=%s%s" % (TREE, name, rest)

    def configure(self, config):
        self.request("PUT", self.path(config["name"]),
                     {"dualbridge:dual-bridge": [config]})

    def remove(self, name):
        self.request("DELETE", self.path(name))

    def patch(self, config):
        self.request("PATCH", self.path(config["name"]),
                     {"dualbridge:dual-bridge": [config]})

    def status(self, name):
        """State of a dual bridge; {} while there is none."""
        try:
            reply = self.request("GET", self.path(
                name, "?content=nonconfig"))
        except Refused as refusal:
            if refusal.status in (404, 409):
                return {}
            raise
        return reply["dualbridge:dual-bridge"][0]

    def group(self, name, *members):
        """Makes a sync group; without members, removes it."""
        path = "/data/%s/sync-group=%s" % (TREE, name)
        if members:
            self.request("PUT", path, {"dualbridge:sync-group": [
                {"name": name, "member": list(members)}]})
        else:
            self.request("DELETE", path)

    def report(self, name, bridge, healthy, **more):
        """Tells how a bridge, or the condition of a tracker, is."""
        self.request("POST", "/operations/dualbridge:report-health", {
            "dualbridge:input": {"dual-bridge": name, "bridge": bridge,
                                 "healthy": healthy, **more}})

    def maintenance(self, bridge, out=True, **more):
        """Takes a bridge out of service, or back."""
        return self.request("POST", "/operations/dualbridge:" + (
            "evacuate-bridge" if out else "return-bridge"), {
                "dualbridge:input": {"bridge": bridge, **more}})

    def switchover(self, name, bridge):
        return self.request("POST", "/operations/dualbridge:switchover", {
            "dualbridge:input": {"dual-bridge": name, "bridge": bridge}})


class Controller:
    """A Karaf with the plugin, unpacked into a folder of its own."""

    def __init__(self, lab, java_home, directory=None):
        self.lab = lab
        self.java_home = java_home
        self.directory = directory or os.path.join(lab.directory, "karaf")
        self.restconf = Restconf()
        self.process = None
        if not directory:
            with tarfile.open(self.archive()) as tar:
                top = tar.getmembers()[0].name.split("/")[0]
                tar.extractall(lab.directory)
            os.rename(os.path.join(lab.directory, top), self.directory)

    @staticmethod
    def archive():
        found = glob.glob(os.path.join(
            ROOT, "karaf-distribution/target/dualbridge-karaf-*.tar.gz"))
        if not found:
            raise LabError("no distribution, build it: ./mvnw package")
        return max(found, key=os.path.getmtime)

    def start(self, ready=None):
        """Starts Karaf; returns the seconds until the plugin answered."""
        began = time.monotonic()
        self.process = self.lab.start(
            [self.directory + "/bin/karaf", "server"], "karaf.log",
            dict(os.environ, JAVA_HOME=self.java_home), self.directory,
            machine=True)
        try:
            wait_for("the controller to answer", ready or self.answers, 120,
                     0.25)
        except LabError as error:
            raise LabError("%s; it complains:\n%s" % (
                error, self.complaints())) from None
        return time.monotonic() - began

    def answers(self):
        """Is the plugin's state there by RESTCONF?"""
        if self.process.poll() is not None:
            raise LabError("the controller ended: " + self.log_tail())
        try:
            self.restconf.request("GET", "/data/%s/state" % TREE, timeout=5)
            return True
        except (Refused, OSError):
            return False

    def has_shell(self):
        """Does Karaf's shell take commands?"""
        try:
            return "Started" in self.shell("feature:list -i", 10)
        except LabError:
            return False

    def settle(self, seconds=30):
        """Waits until the virtual machine has compiled what it runs most."""
        def calm():
            before = self.cpu_seconds()
            time.sleep(1)
            return self.cpu_seconds() - before < 0.35
        try:
            wait_for("the controller to settle", calm, seconds, 0)
        except LabError:
            pass  # a busy machine; figures will say so

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.pid()) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def shell(self, command, seconds=60):
        """Runs a command in Karaf's shell; returns what it printed."""
        client = subprocess.Popen(
            [self.directory + "/bin/client", "-u", "karaf", "-p", "karaf",
             command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            env=dict(os.environ, JAVA_HOME=self.java_home))
        try:
            weigh(client, 15)  # what is measured goes before it
            # The client ends when its input does, so that stays open.
            client.wait(seconds)
            if client.returncode:
                raise LabError("%s: exit %d: %s" % (
                    command, client.returncode, client.stderr.read()[-500:]))
            return client.stdout.read()
        except subprocess.TimeoutExpired:
            raise LabError("%s: no end in %d s" % (command, seconds)) from None
        finally:
            client.kill()
            client.communicate()

    def pid(self):
        """The Java process below Karaf's script."""
        listing = run("ps", "-o", "pid=,comm=", "-g",
                      str(self.process.pid)).split("\n")
        java = [int(line.split()[0]) for line in listing
                if line.strip().endswith("java")]
        return java[0]

    def log(self):
        try:
            with open(self.directory + "/data/log/karaf.log") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def log_tail(self):
        return self.log()[-600:]

    def complaints(self, lines=12):
        """The last lines of its log that are more than information."""
        return "\n".join([line[:400] for line in self.log().splitlines()
                          if " | WARN " in line or " | ERROR " in line
                          or "Exception" in line][-lines:])

    def stall(self, seconds):
        """Stops the virtual machine for a while."""
        os.kill(self.pid(), signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.pid(), signal.SIGCONT)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.lab.processes.remove(self.process)

    def connect(self, switches):
        """Connects switches, one by one. Of several that come at once,
        OpenDaylight loses one now and then (a ConcurrentModificationException
        in its ActiveServiceGroup), and does not quite recover."""
        for switch in switches:
            def there(node=switch.node):
                return node in self.connected()
            if not there():
                switch.connect()
                try:
                    wait_for("%s to be connected" % switch.name, there, 30)
                except LabError as error:
                    raise LabError("%s; the controller complains:\n%s" % (
                        error, self.complaints())) from None

    def connected(self):
        """Node ids of the switches that the controller has."""
        try:
            reply = self.restconf.request(
                "GET", "/data/opendaylight-inventory:nodes"
                "?content=nonconfig&fields=node/id")
        except Refused:
            return set()
        nodes = (reply or {}).get("opendaylight-inventory:nodes", {}).get(
            "node", [])
        return {node["id"] for node in nodes}
