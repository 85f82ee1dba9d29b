/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden octets; tshark reads them, and finds the checksum right, as the lab's tests do. */
class UnsolicitedNaTest {
    private static final Mac HOST = Mac.parse("52:54:00:12:34:56");
    private static final Ipv6 IP = new Ipv6(0x2001_0db8_0000_0000L, 1);
    private static final String ADDRESSES = "333300000001" + "525400123456";
    /** Version 6, payload length 32, next header ICMPv6, hop limit 255; from the address to all nodes. */
    private static final String IPV6 = "86dd" + "60000000" + "0020" + "3a" + "ff"
        + "20010db8000000000000000000000001" + "ff020000000000000000000000000001";
    private static final String TARGET = "20010db8000000000000000000000001" + "0201" + "525400123456";

    @Test
    void hostAdvertisesItsOwnAddressToAllNodesAndOverrides() {
        assertEquals(ADDRESSES + IPV6 + "88" + "00" + "746f" + "20000000" + TARGET,
            HexFormat.of().formatHex(UnsolicitedNa.announce(HOST, 0, IP, false)));
    }

    @Test
    void routerSaysThatItIsOne() {
        assertEquals(ADDRESSES + "8100" + "000a" + IPV6 + "88" + "00" + "f46e" + "a0000000" + TARGET,
            HexFormat.of().formatHex(UnsolicitedNa.announce(HOST, 10, IP, true)));
    }

    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void receiversFindItValidAndUnsolicited(final boolean isRouter) {
        final var frame = UnsolicitedNa.announce(HOST, 0, IP, isRouter);

        assertEquals(new NeighbourMessage(136, IP, new Ipv6(0xff02L << 48, 1),
            isRouter ? 0xa000_0000 : 0x2000_0000, IP, HOST),
            NeighbourMessage.read(ByteBuffer.wrap(frame).position(14)).orElseThrow());
    }
}
