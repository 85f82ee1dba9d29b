# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A minimal OpenFlow 1.3 client: as fast as announcements can be, from one
socket, with every message encoded beforehand (OpenFlow Switch Specification
1.3.5, section 7)."""

import socket
import struct

VERSION = 4
HELLO, ECHO_REQUEST, ECHO_REPLY, PACKET_OUT = 0, 2, 3, 13
BARRIER_REQUEST, BARRIER_REPLY, ERROR = 20, 21, 1
NORMAL, NO_BUFFER = 0xfffffffa, 0xffffffff
ETH_DST = 0x80000606  # OpenFlow basic class, field 3, 6 octets
RARP = 0x8035


def message(kind, xid, body=b""):
    return struct.pack("!BBHI", VERSION, kind, 8 + len(body), xid) + body


def output(port):
    return struct.pack("!HHIH6x", 0, 16, port, 0xffff)


def set_destination(mac):
    return struct.pack("!HHI6s2x", 25, 16, ETH_DST, mac)


def packet_out(xid, in_port, actions, frame):
    return message(PACKET_OUT, xid, struct.pack(
        "!IIH6x", NO_BUFFER, in_port, len(actions)) + actions + frame)


def rarp(mac, vlan, address):
    """The frame that Dualbridge announces a host with (RFC 903)."""
    tag = struct.pack("!HH", 0x8100, vlan) if vlan else b""
    return (b"\xff" * 6 + mac + tag + struct.pack(
        "!HHHBBH6s4s6s4s", RARP, 1, 0x0800, 6, 4, 3, mac, address, mac,
        address)).ljust(60 + len(tag), b"\0")


def announcements(hosts, in_port, out_ports):
    """The messages that announce hosts, as Dualbridge sends them: copies by
    the ports, then one that teaches the switch alone."""
    messages = []
    for xid, host in enumerate(hosts):
        mac = bytes.fromhex(host.mac.replace(":", ""))
        frame = rarp(mac, host.vlan, socket.inet_aton(host.ip))
        actions = b"".join(output(port) for port in out_ports)
        messages.append(packet_out(xid, in_port, actions
                                   + set_destination(mac) + output(NORMAL),
                                   frame))
    return messages


class Client:
    """A connection to a switch that listens."""

    def __init__(self, address):
        self.wire = socket.create_connection(address, timeout=10)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.sendall(message(HELLO, 0))
        self._until(HELLO)

    def _read(self, length):
        data = b""
        while len(data) < length:
            part = self.wire.recv(length - len(data))
            if not part:
                raise ConnectionError("the switch closed the connection")
            data += part
        return data

    def _until(self, wanted):
        while True:
            _, kind, length, xid = struct.unpack("!BBHI", self._read(8))
            body = self._read(length - 8)
            if kind == wanted:
                return xid
            if kind == ERROR:
                raise ConnectionError("the switch refused: type %d, code %d"
                                      % struct.unpack_from("!HH", body))
            if kind == ECHO_REQUEST:
                self.wire.sendall(message(ECHO_REPLY, xid, body))

    def barrier(self):
        self.wire.sendall(message(BARRIER_REQUEST, 0))
        self._until(BARRIER_REPLY)

    def send(self, messages, window):
        """Sends them, and waits for a barrier after each window."""
        for at in range(0, len(messages), window):
            self.wire.sendall(b"".join(messages[at:at + window]))
            self.barrier()

    def close(self):
        self.wire.close()
