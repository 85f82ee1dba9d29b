# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Numbered frames between somebody outside and the hosts, and what became of
every one of them. Measured on the wire: times are the kernel's."""

import ctypes
import multiprocessing
import os
import random
import select
import signal
import socket
import struct
import time

from lab.fabric import OUTSIDE_IP, OUTSIDE_MAC
from lab.net import LIBC, enter, weigh

MAGIC = b"DBTF"
ETHERTYPE = 0x88b6  # IEEE Std 802, Local Experimental Ethertype 2
IPV4 = 0x0800
DOWN, UP, BROADCAST = 0, 1, 0xffffffff
BODY = struct.Struct("!4sIIIIQ")  # magic, run, direction, stream, number, at
RECORD = struct.Struct("IIIQQ")  # direction, stream, number, sent, received
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
LATE_NS = 500_000_000


def octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def header(destination, source, vlan):
    tag = struct.pack("!HH", 0x8100, vlan) if vlan else b""
    return (octets(destination) + octets(source) + tag
            + struct.pack("!H", ETHERTYPE))


def routed_header(gateway, source_ip, destination_ip):
    """Ethernet, IPv4 and UDP (discard, no checksum): by way of a gateway."""
    length = 28 + BODY.size
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 17, 0,
                     socket.inet_aton(source_ip),
                     socket.inet_aton(destination_ip))
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xffff) + (total >> 16)
    checksum = ~(total + (total >> 16)) & 0xffff
    return (octets(gateway) + octets(OUTSIDE_MAC) + struct.pack("!H", IPV4)
            + ip[:10] + struct.pack("!H", checksum) + ip[12:]
            + struct.pack("!HHHH", 9, 9, length - 20, 0))


class Station(multiprocessing.Process):
    """Sends streams in turn at a rate, and records what it receives."""

    def __init__(self, run_id, namespace, direction, headers, rate, path,
                 ethertype=ETHERTYPE):
        super().__init__(daemon=True)
        self.ethertype = ethertype
        self.body_at = 14 if ethertype == ETHERTYPE else 42
        self.run_id = run_id
        self.namespace, self.direction = namespace, direction
        self.headers, self.rate, self.path = headers, rate, path
        self.stopping = multiprocessing.Event()

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.nice(-5)
        enter(self.namespace)
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(self.ethertype))
        wire.bind(("eth0", self.ethertype))
        wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        wire.setblocking(False)
        sent, received = bytearray(), bytearray()
        while not self.stopping.is_set():
            self._work(wire, sent, received, time.monotonic() + 0.05)
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            self._receive(wire, received)
            time.sleep(0.005)
        with open(self.path, "wb") as out:
            out.write(struct.pack("Q", len(sent)) + sent + received)
        os._exit(0)

    _due = 0
    _count = 0

    def _work(self, wire, sent, received, until):
        period = int(1e9 / self.rate)
        while time.monotonic() < until:
            now = time.monotonic_ns()
            if now - self._due > 20_000_000:
                self._due = now  # no bursts to catch up
            while self.headers and self._due <= now:
                self._send(wire, sent)
                self._due += period
                now = time.monotonic_ns()
            self._receive(wire, received)
            wait = (self._due - time.monotonic_ns() if self.headers
                    else 20_000_000)
            if wait > 0:
                select.select([wire], [], [], wait / 1e9)

    def _send(self, wire, sent):
        stream, head = self.headers[self._count % len(self.headers)]
        number = self._count
        self._count += 1
        now = time.time_ns()
        frame = head + BODY.pack(MAGIC, self.run_id, self.direction, stream,
                                 number, now)
        try:
            wire.send(frame.ljust(64, b"\0"))
        except (BlockingIOError, OSError):
            return  # the cable is down or full: never sent
        sent += RECORD.pack(self.direction, stream, number, now, 0)

    def _receive(self, wire, received):
        for _ in range(200):
            try:
                data, ancillary, _, address = wire.recvmsg(128, 64)
            except BlockingIOError:
                return
            if (address[2] == socket.PACKET_OUTGOING
                    or len(data) < self.body_at + BODY.size):
                continue
            magic, run_id, direction, stream, number, sent = (
                BODY.unpack_from(data, self.body_at))
            # Frames of an earlier run may sit in a frozen bridge till now.
            if magic == MAGIC and run_id == self.run_id:
                seconds, nanos = struct.unpack("qq", ancillary[0][2])
                received += RECORD.pack(direction, stream, number, sent,
                                        seconds * 1_000_000_000 + nanos)


class IoVector(ctypes.Structure):
    """struct iovec of readv(2)."""

    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr of sendmmsg(2), for one frame."""

    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint),
                ("vectors", ctypes.POINTER(IoVector)),
                ("vector_count", ctypes.c_size_t),
                ("control", ctypes.c_void_p),
                ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


class Flood(multiprocessing.Process):
    """Sends frames in turn, many with each system call, so that one core has
    some left. A frame that the cable does not take counts as not sent."""

    BURST = 64

    def __init__(self, namespace, interface, frames, rate, seconds):
        super().__init__(daemon=True)
        self.namespace, self.interface = namespace, interface
        self.frames = frames * (1 + self.BURST // len(frames))
        self.rate, self.seconds = rate, seconds
        self.count = multiprocessing.Value("q", 0)
        self.took = multiprocessing.Value("d", 0)

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        weigh(self, -10)
        enter(self.namespace)
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind((self.interface, 0))
        vectors = (IoVector * len(self.frames))(*(
            (frame, len(frame)) for frame in self.frames))
        messages = (Message * len(self.frames))()
        for at, message in enumerate(messages):
            message.vectors = ctypes.pointer(vectors[at])
            message.vector_count = 1
        begin = time.monotonic()
        now, sent, at = 0.0, 0, 0
        while now < self.seconds:
            due = min(int(now * self.rate) - sent, self.BURST,
                      len(self.frames) - at)
            if due > 0:
                done = LIBC.sendmmsg(wire.fileno(), ctypes.byref(
                    messages, at * ctypes.sizeof(Message)), due, 0)
                sent += max(done, 0)
                at = (at + due) % len(self.frames)
            else:
                time.sleep(0.0003)
            now = time.monotonic() - begin
        self.count.value, self.took.value = sent, now
        os._exit(0)

    @property
    def real_rate(self):
        """Frames per second, on average, once it has ended."""
        return self.count.value / self.took.value if self.took.value else 0


class Traffic:
    """Traffic in both directions while a `with` block runs: to all hosts in
    a random order, again and again, and from the speakers. There is a
    broadcast in so many turns, and in 100 frames. Through a gateway all is
    IPv4, to the hosts only."""

    def __init__(self, fabric, hosts, rate=1000, up_rate=250, speakers=None,
                 gateway=None, turns=1):
        self.rate = rate
        self.hosts = hosts
        run_id = time.monotonic_ns() & 0xffffffff
        base = os.path.join(fabric.lab.directory, "traffic-")
        if gateway:
            down = [(host.number, routed_header(gateway, OUTSIDE_IP, host.ip))
                    for host in hosts]
        else:
            down = [(host.number, header(host.mac, OUTSIDE_MAC, host.vlan))
                    for host in hosts]
        random.Random(1).shuffle(down)
        down *= turns
        if not gateway:
            # One broadcast in a hundred frames or so: where a loop would show.
            for at in range(0, len(down) + 1, 100):
                down.insert(at, (BROADCAST, header("ff:ff:ff:ff:ff:ff",
                                                   OUTSIDE_MAC, 0)))
        up = [(host.number, header(OUTSIDE_MAC, host.mac, host.vlan))
              for host in (hosts[:50] if speakers is None else speakers)]
        kind = IPV4 if gateway else ETHERTYPE
        self.stations = [
            Station(run_id, fabric.outside_ns, DOWN, down, rate, base + "out",
                    kind),
            Station(run_id, fabric.hosts_ns, UP, up, up_rate, base + "hosts",
                    kind)]
        self.period = len(down) / turns / rate

    def __enter__(self):
        for station in self.stations:
            station.start()
        return self

    def __exit__(self, *failure):
        for station in self.stations:
            station.stopping.set()
        for station in self.stations:
            station.join(10)
            station.kill()
        if not failure[0]:
            self._read()

    def _read(self):
        self.sent, self.copies, self.looped = {DOWN: [], UP: []}, {}, []
        for station in self.stations:
            with open(station.path, "rb") as file:
                (length,) = struct.unpack("Q", file.read(8))
                data = file.read()
            for direction, stream, number, at, _ in RECORD.iter_unpack(
                    data[:length]):
                self.sent[direction].append((stream, number, at))
            for direction, stream, number, at, came in RECORD.iter_unpack(
                    data[length:]):
                if direction == station.direction:
                    self.looped.append((direction, stream, number, at,
                                        came))
                else:
                    self.copies.setdefault(
                        (direction, stream, number), []).append(came - at)

    @property
    def rate_sent(self):
        """Frames per second that were sent to the hosts."""
        times = [at for _, _, at in self.sent[DOWN]]
        return 1e9 * len(times) / max(times[-1] - times[0], 1)

    def duplicates(self):
        return sum(len(times) - 1 for times in self.copies.values())

    def between(self, begin, end):
        """What became of the frames sent in a span of time (ns)."""
        return Span(self, begin, end)


class Span:
    """Losses after one event."""

    def __init__(self, traffic, begin, end):
        self.period = traffic.period
        self.begin = begin
        self.sent = self.lost = 0
        self.dark = {}  # host: time of its last lost frame after the event
        self.samples = []  # frames to hosts: ms after the event, is it lost
        self.up_dark = 0.0
        for direction in (DOWN, UP):
            for stream, number, at in traffic.sent[direction]:
                if not begin - 50_000_000 <= at < end:
                    continue
                self.sent += 1
                times = traffic.copies.get((direction, stream, number))
                lost = not times or min(times) >= LATE_NS
                if direction == DOWN and stream != BROADCAST:
                    self.samples.append(((at - begin) / 1e6, lost))
                if not lost:
                    continue
                self.lost += 1
                dark = max((at - begin) / 1e6, 0.0)
                if direction == UP:
                    self.up_dark = max(self.up_dark, dark)
                elif stream != BROADCAST:
                    self.dark[stream] = max(self.dark.get(stream, 0), dark)

    @property
    def worst(self):
        """Milliseconds from the event to the last frame that any host
        missed."""
        return max(self.dark.values(), default=0.0)

    @property
    def median(self):
        values = sorted(self.dark.values())
        return values[len(values) // 2] if values else 0.0
