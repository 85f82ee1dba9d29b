/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 packet (RFC 791, section 3.1), neither a fragment nor with options.
 *
 * <pre>
 *  octets  field                   value
 *   1      version, header length  4, 5 words
 *   1      type of service         0xc0: CS6, network control (RFC 4594, section 3.1)
 *   2      total length            20 and the payload's
 *   2      identification          0, as RFC 6864, section 4.1, allows
 *   2      flags, fragment offset  0x4000: don't fragment
 *   1      time to live            1: no router passes it on
 *   1      protocol
 *   2      header checksum
 *   4, 4   source, destination
 * </pre>
 *
 * @param hops its time to live
 * @param protocol what the payload is
 * @param source who sent it
 * @param destination to whom
 * @param payload the payload alone, from position 0 to its capacity
 */
record Ipv4(int hops, int protocol, int source, int destination, ByteBuffer payload) {
    static final int ICMP = 1;
    static final int UDP = 17;
    static final int LENGTH = 20;

    private static final int DONT_FRAGMENT = 0x4000;

    static void header(final ByteBuffer to, final int protocol, final int payload, final int source,
            final int destination) {
        final var begin = to.position();
        to.putShort((short) 0x45c0).putShort((short) (LENGTH + payload)).putShort((short) 0)
            .putShort((short) DONT_FRAGMENT).put((byte) 1).put((byte) protocol).putShort((short) 0)
            .putInt(source).putInt(destination);
        to.putShort(begin + 10, Checksum.of(Checksum.sum(to, begin, begin + LENGTH)));
    }

    /**
     * Reads a packet; octets behind it are padding.
     *
     * @return the packet, empty if it is malformed, a fragment, or has options
     */
    static Optional<Ipv4> read(final ByteBuffer from) {
        final var begin = from.position();
        if (from.remaining() < LENGTH || from.get(begin) != 0x45) {
            return Optional.empty();
        }
        final var length = Short.toUnsignedInt(from.getShort(begin + 2));
        if (length < LENGTH || length > from.remaining() || (from.getShort(begin + 6) & ~DONT_FRAGMENT) != 0
                || Checksum.of(Checksum.sum(from, begin, begin + LENGTH)) != 0) {
            return Optional.empty();
        }
        return Optional.of(new Ipv4(Byte.toUnsignedInt(from.get(begin + 8)),
            Byte.toUnsignedInt(from.get(begin + 9)), from.getInt(begin + 12),
            from.getInt(begin + 16), from.slice(begin + LENGTH, length - LENGTH)));
    }
}
