/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.StringJoiner;
import java.util.stream.LongStream;

/**
 * An IPv6 address (RFC 4291), its first octet highest.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record Ipv6(long high, long low) {
    /** No address. */
    static final Ipv6 UNSPECIFIED = new Ipv6(0, 0);

    private static final long LINK_LOCAL = 0xfe80L << 48;

    /**
     * Reads 16 octets.
     *
     * @param octets the address as a packet has it
     * @return the address
     */
    public static Ipv6 of(final byte[] octets) {
        return read(ByteBuffer.wrap(octets));
    }

    static Ipv6 read(final ByteBuffer from) {
        return new Ipv6(from.getLong(), from.getLong());
    }

    /**
     * Derives a link-local address; its last 24 bits are the MAC address's (RFC 4291, appendix A).
     *
     * @param mac a MAC address
     * @return fe80::/64 and the modified EUI-64 identifier
     */
    static Ipv6 linkLocal(final Mac mac) {
        final var inverted = mac.bits() ^ 0x0200_0000_0000L;
        return new Ipv6(LINK_LOCAL, inverted >>> 24 << 40 | 0xff_fe00_0000L | inverted & 0xff_ffffL);
    }

    boolean isMulticast() {
        return high >>> 56 == 0xff;
    }

    void write(final ByteBuffer to) {
        to.putLong(high).putLong(low);
    }

    /** As eight groups of hexadecimal digits (RFC 4291, section 2.2, form 1). */
    @Override
    public String toString() {
        final var text = new StringJoiner(":");
        LongStream.of(high, low).forEach(half -> {
            for (int shift = 48; shift >= 0; shift -= 16) {
                text.add(Long.toHexString(half >>> shift & 0xffff));
            }
        });
        return text.toString();
    }
}
