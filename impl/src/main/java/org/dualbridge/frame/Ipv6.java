/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import com.google.common.net.InetAddresses;
import java.nio.ByteBuffer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
    /** ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
    private static final long MAPPED = 0xffffL << 32;
    private static final int GROUPS = 8;

    /**
     * Reads an address.
     *
     * @param text the address in any of its forms (RFC 4291, section 2.2), without a zone
     * @return the address; one that is mapped to IPv4 stays an IPv6 address, as it would not in Java
     * @throws IllegalArgumentException if it is none
     */
    public static Ipv6 parse(final String text) {
        final var octets = InetAddresses.forString(text).getAddress();
        if (octets.length == Integer.BYTES) {
            if (text.indexOf(':') < 0) {
                throw new IllegalArgumentException(text + " is not an IPv6 address");
            }
            return new Ipv6(0, MAPPED | Integer.toUnsignedLong(ByteBuffer.wrap(octets).getInt()));
        }
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

    /** Tells whether a station can have it: none of many, none at all, loopback, or an IPv4 address in its place. */
    boolean isStations() {
        return !isMulticast() && (high != 0 || low >>> 1 != 0 && low >>> 32 != MAPPED >>> 32);
    }

    void write(final ByteBuffer to) {
        to.putLong(high).putLong(low);
    }

    /** As its shortest text (RFC 5952, section 4). */
    @Override
    public String toString() {
        int begin = 0;
        int end = 1;
        for (int from = 0; from < GROUPS; from++) {
            int to = from;
            while (to < GROUPS && group(to) == 0) {
                to++;
            }
            if (to - from > end - begin) {
                begin = from;
                end = to;
            }
        }
        return end - begin == 1 ? groups(0, GROUPS) : groups(0, begin) + "::" + groups(end, GROUPS);
    }

    private int group(final int number) {
        return (int) ((number < 4 ? high : low) >>> 48 - (number & 3) * 16) & 0xffff;
    }

    private String groups(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(number -> Integer.toHexString(group(number)))
            .collect(Collectors.joining(":"));
    }
}
