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
import org.eclipse.jdt.annotation.Nullable;

/**
 * A neighbour solicitation or advertisement (RFC 4861, sections 4.3 and 4.4) and its IPv6 header (RFC 8200, section 3).
 *
 * <pre>
 *  octets  field                value
 *   4      version and others   6, the others 0
 *   2      payload length       24, and the options'
 *   1      next header          58, ICMPv6
 *   1      hop limit            255: no router passed it on
 *  16, 16  source, destination
 *   1, 1   type, code           135 or 136; 0
 *   2      checksum             over a pseudo-header, too (RFC 8200, section 8.1)
 *   4      flags                of an advertisement
 *  16      target address
 *   1, 1   option               1 source or 2 target link-layer address; length 1, in units of 8 octets
 *   6      link-layer address
 * </pre>
 *
 * @param type {@link #SOLICITATION} or {@link #ADVERTISEMENT}
 * @param source who sent it
 * @param destination to whom
 * @param flags flags of an advertisement
 * @param target the address that it is about
 * @param linkLayer who has sent a solicitation, who has the target of an advertisement; may be left out
 */
record NeighbourMessage(int type, Ipv6 source, Ipv6 destination, int flags, Ipv6 target, @Nullable Mac linkLayer) {
    static final int SOLICITATION = 135;
    static final int ADVERTISEMENT = 136;
    /** Is sent by a router. */
    static final int ROUTER = 1 << 31;
    /** Answers a solicitation. */
    static final int SOLICITED = 1 << 30;
    /** May change what is known of the target. */
    static final int OVERRIDE = 1 << 29;

    private static final int HEADER = 40;
    private static final int LENGTH = 24;
    private static final int OPTION = 8;
    private static final int ICMPV6 = 58;
    private static final int HOP_LIMIT = 255;

    /** Composes the frame; the option has the frame's own source. */
    byte[] frame(final Mac to, final Mac from, final int vlan) {
        final var frame = Ethernet.compose(to, from, vlan, Ethernet.TYPE_IPV6, HEADER + LENGTH + OPTION);
        final var begin = frame.position();
        frame.putInt(6 << 28).putShort((short) (LENGTH + OPTION)).put((byte) ICMPV6).put((byte) HOP_LIMIT);
        source.write(frame);
        destination.write(frame);
        frame.put((byte) type).put((byte) 0).putShort((short) 0).putInt(flags);
        target.write(frame);
        frame.put((byte) (type == SOLICITATION ? 1 : 2)).put((byte) 1);
        from.write(frame);
        return frame.putShort(begin + HEADER + 2, checksum(frame, begin, LENGTH + OPTION)).array();
    }

    private static short checksum(final ByteBuffer packet, final int begin, final int length) {
        return Checksum.of(ICMPV6 + length + Checksum.sum(packet, begin + 8, begin + HEADER + length));
    }

    /** Tells whether an IPv6 packet, whose header is whole, is such a message, good or not. */
    static boolean isOne(final ByteBuffer packet) {
        final var begin = packet.position();
        final var type = packet.remaining() > HEADER ? Byte.toUnsignedInt(packet.get(begin + HEADER)) : 0;
        return packet.get(begin + 6) == ICMPV6 && (type == SOLICITATION || type == ADVERTISEMENT);
    }

    /**
     * Reads a message, and checks what receivers have to (RFC 4861, sections 7.1.1 and 7.1.2).
     *
     * @return the message, empty if it is malformed or another one
     */
    static Optional<NeighbourMessage> read(final ByteBuffer from) {
        final var begin = from.position();
        if (from.remaining() < HEADER + LENGTH || from.get(begin) >>> 4 != 6) {
            return Optional.empty();
        }
        final var length = Short.toUnsignedInt(from.getShort(begin + 4));
        if (length < LENGTH || length > from.remaining() - HEADER || from.get(begin + 6) != ICMPV6
                || Byte.toUnsignedInt(from.get(begin + 7)) != HOP_LIMIT || checksum(from, begin, length) != 0) {
            return Optional.empty();
        }
        final var source = Ipv6.read(from.position(begin + 8));
        final var destination = Ipv6.read(from);
        final var type = Byte.toUnsignedInt(from.get());
        final var code = from.get();
        final var flags = from.position(begin + HEADER + 4).getInt();
        final var target = Ipv6.read(from);
        if (type != SOLICITATION && type != ADVERTISEMENT || code != 0 || target.isMulticast()) {
            return Optional.empty();
        }
        Mac linkLayer = null;
        int rest = length - LENGTH;
        while (rest > 0) {
            final var at = begin + HEADER + length - rest;
            final var octets = rest < OPTION ? 0 : Byte.toUnsignedInt(from.get(at + 1)) * OPTION;
            if (octets == 0 || octets > rest) {
                return Optional.empty();
            }
            if (octets == OPTION && from.get(at) == (type == SOLICITATION ? 1 : 2)) {
                linkLayer = Mac.read(from.position(at + 2));
            }
            rest -= octets;
        }
        return Optional.of(new NeighbourMessage(type, source, destination, flags, target, linkLayer));
    }
}
