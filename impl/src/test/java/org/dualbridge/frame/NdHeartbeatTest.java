/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Query;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NdHeartbeatTest {
    private static final Mac TARGET = Mac.parse("52:54:00:00:00:01");
    private static final Ipv6 IP = new Ipv6(0x2001_0db8_0000_0000L, 1);
    private static final Mac SOURCE = ArpHeartbeat.source(0x123);
    private static final int SOLICITED_OVERRIDE = 0x6000_0000;

    private static final NdHeartbeat HEARTBEAT = heartbeat(0);

    private static NdHeartbeat heartbeat(final int vlan) {
        return new NdHeartbeat(TARGET, IP, vlan, SOURCE);
    }

    private static byte[] reply(final NdHeartbeat heartbeat, final long round) {
        return IpStack.advertise(heartbeat.probe(round), TARGET);
    }

    /** Asks where the prober is, as an IP stack does that has answered for a while. */
    private static byte[] question(final Ipv6 from, final Ipv6 about, final Mac option) {
        return new NeighbourMessage(135, from, about, 0, about, option).frame(SOURCE, option, 0);
    }

    @Test
    void probeIsASolicitationOfTheTargetsOwnAddresses() {
        assertEquals("525400000001" + "02db00001235" + "86dd" + "60000000" + "0020" + "3a" + "ff"
            + "fe8000000000000000db00fffe001235" + "20010db8000000000000000000000001" + "87" + "00" + "f68e"
            + "00000000" + "20010db8000000000000000000000001" + "0101" + "02db00001235",
            HexFormat.of().formatHex(HEARTBEAT.probe(5)));
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 4094 })
    void advertisementAnswersTheLowBitsOfItsRound(final int vlan) {
        final var heartbeat = heartbeat(vlan);

        assertEquals(new Answer(5, 0xf), heartbeat.read(reply(heartbeat, 5)));
        assertEquals(new Answer(0, 0xf), heartbeat.read(reply(heartbeat, 16)));
        assertEquals(new Answer(0xf, 0xf), heartbeat.read(reply(heartbeat, 0x1_0000_001fL)));
    }

    @Test
    void advertisementMayTellTheTargetsLinkLayerAddressAndHavePadding() {
        final var own = Ipv6.linkLocal(new Mac(SOURCE.bits() | 5));
        final var reply = new NeighbourMessage(136, IP, own, SOLICITED_OVERRIDE, IP, TARGET).frame(SOURCE, TARGET, 0);

        assertEquals(new Answer(5, 0xf), HEARTBEAT.read(reply));
        assertEquals(new Answer(5, 0xf), HEARTBEAT.read(Arrays.copyOf(reply, reply.length + 9)));
    }

    @Test
    void questionForTheProberIsAnsweredToTheTarget() {
        final var about = Ipv6.linkLocal(new Mac(SOURCE.bits() | 9));
        final var reading = assertInstanceOf(Query.class, HEARTBEAT.read(question(IP, about, TARGET)));
        final var reply = ByteBuffer.wrap(reading.reply());

        assertEquals(TARGET, Mac.read(reply));
        assertEquals(new Mac(SOURCE.bits() | 9), Mac.read(reply));
        assertEquals(new NeighbourMessage(136, about, IP, SOLICITED_OVERRIDE, about, new Mac(SOURCE.bits() | 9)),
            NeighbourMessage.read(reply.position(14)).orElseThrow());
    }

    /** Changes one octet and makes the checksum right again. */
    private static byte[] with(final int at, final int value) {
        return IpStack.icmpv6Summed(Frames.with(reply(HEARTBEAT, 5), at, value));
    }

    private static Stream<Arguments> others() {
        final var good = reply(HEARTBEAT, 5);
        final var own = Ipv6.linkLocal(SOURCE);
        final var stranger = Mac.parse("52:54:00:00:00:02");
        return Stream.of(
            Arguments.of("nothing", Discard.MALFORMED, new byte[0]),
            Arguments.of("no payload", Discard.MALFORMED, Arrays.copyOf(good, 14)),
            Arguments.of("one octet short", Discard.MALFORMED, Arrays.copyOf(good, good.length - 1)),
            Arguments.of("ARP", Discard.MALFORMED, Frames.with(Frames.with(good, 12, 8), 13, 6)),
            Arguments.of("other version", Discard.MALFORMED, Frames.with(good, 14, 0x40)),
            Arguments.of("length of an option that is not there", Discard.MALFORMED, Frames.with(good, 19, 32)),
            Arguments.of("too short a length", Discard.MALFORMED, Frames.with(good, 19, 20)),
            Arguments.of("other next header", Discard.MALFORMED, Frames.with(good, 20, 17)),
            Arguments.of("passed on by a router", Discard.MALFORMED, Frames.with(good, 21, 254)),
            Arguments.of("wrong checksum", Discard.MALFORMED, Frames.with(good, 57, good[57] + 1)),
            Arguments.of("other type", Discard.MALFORMED, with(54, 137)),
            Arguments.of("other code", Discard.MALFORMED, with(55, 1)),
            Arguments.of("multicast target", Discard.MALFORMED, with(62, 0xff)),
            Arguments.of("our own probe", Discard.FOREIGN, HEARTBEAT.probe(5)),
            Arguments.of("not solicited", Discard.FOREIGN, with(58, 0x20)),
            Arguments.of("other target", Discard.FOREIGN, with(77, 2)),
            Arguments.of("to another attachment", Discard.FOREIGN, with(53, 0x45)),
            Arguments.of("to another prefix", Discard.FOREIGN, with(39, 0x20)),
            Arguments.of("other link-layer address", Discard.FOREIGN,
                new NeighbourMessage(136, IP, own, SOLICITED_OVERRIDE, IP, stranger).frame(SOURCE, stranger, 0)),
            Arguments.of("question from a stranger", Discard.FOREIGN, question(IP, own, stranger)),
            Arguments.of("question about somebody else", Discard.FOREIGN, question(IP, IP, TARGET)),
            Arguments.of("question from nobody", Discard.FOREIGN, question(Ipv6.UNSPECIFIED, own, TARGET)),
            Arguments.of("question from many", Discard.FOREIGN, question(new Ipv6(-1L, 1), own, TARGET)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoAnswerIsDiscardedWithTheReason(final String what, final Discard reason, final byte[] frame) {
        assertEquals(new Unusable(reason), HEARTBEAT.read(frame), what);
    }

    @Test
    void optionWithoutLengthEndsTheReading() {
        final var own = Ipv6.linkLocal(SOURCE);
        final var frame = new NeighbourMessage(136, IP, own, SOLICITED_OVERRIDE, IP, TARGET).frame(SOURCE, TARGET, 0);

        assertEquals(new Answer(0, 0xf), HEARTBEAT.read(IpStack.icmpv6Summed(Frames.with(frame, 78, 14))));
        assertEquals(new Unusable(Discard.MALFORMED),
            HEARTBEAT.read(IpStack.icmpv6Summed(Frames.with(frame, 79, 0))));
        assertEquals(new Unusable(Discard.MALFORMED),
            HEARTBEAT.read(IpStack.icmpv6Summed(Frames.with(frame, 79, 2))));
    }

    @Test
    void anyOctetsCanBeReadAndOnlyTheAnswerIsTaken() {
        Stream.of(0, 5).forEach(vlan -> {
            final var good = reply(heartbeat(vlan), 5);
            final var packet = IpStack.packet(good);
            for (final var frame : Frames.hostile(good)) {
                final var reading = HEARTBEAT.read(frame);
                assertNotNull(reading);
                if (reading instanceof Answer) {
                    final var at = IpStack.packet(frame);
                    assertEquals(ByteBuffer.wrap(good, packet + 4, 60), ByteBuffer.wrap(frame, at + 4, 60));
                }
            }
        });
    }
}
