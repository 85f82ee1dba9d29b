/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RarpTest {
    private static final Mac HOST = Mac.parse("52:54:00:12:34:56");
    private static final int IP = 0x0a00_0001;
    private static final String ADDRESSES = "ffffffffffff" + "525400123456";
    /** Hardware Ethernet, protocol IPv4, lengths 6 and 4, operation 3. */
    private static final String FIXED = "8035" + "0001" + "0800" + "0604" + "0003";

    @Test
    void untaggedAnnouncementHas60OctetsAndBothAddressesOfTheHostTwice() {
        final var frame = Rarp.announce(HOST, 0, IP);

        assertEquals(60, frame.length);
        assertEquals(ADDRESSES + FIXED + "525400123456" + "0a000001" + "525400123456" + "0a000001" + "00".repeat(18),
            HexFormat.of().formatHex(frame));
    }

    @Test
    void taggedAnnouncementHas64OctetsSoThatItIsWholeWithoutTheTag() {
        final var frame = Rarp.announce(HOST, 100, IP);

        assertEquals(64, frame.length);
        assertEquals(ADDRESSES + "8100" + "0064" + FIXED + "525400123456" + "0a000001" + "525400123456" + "0a000001"
            + "00".repeat(18), HexFormat.of().formatHex(frame));
    }

    @Test
    void hostWithoutIpv4AddressIsAnnouncedWithZeroes() {
        assertEquals(ADDRESSES + FIXED + "525400123456" + "00000000" + "525400123456" + "00000000" + "00".repeat(18),
            HexFormat.of().formatHex(Rarp.announce(HOST, 0, 0)));
    }
}
