/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * A MAC address, its six octets in the low 48 bits, first octet highest.
 *
 * @param bits the octets
 */
public record Mac(long bits) implements Comparable<Mac> {
    /** All stations. */
    public static final Mac BROADCAST = new Mac(0xffff_ffff_ffffL);

    private static final Pattern FORMAT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if there are more than 48 bits
     */
    public Mac {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
        }
    }

    /**
     * Reads six octets in hexadecimal, separated by colons.
     *
     * @param text for example {@code 52:54:00:12:34:56}
     * @return the address
     * @throws IllegalArgumentException if it is written otherwise
     */
    public static Mac parse(final String text) {
        if (!FORMAT.matcher(text).matches()) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        return new Mac(Long.parseLong(text.replace(":", ""), 16));
    }

    static Mac read(final ByteBuffer from) {
        final var high = Short.toUnsignedLong(from.getShort());
        return new Mac(high << 32 | Integer.toUnsignedLong(from.getInt()));
    }

    void write(final ByteBuffer to) {
        to.putShort((short) (bits >>> 32)).putInt((int) bits);
    }

    /**
     * Tells whether more than one station may be meant (IEEE 802, I/G bit).
     *
     * @return true for multicast and broadcast
     */
    public boolean isGroup() {
        return (bits >>> 40 & 1) != 0;
    }

    @Override
    public int compareTo(final Mac other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        final var sb = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            final var octet = (int) (bits >>> shift) & 0xff;
            sb.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0xf, 16));
            if (shift > 0) {
                sb.append(':');
            }
        }
        return sb.toString();
    }
}
