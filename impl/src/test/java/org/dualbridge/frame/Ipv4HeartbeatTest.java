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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Query;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Ipv4Heartbeat.Ends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Ipv4HeartbeatTest {
    private static final Mac TARGET = Mac.parse("52:54:00:00:00:01");
    private static final Mac SOURCE = ArpHeartbeat.source(0x123);
    private static final int TARGET_IP = 0x0a00_0001;
    private static final int SOURCE_IP = 0x0a00_00f0;
    private static final Payload PAYLOAD = payload(7);
    private static final long ROUND = 0x1_0009;
    private static final String PAYLOAD_OCTETS = "44424842" + "01" + "000000" + "1122334455667788" + "ffff000000000001"
        + "00000007" + "0000000000010009";

    private static final IcmpEchoHeartbeat ICMP = icmp(0);
    private static final UdpHeartbeat UDP = udp(0);

    private static Payload payload(final int port) {
        return new Payload(0x1122_3344_5566_7788L, 0xffff_0000_0000_0001L, port, Keyring.EMPTY);
    }

    private static Ends ends(final int vlan) {
        return new Ends(SOURCE, SOURCE_IP, TARGET, TARGET_IP, vlan);
    }

    private static IcmpEchoHeartbeat icmp(final int vlan) {
        return new IcmpEchoHeartbeat(ends(vlan), PAYLOAD);
    }

    private static UdpHeartbeat udp(final int vlan) {
        return new UdpHeartbeat(ends(vlan), 7, PAYLOAD);
    }

    @Test
    void echoHasTheDocumentedOctets() {
        assertEquals("525400000001" + "02db00001230" + "0800" + "45c0" + "0040" + "0000" + "4000" + "01" + "01"
            + "640d" + "0a0000f0" + "0a000001" + "0800" + "7d2f" + "dbdb" + "0009" + PAYLOAD_OCTETS,
            HexFormat.of().formatHex(ICMP.probe(ROUND)));
    }

    @Test
    void datagramHasTheDocumentedOctets() {
        assertEquals("525400000001" + "02db00001230" + "0800" + "45c0" + "0040" + "0000" + "4000" + "01" + "11"
            + "63fd" + "0a0000f0" + "0a000001" + "dadb" + "0007" + "002c" + "70d7" + PAYLOAD_OCTETS,
            HexFormat.of().formatHex(UDP.probe(ROUND)));
    }

    private static Stream<Arguments> answers() {
        return Stream.of(0, 1, 4094).flatMap(vlan -> Stream.of(
            Arguments.of(icmp(vlan), (UnaryOperator<byte[]>) IpStack::echo),
            Arguments.of(udp(vlan), (UnaryOperator<byte[]>) IpStack::datagram)));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answerCarriesTheWholeRound(final Heartbeat heartbeat, final UnaryOperator<byte[]> stack) {
        for (final long round : new long[] { 1, ROUND, Long.MAX_VALUE }) {
            assertEquals(new Answer(round, -1L), heartbeat.read(stack.apply(heartbeat.probe(round))));
        }
        // Every checksum that is 0 or -1 for some round.
        for (long round = 0; round < 0x2_0000; round++) {
            assertEquals(new Answer(round, -1L), heartbeat.read(stack.apply(heartbeat.probe(round))));
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anyOctetsCanBeReadAndOnlyTheAnswerIsTaken(final Heartbeat heartbeat, final UnaryOperator<byte[]> stack) {
        final var good = stack.apply(heartbeat.probe(ROUND));
        final var packet = IpStack.packet(good);
        for (final var frame : Frames.hostile(good)) {
            final var reading = heartbeat.read(frame);
            assertNotNull(reading);
            if (reading instanceof Answer) {
                assertEquals(ByteBuffer.wrap(good, packet, 64), ByteBuffer.wrap(frame, IpStack.packet(frame), 64));
            }
        }
    }

    @Test
    void answerMayHavePaddingAndOtherServiceAndTimeToLive() {
        final var reply = IpStack.echo(ICMP.probe(ROUND));

        assertEquals(new Answer(ROUND, -1L), ICMP.read(Arrays.copyOf(reply, reply.length + 9)));
        assertEquals(new Answer(ROUND, -1L),
            ICMP.read(IpStack.ipv4Summed(Frames.with(Frames.with(reply, 15, 0), 22, 64))));
    }

    private static byte[] question(final Mac from, final int operation, final int about) {
        final var frame = Ethernet.compose(Mac.BROADCAST, from, 0, 0x0806, 28);
        Arp.header(frame, (short) operation);
        from.write(frame);
        frame.putInt(TARGET_IP);
        new Mac(0).write(frame);
        return frame.putInt(about).array();
    }

    @Test
    void targetIsToldTheProbersMacAddress() {
        final var reading = assertInstanceOf(Query.class, UDP.read(question(TARGET, 1, SOURCE_IP)));

        assertEquals("525400000001" + "02db00001230" + "0806" + "0001" + "0800" + "0604" + "0002" + "02db00001230"
            + "0a0000f0" + "525400000001" + "0a000001" + "00".repeat(18), HexFormat.of().formatHex(reading.reply()));
    }

    private static byte[] icmpWith(final int at, final int value) {
        final var frame = Frames.with(IpStack.echo(ICMP.probe(ROUND)), at, value);
        IpStack.ipv4Summed(frame);
        return IpStack.icmpSummed(frame);
    }

    private static byte[] udpWith(final int at, final int value) {
        final var frame = Frames.with(IpStack.datagram(UDP.probe(ROUND)), at, value);
        IpStack.ipv4Summed(frame);
        return IpStack.udpSummed(frame);
    }

    private static Stream<Arguments> others() {
        final var echo = IpStack.echo(ICMP.probe(ROUND));
        final var datagram = IpStack.datagram(UDP.probe(ROUND));
        return Stream.of(
            Arguments.of("nothing", ICMP, Discard.MALFORMED, new byte[0]),
            Arguments.of("no payload", ICMP, Discard.MALFORMED, Arrays.copyOf(echo, 14)),
            Arguments.of("one octet short", ICMP, Discard.MALFORMED, Arrays.copyOf(echo, 77)),
            Arguments.of("RARP", ICMP, Discard.MALFORMED, Rarp.announce(TARGET, 0, SOURCE_IP)),
            Arguments.of("short ARP", ICMP, Discard.MALFORMED,
                Arrays.copyOf(question(TARGET, 1, SOURCE_IP), 41)),
            Arguments.of("other version", ICMP, Discard.MALFORMED, icmpWith(14, 0x65)),
            Arguments.of("options", ICMP, Discard.MALFORMED, icmpWith(14, 0x46)),
            Arguments.of("less than a header", ICMP, Discard.MALFORMED, icmpWith(17, 19)),
            Arguments.of("longer than the frame", ICMP, Discard.MALFORMED, icmpWith(17, 65)),
            Arguments.of("more fragments", ICMP, Discard.MALFORMED, icmpWith(20, 0x20)),
            Arguments.of("a later fragment", ICMP, Discard.MALFORMED, icmpWith(21, 1)),
            Arguments.of("wrong header checksum", ICMP, Discard.MALFORMED, Frames.with(echo, 22, 99)),
            Arguments.of("other protocol", ICMP, Discard.FOREIGN, icmpWith(23, 17)),
            Arguments.of("other source", ICMP, Discard.FOREIGN, icmpWith(29, 2)),
            Arguments.of("other destination", ICMP, Discard.FOREIGN, icmpWith(33, 2)),
            Arguments.of("our own echo", ICMP, Discard.FOREIGN, ICMP.probe(ROUND)),
            Arguments.of("shorter message", ICMP, Discard.MALFORMED, icmpWith(17, 63)),
            Arguments.of("other type", ICMP, Discard.FOREIGN, icmpWith(34, 3)),
            Arguments.of("other code", ICMP, Discard.FOREIGN, icmpWith(35, 1)),
            Arguments.of("wrong checksum", ICMP, Discard.MALFORMED, Frames.with(echo, 36, echo[36] + 1)),
            Arguments.of("other identifier", ICMP, Discard.FOREIGN, icmpWith(38, 0)),
            Arguments.of("other sequence number", ICMP, Discard.FOREIGN, icmpWith(41, 8)),
            Arguments.of("other magic", ICMP, Discard.MALFORMED, icmpWith(42, 0)),
            Arguments.of("other attachment", ICMP, Discard.FOREIGN,
                IpStack.echo(new IcmpEchoHeartbeat(ends(0), payload(8)).probe(ROUND))),
            Arguments.of("an answer by UDP", ICMP, Discard.FOREIGN, datagram),
            Arguments.of("an answer by ICMP", UDP, Discard.FOREIGN, echo),
            Arguments.of("our own datagram", UDP, Discard.FOREIGN, UDP.probe(ROUND)),
            Arguments.of("other source port", UDP, Discard.FOREIGN, udpWith(35, 8)),
            Arguments.of("other destination port", UDP, Discard.FOREIGN, udpWith(36, 0)),
            Arguments.of("other length", UDP, Discard.MALFORMED, udpWith(39, 43)),
            Arguments.of("no checksum", UDP, Discard.MALFORMED, Frames.with(Frames.with(datagram, 40, 0), 41, 0)),
            Arguments.of("wrong checksum", UDP, Discard.MALFORMED, Frames.with(datagram, 41, datagram[41] + 1)),
            Arguments.of("other version of ours", UDP, Discard.MALFORMED, udpWith(46, 9)),
            Arguments.of("other controller", UDP, Discard.FOREIGN, udpWith(50, 0)),
            Arguments.of("question from a stranger", UDP, Discard.FOREIGN,
                question(Mac.parse("52:54:00:00:00:02"), 1, SOURCE_IP)),
            Arguments.of("question about somebody else", UDP, Discard.FOREIGN, question(TARGET, 1, TARGET_IP)),
            Arguments.of("no question", UDP, Discard.FOREIGN, question(TARGET, 2, SOURCE_IP)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoAnswerIsDiscardedWithTheReason(final String what, final Heartbeat heartbeat, final Discard reason,
            final byte[] frame) {
        assertEquals(new Unusable(reason), heartbeat.read(frame), what);
    }
}
