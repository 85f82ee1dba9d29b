# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Network namespaces, cables and processes that clean up after themselves."""

import atexit
import ctypes
import fcntl
import multiprocessing
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something that the user of the lab should read, in one line."""


def run(*command, stdin=None, env=None):
    """Runs a command to its end; returns what it printed, or says why not."""
    result = subprocess.run([str(word) for word in command], input=stdin,
                            capture_output=True, text=True, env=env)
    if result.returncode:
        raise LabError("%s: exit %d: %s" % (" ".join(map(str, command)),
                       result.returncode, result.stderr.strip()[-500:]))
    return result.stdout


def enter(namespace):
    """Moves the calling process into a network namespace."""
    with open("/run/netns/" + namespace, "rb") as handle:
        if LIBC.setns(handle.fileno(), CLONE_NEWNET):
            raise LabError("setns %s: %s" % (
                namespace, os.strerror(ctypes.get_errno())))


class Lab:
    """Everything that one run makes; removed when it ends, also by a signal.

    The calling process moves into a namespace of its own, so that controller
    and switches have a loopback interface and ports to themselves.
    """

    def __init__(self):
        self.tag = "db%d" % os.getpid()
        self.namespaces = []
        self.processes = []
        self.directory = tempfile.mkdtemp(prefix="dualbridge-lab-")
        self._owner = os.getpid()
        atexit.register(self.close)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, self._interrupted)
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.main = self.namespace("ctl")
        self.controller_ip = "192.0.2.1"
        run("ip", "-n", self.main, "link", "add", "mgmt", "type", "bridge")
        run("ip", "-n", self.main, "link", "set", "mgmt", "up")
        run("ip", "-n", self.main, "addr", "add", self.controller_ip + "/24",
            "dev", "mgmt")
        enter(self.main)

    def _interrupted(self, number, frame):
        if os.getpid() == self._owner:
            print("\ninterrupted, cleaning up", file=sys.stderr)
            self.close()
        os._exit(128 + number)

    def namespace(self, name):
        """Makes a namespace; returns its name."""
        full = "%s-%s" % (self.tag, name)
        run("ip", "netns", "add", full)
        self.namespaces.append(full)
        for what in ("all", "default"):
            run("ip", "netns", "exec", full, "sysctl", "-qw",
                "net.ipv6.conf.%s.disable_ipv6=1" % what)
        run("ip", "-n", full, "link", "set", "lo", "up")
        return full

    def remove(self, namespace):
        """Removes a namespace, and the cables that end in it."""
        run("ip", "netns", "del", namespace)
        self.namespaces.remove(namespace)

    def manage(self, namespace, number):
        """Connects a namespace to the controller."""
        port = "m-%d" % number
        self.cable(port, "mgmt", far_ns=namespace)
        run("ip", "link", "set", port, "master", "mgmt")
        run("ip", "-n", namespace, "addr", "add",
            "192.0.2.%d/24" % (100 + number), "dev", "mgmt")

    def cable(self, near, far, near_ns=None, far_ns=None):
        """Makes a veth pair and takes both ends up."""
        near_ns, far_ns = near_ns or self.main, far_ns or self.main
        run("ip", "-n", near_ns, "link", "add", near, "type", "veth",
            "peer", "name", far, "netns", far_ns)
        for name, namespace in ((near, near_ns), (far, far_ns)):
            run("ip", "-n", namespace, "link", "set", name, "up")

    def start(self, command, log, env=None, cwd=None, machine=False):
        """Starts a process in the background, its output in a file.

        What stands for a machine of its own goes before what only looks on:
        all of them share the cores of this one.
        """
        with open(os.path.join(self.directory, log), "ab") as out:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, env=env, cwd=cwd,
                start_new_session=True)
        self.processes.append(process)
        if machine:
            weigh(process, -10)
        return process

    def stop(self, process, patience=5):
        """Ends a process and those that it started, kindly, then not."""
        for number in (signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
            if process.poll() is not None:
                break
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            if number != signal.SIGCONT:
                try:
                    process.wait(patience)
                except subprocess.TimeoutExpired:
                    pass
        if process in self.processes:
            self.processes.remove(process)

    def close(self):
        """Ends all processes and removes namespaces and files."""
        if os.getpid() != self._owner or self._owner == 0:
            return
        self._owner = 0
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in multiprocessing.active_children():
            child.kill()
        for process in reversed(list(self.processes)):
            try:
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        if LIBC.setns(self._home, CLONE_NEWNET):
            print("could not leave %s" % self.main, file=sys.stderr)
        for name in reversed(self.namespaces):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        shutil.rmtree(self.directory, ignore_errors=True)


def weigh(process, nice):
    """Makes a session more or less important, -20..19. Where the kernel
    groups processes by session, their own nice values count only within."""
    try:
        with open("/proc/%d/autogroup" % process.pid, "w") as group:
            group.write(str(nice))
    except FileNotFoundError:
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)


class Carrier(multiprocessing.Process):
    """Takes a network interface down and up, and tells when exactly."""

    def __init__(self, namespace, interface):
        super().__init__(daemon=True)
        self.namespace, self.interface = namespace, interface
        self.near, self.far = multiprocessing.Pipe()
        self.start()
        self.near.recv()

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        enter(self.namespace)
        handle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        name = self.interface.encode()
        self.far.send(0)
        while True:
            up = self.far.recv()
            request = fcntl.ioctl(handle, 0x8913,  # SIOCGIFFLAGS
                                  struct.pack("16sH22x", name, 0))
            flags = struct.unpack("16sH22x", request)[1]
            flags = flags | 1 if up else flags & ~1  # IFF_UP
            at = time.time_ns()
            fcntl.ioctl(handle, 0x8914,  # SIOCSIFFLAGS
                        struct.pack("16sH22x", name, flags))
            self.far.send(at)

    def set(self, up):
        """Returns the time (ns) just before the change."""
        self.near.send(up)
        return self.near.recv()


def wait_for(what, condition, seconds, interval=0.05):
    """Waits until a condition is true; returns its value, or says what for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError("waited %g s for %s" % (seconds, what))
        time.sleep(interval)
