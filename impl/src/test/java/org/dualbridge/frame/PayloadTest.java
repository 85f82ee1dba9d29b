/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.common.collect.ImmutableMap;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Reading;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Ipv4Heartbeat.Ends;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static final String OLD = "an old secret, 16..64 long";
    private static final String NEW = "a new secret, 16..64 long";
    private static final Answer ANSWER = new Answer(9, -1L);
    private static final Unusable UNAUTHENTIC = new Unusable(Discard.UNAUTHENTIC);

    private static final Payload SEALED = payload(new Keyring(ImmutableMap.of(1, OLD), 1));
    private static final Payload PLAIN = payload(Keyring.EMPTY);

    private static Payload payload(final Keyring keys) {
        return new Payload(0x1122_3344_5566_7788L, 5, 7, keys);
    }

    private static byte[] sent(final Payload payload) {
        final var octets = ByteBuffer.allocate(payload.length());
        payload.write(octets, 9);
        return octets.array();
    }

    private static Reading read(final Payload payload, final byte[] octets) {
        return payload.read(ByteBuffer.wrap(octets));
    }

    @Test
    void sealIsTheKeysNumberAndItsHmac() {
        assertEquals("4442484201000000" + "1122334455667788" + "0000000000000005" + "00000007" + "0000000000000009"
            + "01" + "6d607b8ed970fb34e1065228353e45b7d06af90d8fcb5907e58f3d93f76de2cd",
            HexFormat.of().formatHex(sent(SEALED)));
        assertEquals(ANSWER, read(SEALED, sent(SEALED)));
    }

    @Test
    void keyIsRenewedWithoutLosingAnAnswer() {
        final var both = ImmutableMap.of(1, OLD, 255, NEW);
        final var added = payload(new Keyring(both, 1));
        final var switched = payload(new Keyring(both, 255));
        final var removed = payload(new Keyring(ImmutableMap.of(255, NEW), 255));

        assertEquals(ANSWER, read(added, sent(SEALED)));
        assertEquals(ANSWER, read(switched, sent(added)));
        assertEquals(ANSWER, read(removed, sent(switched)));
        assertEquals(UNAUTHENTIC, read(removed, sent(added)));
        assertEquals(UNAUTHENTIC, read(added, sent(payload(new Keyring(ImmutableMap.of(1, NEW), 1)))));
    }

    @Test
    void everyOctetIsAuthenticated() {
        final var good = sent(SEALED);
        for (int at = 8; at < good.length; at++) {
            final var expected = at < 28 ? new Unusable(Discard.FOREIGN) : UNAUTHENTIC;
            assertEquals(expected, read(SEALED, Frames.with(good, at, good[at] ^ 0x10)), "octet " + at);
        }
        for (int length = 36; length < good.length; length++) {
            assertEquals(UNAUTHENTIC, read(SEALED, Arrays.copyOf(good, length)), "length " + length);
        }
    }

    @Test
    void withoutKeysThereIsNoSeal() {
        assertEquals(36, sent(PLAIN).length);
        assertEquals(ANSWER, read(PLAIN, sent(PLAIN)));
        assertEquals(UNAUTHENTIC, read(SEALED, Arrays.copyOf(sent(PLAIN), 69)));
    }

    @Test
    void allMethodsThatHaveAPayloadCarryIt() {
        final var reflect = new ReflectHeartbeat(ReflectHeartbeat.DESTINATION, 5, SEALED);
        final var ends = new Ends(new Mac(1), 2, new Mac(3), 4, 0);
        final var icmp = new IcmpEchoHeartbeat(ends, SEALED);
        final var udp = new UdpHeartbeat(ends, 7, SEALED);

        assertEquals(ANSWER, reflect.read(reflect.probe(9)));
        assertEquals(ANSWER, icmp.read(IpStack.echo(icmp.probe(9))));
        assertEquals(ANSWER, udp.read(IpStack.datagram(udp.probe(9))));
        final var forged = IpStack.datagram(udp.probe(9));
        forged[forged.length - 1] ^= 1;
        assertEquals(UNAUTHENTIC, udp.read(IpStack.udpSummed(forged)));
    }

    @Test
    void secretsAreNotPrinted() {
        assertFalse(new Keyring(ImmutableMap.of(1, OLD), 1).toString().contains(OLD));
    }
}
