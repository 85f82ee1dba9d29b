/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Inquired;
import org.dualbridge.frame.Heartbeat.Query;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Ipv4Heartbeat.Ends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResponderTest {
    private static final Mac BRIDGE = Mac.parse("52:54:00:00:00:01");
    private static final Mac OURS = ArpHeartbeat.source(0x123);
    private static final Responder RESPONDER = new Responder(new Ends(OURS, 0x0a00_00f0, BRIDGE, 0x0a00_0001, 0), 694);
    private static final byte[] INQUIRY = inquiry();

    private static byte[] inquiry() {
        final var frame = Ethernet.compose(OURS, BRIDGE, 0, 0x0800, 32);
        Ipv4.header(frame, 17, 12, 0x0a00_0001, 0x0a00_00f0);
        frame.putShort((short) 40000).putShort((short) 694).putShort((short) 12).putShort((short) 0).putInt(0x494e5121);
        return summed(Arrays.copyOf(frame.array(), 46));
    }

    private static byte[] summed(final byte[] frame) {
        IpStack.ipv4Summed(frame);
        return IpStack.udpSummed(frame);
    }

    @Test
    void inquiryIsSentBackAsItIs() {
        assertEquals("525400000001" + "02db00001230" + "0800" + "45c0" + "0020" + "0000" + "4000" + "01" + "11" + "641d"
            + "0a0000f0" + "0a000001" + "02b6" + "9c40" + "000c" + "b17f" + "494e5121" + "00".repeat(14),
            HexFormat.of().formatHex(assertInstanceOf(Inquired.class, RESPONDER.read(INQUIRY)).reply()));
    }

    @Test
    void replyIsTaggedAndHasTheWholePayload() {
        final var tagged = new Responder(new Ends(OURS, 0x0a00_00f0, BRIDGE, 0x0a00_0001, 7), 694);
        final var long1400 = Arrays.copyOf(INQUIRY, 42 + 1400);
        ByteBuffer.wrap(long1400).putShort(16, (short) 1428).putShort(38, (short) 1408);
        final var reply = assertInstanceOf(Inquired.class, tagged.read(summed(long1400))).reply();

        assertEquals(46 + 1400, reply.length);
        assertEquals(0x8100_0007, ByteBuffer.wrap(reply).getInt(12));
        assertArrayEquals(Arrays.copyOfRange(long1400, 42, 1442), Arrays.copyOfRange(reply, 46, 1446));
    }

    @Test
    void bridgeIsToldOurMacAddress() {
        final var question = Ethernet.compose(Mac.BROADCAST, BRIDGE, 0, 0x0806, 28);
        Arp.header(question, Arp.REQUEST);
        BRIDGE.write(question);
        question.putInt(0x0a00_0001);
        new Mac(0).write(question);
        question.putInt(0x0a00_00f0);

        assertInstanceOf(Query.class, RESPONDER.read(question.array()));
    }

    private static byte[] with(final int at, final int value) {
        return summed(Frames.with(INQUIRY, at, value));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
            Arguments.of("nothing", Discard.MALFORMED, new byte[0]),
            Arguments.of("RARP", Discard.MALFORMED, Rarp.announce(BRIDGE, 0, 1)),
            Arguments.of("other version", Discard.MALFORMED, with(14, 0x65)),
            Arguments.of("other length", Discard.MALFORMED, with(39, 11)),
            Arguments.of("less than a header", Discard.MALFORMED, with(17, 27)),
            Arguments.of("no checksum", Discard.MALFORMED, Frames.with(Frames.with(INQUIRY, 40, 0), 41, 0)),
            Arguments.of("wrong checksum", Discard.MALFORMED, Frames.with(INQUIRY, 41, INQUIRY[41] + 1)),
            Arguments.of("other protocol", Discard.FOREIGN, with(23, 1)),
            Arguments.of("from another MAC address", Discard.FOREIGN, with(11, 2)),
            Arguments.of("from another address", Discard.FOREIGN, with(29, 2)),
            Arguments.of("to another address", Discard.FOREIGN, with(33, 2)),
            Arguments.of("to another port", Discard.FOREIGN, with(37, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoInquiryIsDiscardedWithTheReason(final String what, final Discard reason, final byte[] frame) {
        assertEquals(new Unusable(reason), RESPONDER.read(frame), what);
    }

    @Test
    void anyOctetsCanBeRead() {
        Frames.hostile(INQUIRY).forEach(frame -> assertNotNull(RESPONDER.read(frame)));
    }
}
