/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;

/** The checksum of IPv4, ICMP, UDP and ICMPv6: the ones' complement of the ones' complement sum (RFC 1071). */
final class Checksum {
    private Checksum() {
        // computes only
    }

    /**
     * Adds 16-bit words up; an odd last octet is the high one of its word.
     *
     * @param octets where they are
     * @param begin position of the first octet
     * @param end position behind the last octet
     * @return the sum, carries not yet folded in
     */
    static long sum(final ByteBuffer octets, final int begin, final int end) {
        long sum = 0;
        for (int at = begin; at + 1 < end; at += 2) {
            sum += Short.toUnsignedInt(octets.getShort(at));
        }
        return (end - begin) % 2 == 0 ? sum : sum + (Byte.toUnsignedInt(octets.get(end - 1)) << 8);
    }

    /**
     * Makes a checksum of a sum.
     *
     * @return what the checksum field has to hold; 0 if the sum was taken over a valid checksum, too
     */
    static short of(final long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (short) ~folded;
    }
}
