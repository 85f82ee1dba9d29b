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

/** The Ethernet header, with or without an IEEE 802.1Q tag, and the padding behind the payload. */
final class Ethernet {
    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_ARP = 0x0806;
    static final int TYPE_RARP = 0x8035;
    static final int TYPE_VLAN = 0x8100;
    static final int TYPE_IPV6 = 0x86dd;
    /** IEEE Std 802, Local Experimental Ethertype 1. */
    static final int TYPE_PROBE = 0x88b5;

    private static final int MIN_LENGTH = 60;
    private static final int TAG_LENGTH = 4;
    /** Never in a frame (IEEE Std 802.1Q, table 9-2). */
    private static final int RESERVED_VLAN = 0xfff;

    private Ethernet() {
        // composes and reads only
    }

    /**
     * Begins a frame. The buffer is as long as the frame will be: at least 60 octets without the tag (IEEE 802.3
     * minimum less the FCS), so that a switch that removes the tag still has a whole frame.
     *
     * @param vlan VLAN identifier, 0 for none
     */
    static ByteBuffer compose(final Mac destination, final Mac source, final int vlan, final int type,
            final int payload) {
        final var tag = vlan == 0 ? 0 : TAG_LENGTH;
        final var frame = ByteBuffer.allocate(Math.max(MIN_LENGTH, 14 + payload) + tag);
        destination.write(frame);
        source.write(frame);
        if (tag != 0) {
            frame.putShort((short) TYPE_VLAN).putShort((short) vlan);
        }
        return frame.putShort((short) type);
    }

    /**
     * How a frame of a station begins.
     *
     * @param source the station's MAC address
     * @param vlan VLAN identifier, 0 for untagged
     * @param type the ethertype
     */
    record Header(Mac source, int vlan, int type) {
    }

    /**
     * Moves past the header.
     *
     * @return the header, empty if the frame is too short to have one, or no station can have sent it
     */
    static Optional<Header> read(final ByteBuffer frame) {
        final var begin = frame.position();
        final var vlan = vlan(frame);
        final var type = skipHeader(frame);
        if (type < 0) {
            return Optional.empty();
        }
        final var source = Mac.read(frame.duplicate().position(begin + 6));
        return source.isGroup() || source.bits() == 0 || vlan == RESERVED_VLAN ? Optional.empty()
            : Optional.of(new Header(source, vlan, type));
    }

    /**
     * Tells the VLAN of a frame.
     *
     * @return VLAN identifier, 0 for untagged
     */
    static int vlan(final ByteBuffer frame) {
        final var begin = frame.position();
        return frame.remaining() >= 14 + TAG_LENGTH && Short.toUnsignedInt(frame.getShort(begin + 12)) == TYPE_VLAN
            ? frame.getShort(begin + 14) & 0xfff : 0;
    }

    /**
     * Moves past the addresses and a tag.
     *
     * @return the ethertype, or -1 if the frame is too short to have one
     */
    static int skipHeader(final ByteBuffer frame) {
        if (frame.remaining() < 14) {
            return -1;
        }
        frame.position(frame.position() + 12);
        final var type = Short.toUnsignedInt(frame.getShort());
        if (type != TYPE_VLAN) {
            return type;
        }
        if (frame.remaining() < TAG_LENGTH) {
            return -1;
        }
        frame.getShort();
        return Short.toUnsignedInt(frame.getShort());
    }
}
