/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Answers frames as an IP stack does, with octets of its own, for tests. */
final class IpStack {
    private IpStack() {
        // answers only
    }

    /** Where the packet begins, behind the Ethernet header and a tag. */
    static int packet(final byte[] frame) {
        return frame[12] == (byte) 0x81 ? 18 : 14;
    }

    /** Answers echo (RFC 792): addresses swapped, type 0, the rest as it was. */
    static byte[] echo(final byte[] probe) {
        final var reply = swapped(probe);
        reply[packet(probe) + 20] = 0;
        return icmpSummed(reply);
    }

    static byte[] icmpSummed(final byte[] frame) {
        final var icmp = packet(frame) + 20;
        return summed(frame, icmp, icmp + 2, 0);
    }

    /** Sends a datagram back (RFC 862): addresses and ports swapped. */
    static byte[] datagram(final byte[] probe) {
        final var reply = swapped(probe);
        final var udp = packet(probe) + 20;
        System.arraycopy(probe, udp, reply, udp + 2, 2);
        System.arraycopy(probe, udp + 2, reply, udp, 2);
        return udpSummed(reply);
    }

    static byte[] udpSummed(final byte[] frame) {
        final var udp = packet(frame) + 20;
        return summed(frame, udp - 8, udp + 6, 17 + frame.length - udp);
    }

    /** Answers a solicitation (RFC 4861, section 7.2.4), without the option that it may leave out. */
    static byte[] advertise(final byte[] probe, final Mac mac) {
        final var packet = packet(probe);
        final var reply = ByteBuffer.wrap(Arrays.copyOf(probe, packet + 64));
        reply.put(0, probe, 6, 6);
        mac.write(reply.position(6));
        reply.putShort(packet + 4, (short) 24);
        reply.put(packet + 8, probe, packet + 48, 16);
        reply.put(packet + 24, probe, packet + 8, 16);
        reply.put(packet + 40, (byte) 136).putInt(packet + 44, 0x4000_0000);
        return icmpv6Summed(reply.array());
    }

    static byte[] icmpv6Summed(final byte[] frame) {
        final var packet = packet(frame);
        return summed(frame, packet + 8, packet + 42, 58 + frame.length - packet - 40);
    }

    static byte[] ipv4Summed(final byte[] frame) {
        final var packet = packet(frame);
        final var header = summed(Arrays.copyOfRange(frame, packet, packet + 20), 0, 10, 0);
        System.arraycopy(header, 0, frame, packet, 20);
        return frame;
    }

    private static byte[] swapped(final byte[] probe) {
        final var reply = probe.clone();
        final var packet = packet(probe);
        System.arraycopy(probe, 0, reply, 6, 6);
        System.arraycopy(probe, 6, reply, 0, 6);
        System.arraycopy(probe, packet + 12, reply, packet + 16, 4);
        System.arraycopy(probe, packet + 16, reply, packet + 12, 4);
        return reply;
    }

    /** Fills a checksum in, over what is from a position to the end: the sum modulo 65535 has to be 0. */
    private static byte[] summed(final byte[] octets, final int from, final int at, final int more) {
        final var buffer = ByteBuffer.wrap(octets);
        buffer.putShort(at, (short) 0);
        long sum = more;
        for (int i = from; i < octets.length; i++) {
            sum += (long) Byte.toUnsignedInt(octets[i]) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        return buffer.putShort(at, (short) (0xffff - sum % 0xffff)).array();
    }
}
