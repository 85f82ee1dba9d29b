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

/** Golden octets; tshark reads them as gratuitous ARP ({@code arp.isgratuitous}), as the lab's tests do. */
class GarpTest {
    private static final Mac HOST = Mac.parse("52:54:00:12:34:56");
    private static final int IP = 0x0a00_0001;
    private static final String ADDRESSES = "ffffffffffff" + "525400123456";
    /** Hardware Ethernet, protocol IPv4, lengths 6 and 4. */
    private static final String FIXED = "0806" + "0001" + "0800" + "0604";
    private static final String SENDER = "525400123456" + "0a000001";

    private static void assertOctets(final String expected, final byte[] frame) {
        assertEquals(expected, HexFormat.of().formatHex(frame));
    }

    @Test
    void requestAsksForItsOwnAddressAndNamesNoTarget() {
        assertOctets(ADDRESSES + FIXED + "0001" + SENDER + "000000000000" + "0a000001" + "00".repeat(18),
            Garp.request(HOST, 0, IP));
    }

    @Test
    void replyNamesItselfAsItsTarget() {
        assertOctets(ADDRESSES + FIXED + "0002" + SENDER + SENDER + "00".repeat(18), Garp.reply(HOST, 0, IP));
    }

    @Test
    void taggedFramesAreWholeWithoutTheTag() {
        assertOctets(ADDRESSES + "8100" + "0ffe" + FIXED + "0001" + SENDER + "000000000000" + "0a000001"
            + "00".repeat(18), Garp.request(HOST, 4094, IP));
        assertEquals(64, Garp.reply(HOST, 1, IP).length);
    }
}
