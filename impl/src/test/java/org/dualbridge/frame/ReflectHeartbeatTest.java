/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReflectHeartbeatTest {
    private static final long CONTROLLER = 0x1122_3344_5566_7788L;
    private static final long DATAPATH = 0xffff_0000_0000_0001L;
    private static final int PORT = 7;

    private static final ReflectHeartbeat HEARTBEAT = heartbeat(0, CONTROLLER, DATAPATH, PORT);

    private static ReflectHeartbeat heartbeat(final int vlan, final long controller, final long datapath,
            final int port) {
        return new ReflectHeartbeat(ReflectHeartbeat.DESTINATION, vlan,
            new Payload(controller, datapath, port, Keyring.EMPTY));
    }

    @Test
    void probeHasTheDocumentedOctets() {
        assertEquals("02dbff000001" + "02dbff000002" + "88b5" + "44424842" + "01" + "000000" + "1122334455667788"
            + "ffff000000000001" + "00000007" + "0000000000000009" + "00".repeat(10),
            HexFormat.of().formatHex(HEARTBEAT.probe(9)));
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 4094 })
    void probeThatComesBackAnswersItsRound(final int vlan) {
        final var heartbeat = heartbeat(vlan, CONTROLLER, DATAPATH, PORT);

        assertEquals(new Answer(9, -1L), heartbeat.read(heartbeat.probe(9)));
        assertEquals(new Answer(Long.MAX_VALUE, -1L), heartbeat.read(heartbeat.probe(Long.MAX_VALUE)));
    }

    @Test
    void probeIsReadWithAndWithoutTheTagThatASwitchAddsOrRemoves() {
        assertEquals(new Answer(9, -1L), HEARTBEAT.read(heartbeat(5, CONTROLLER, DATAPATH, PORT).probe(9)));
        assertEquals(new Answer(9, -1L), heartbeat(5, CONTROLLER, DATAPATH, PORT).read(HEARTBEAT.probe(9)));
    }

    @Test
    void probeWithoutPaddingIsRead() {
        assertEquals(new Answer(9, -1L), HEARTBEAT.read(Arrays.copyOf(HEARTBEAT.probe(9), 50)));
    }

    private static Stream<Arguments> others() {
        final var good = HEARTBEAT.probe(9);
        return Stream.of(
            Arguments.of("nothing", Discard.MALFORMED, new byte[0]),
            Arguments.of("addresses only", Discard.MALFORMED, Arrays.copyOf(good, 12)),
            Arguments.of("no payload", Discard.MALFORMED, Arrays.copyOf(good, 14)),
            Arguments.of("one octet short", Discard.MALFORMED, Arrays.copyOf(good, 49)),
            Arguments.of("other ethertype", Discard.MALFORMED, Frames.with(good, 13, 0xb6)),
            Arguments.of("tag cut off", Discard.MALFORMED,
                Arrays.copyOf(heartbeat(5, CONTROLLER, DATAPATH, PORT).probe(9), 16)),
            Arguments.of("other magic", Discard.MALFORMED, Frames.with(good, 14, 'X')),
            Arguments.of("other version", Discard.MALFORMED, Frames.with(good, 18, 2)),
            Arguments.of("reserved octet", Discard.MALFORMED, Frames.with(good, 21, 1)),
            Arguments.of("other controller", Discard.FOREIGN, heartbeat(0, 1, DATAPATH, PORT).probe(9)),
            Arguments.of("other switch", Discard.FOREIGN, heartbeat(0, CONTROLLER, 2, PORT).probe(9)),
            Arguments.of("other port", Discard.FOREIGN, heartbeat(0, CONTROLLER, DATAPATH, 8).probe(9)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoAnswerIsDiscardedWithTheReason(final String what, final Discard reason, final byte[] frame) {
        assertEquals(new Unusable(reason), HEARTBEAT.read(frame), what);
    }

    @Test
    void anyOctetsCanBeRead() {
        Stream.of(0, 5)
            .flatMap(vlan -> Frames.hostile(heartbeat(vlan, CONTROLLER, DATAPATH, PORT).probe(9)).stream())
            .forEach(frame -> assertNotNull(HEARTBEAT.read(frame)));
    }
}
