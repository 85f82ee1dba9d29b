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

import java.nio.ByteBuffer;
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

class ArpHeartbeatTest {
    private static final Mac TARGET = Mac.parse("52:54:00:00:00:01");
    private static final int IP = 0x0a00_0001;
    private static final Mac SOURCE = ArpHeartbeat.source(0x123);

    private static final ArpHeartbeat HEARTBEAT = heartbeat(0);

    private static ArpHeartbeat heartbeat(final int vlan) {
        return new ArpHeartbeat(TARGET, IP, vlan, SOURCE);
    }

    /** Answers as an IP stack does (RFC 826): swaps the addresses, fills its own in. */
    private static byte[] reply(final byte[] probe) {
        final var arp = probe.length - 60 + 14;
        final var reply = ByteBuffer.wrap(probe.clone());
        final var asker = Arrays.copyOfRange(probe, arp + 8, arp + 18);
        reply.put(0, asker, 0, 6);
        TARGET.write(reply.position(6));
        reply.putShort(arp + 6, (short) 2);
        TARGET.write(reply.position(arp + 8));
        reply.putInt(arp + 14, IP);
        reply.put(arp + 18, asker);
        return reply.array();
    }

    @Test
    void probeIsAnArpProbeToTheTargetOnly() {
        assertEquals("525400000001" + "02db00001235" + "0806" + "0001" + "0800" + "0604" + "0001" + "02db00001235"
            + "00000000" + "000000000000" + "0a000001" + "00".repeat(18),
            HexFormat.of().formatHex(HEARTBEAT.probe(5)));
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 4094 })
    void replyAnswersTheLowBitsOfItsRound(final int vlan) {
        final var heartbeat = heartbeat(vlan);

        assertEquals(new Answer(5, 0xf), heartbeat.read(reply(heartbeat.probe(5))));
        assertEquals(new Answer(0, 0xf), heartbeat.read(reply(heartbeat.probe(16))));
        assertEquals(new Answer(0xf, 0xf), heartbeat.read(reply(heartbeat.probe(0x1_0000_001fL))));
    }

    @Test
    void stationOfWhichOnlyTheIpAddressIsKnownIsAskedForByBroadcast() {
        final var heartbeat = new ArpHeartbeat(null, IP, 0, SOURCE);

        assertEquals("ffffffffffff" + HexFormat.of().formatHex(HEARTBEAT.probe(5)).substring(12),
            HexFormat.of().formatHex(heartbeat.probe(5)));
        assertEquals(new Answer(5, 0xf), heartbeat.read(reply(heartbeat.probe(5))));
        assertEquals(new Unusable(Discard.FOREIGN), heartbeat.read(Frames.with(reply(heartbeat.probe(5)), 31, 2)));
    }

    @Test
    void replyWithoutPaddingIsRead() {
        assertEquals(new Answer(5, 0xf), HEARTBEAT.read(Arrays.copyOf(reply(HEARTBEAT.probe(5)), 42)));
    }

    @Test
    void sixteenSourceAddressesAreAllThatSwitchesLearn() {
        for (long round = 0; round < 1000; round++) {
            final var probe = ByteBuffer.wrap(HEARTBEAT.probe(round));
            final var source = Mac.read(probe.position(6));
            assertEquals(SOURCE.bits(), source.bits() & ArpHeartbeat.SOURCE_MASK.bits());
        }
    }

    private static Stream<Arguments> others() {
        final var good = reply(HEARTBEAT.probe(5));
        return Stream.of(
            Arguments.of("nothing", Discard.MALFORMED, new byte[0]),
            Arguments.of("no payload", Discard.MALFORMED, Arrays.copyOf(good, 14)),
            Arguments.of("one octet short", Discard.MALFORMED, Arrays.copyOf(good, 41)),
            Arguments.of("tag cut off", Discard.MALFORMED, Arrays.copyOf(heartbeat(5).probe(5), 17)),
            Arguments.of("RARP", Discard.MALFORMED, Rarp.announce(TARGET, 0, IP)),
            Arguments.of("other hardware", Discard.MALFORMED, Frames.with(good, 15, 6)),
            Arguments.of("other protocol", Discard.MALFORMED, Frames.with(good, 17, 1)),
            Arguments.of("other hardware length", Discard.MALFORMED, Frames.with(good, 18, 8)),
            Arguments.of("other protocol length", Discard.MALFORMED, Frames.with(good, 19, 16)),
            Arguments.of("our own probe", Discard.FOREIGN, HEARTBEAT.probe(5)),
            Arguments.of("unknown operation", Discard.FOREIGN, Frames.with(good, 21, 9)),
            Arguments.of("other sender", Discard.FOREIGN, Frames.with(good, 27, 2)),
            Arguments.of("other sender's IP address", Discard.FOREIGN, Frames.with(good, 31, 2)),
            Arguments.of("to another attachment", Discard.FOREIGN, Frames.with(good, 37, 0x45)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoAnswerIsDiscardedWithTheReason(final String what, final Discard reason, final byte[] frame) {
        assertEquals(new Unusable(reason), HEARTBEAT.read(frame), what);
    }

    @Test
    void anyOctetsCanBeRead() {
        Stream.of(0, 5)
            .flatMap(vlan -> Frames.hostile(reply(heartbeat(vlan).probe(5))).stream())
            .forEach(frame -> assertNotNull(HEARTBEAT.read(frame)));
    }
}
