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
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.BfdControl.State;
import org.dualbridge.frame.Heartbeat.Advertised;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames are those of FRR's bfdd, and tshark finds their checksums right. */
class BfdListenerTest {
    private static final Address OWN = new V4(0x0a63_000b);
    private static final Address NEIGHBOUR = new V4(0x0a63_0001);
    private static final Address OWN_IPV6 = new V6(Ipv6.parse("fd00:99::11"));
    private static final Address NEIGHBOUR_IPV6 = new V6(Ipv6.parse("fd00:99::1"));
    private static final int NUMBER = 0x8118_7c42;
    /** The IPv4 header is at 14, that of UDP at 34, the packet at 42. */
    private static final byte[] UP = frame("52540000000b" + "52540000000a" + "0800" + "45c00034" + "f9db4000"
        + "ff116c4b" + "0a63000b" + "0a630001" + "c0000ec800204eb5" + "20c00318" + "81187c42" + "e721f475" + "000186a0"
        + "000186a0" + "0000c350");
    private static final byte[] ADMIN_DOWN = frame("52540000000b" + "52540000000a" + "0800" + "45c00034" + "fb8d4000"
        + "ff116a99" + "0a63000b" + "0a630001" + "c0000ec800204f75" + "20000318" + "81187c42" + "e721f475" + "000186a0"
        + "000186a0" + "0000c350");
    /** The other one's, whose diagnostic is that its neighbour signalled it. */
    private static final byte[] DOWN = frame("52540000000a" + "52540000000b" + "0800" + "45c00034" + "576c4000"
        + "ff110ebb" + "0a630001" + "0a63000b" + "c0000ec800204990" + "23400318" + "e721f475" + "00000000" + "000186a0"
        + "000186a0" + "0000c350");
    /** The IPv6 header is at 14, that of UDP at 54, the packet at 62. */
    private static final byte[] UP_IPV6 = frame("52540000000b" + "52540000000a" + "86dd" + "6c0f3ba3" + "002011ff"
        + "fd000099000000000000000000000011" + "fd000099000000000000000000000001" + "c0000ec80020fa3c" + "20c00318"
        + "f5d586ee" + "557674bc" + "000186a0" + "000186a0" + "0000c350");

    private static byte[] frame(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static BfdListener listener(final int vlan, final Address source) {
        return new BfdListener(vlan, source, Set.of(new V4(0x0a63_000c), source));
    }

    private static Advertised told(final State state) {
        return new Advertised(new BfdControl(NEIGHBOUR, state, NUMBER, 3, 100_000_000));
    }

    private static byte[] tagged(final byte[] frame, final int vlan) {
        return ByteBuffer.allocate(frame.length + 4).put(frame, 0, 12).putShort((short) 0x8100).putShort((short) vlan)
            .put(frame, 12, frame.length - 12).array();
    }

    /** Changes an octet of an IPv4 frame, and makes both checksums right again. */
    private static byte[] with(final byte[] good, final int at, final int value) {
        return IpStack.udpSummed(IpStack.ipv4Summed(Frames.with(good, at, value)));
    }

    private static byte[] withIpv6(final int at, final int value) {
        final var octets = ByteBuffer.wrap(Frames.with(UP_IPV6, at, value));
        octets.putShort(60, (short) 0)
            .putShort(60, Checksum.of(17 + 32 + Checksum.sum(octets, 22, octets.capacity())));
        return octets.array();
    }

    /** Authenticated, with so many octets of authentication behind a packet. */
    private static byte[] authenticated(final int length, final int authentication) {
        final var frame = Arrays.copyOf(UP, 42 + length);
        frame[17] = (byte) (28 + length);
        frame[39] = (byte) (8 + length);
        frame[43] |= 0x04;
        frame[45] = (byte) length;
        if (length > 25) {
            frame[42 + 24] = 1;
            frame[42 + 25] = (byte) authentication;
        }
        return with(frame, 0, frame[0]);
    }

    @Test
    void packetsOfBothFamiliesAreRead() {
        assertEquals(told(State.UP), listener(0, OWN).read(UP));
        assertEquals(told(State.ADMIN_DOWN), listener(0, OWN).read(ADMIN_DOWN));
        assertEquals(told(State.INIT), listener(0, OWN).read(with(UP, 43, 0x80)));
        assertEquals(new Advertised(new BfdControl(OWN, State.DOWN, 0xe721_f475, 3, 100_000_000)),
            listener(0, NEIGHBOUR).read(DOWN));
        assertEquals(new Advertised(new BfdControl(NEIGHBOUR_IPV6, State.UP, 0xf5d5_86ee, 3, 100_000_000)),
            listener(0, OWN_IPV6).read(UP_IPV6));
    }

    @Test
    void detectionTimeIsThatOfThePacket() {
        final var slow = ByteBuffer.wrap(UP.clone()).put(44, (byte) 255).putInt(54, -1).array();
        final var read = listener(0, OWN).read(with(slow, 0, slow[0]));

        assertEquals(new Advertised(new BfdControl(NEIGHBOUR, State.UP, NUMBER, 255, 4_294_967_295_000L)), read);
        assertEquals(255 * 4_294_967_295_000L,
            new BfdControl(NEIGHBOUR, State.UP, NUMBER, 255, 4_294_967_295_000L).detectionNanos());
    }

    @Test
    void packetMayHavePaddingAndNoChecksum() {
        assertEquals(told(State.UP), listener(0, OWN).read(Arrays.copyOf(UP, 80)));
        assertEquals(told(State.UP), listener(0, OWN).read(Frames.with(Frames.with(UP, 40, 0), 41, 0)));
    }

    @Test
    void authenticationIsNotVerified() {
        for (final var length : new int[] { 26, 33, 48 }) {
            assertEquals(told(State.UP), listener(0, OWN).read(authenticated(length, length - 24)));
        }
        assertEquals(told(State.UP), listener(0, OWN).read(authenticated(33, 5)));
    }

    @Test
    void vlanIsTheSessions() {
        assertEquals(told(State.UP), listener(7, OWN).read(tagged(UP, 0xc007)));
        assertEquals(new Unusable(Discard.FOREIGN), listener(7, OWN).read(UP));
        assertEquals(new Unusable(Discard.FOREIGN), listener(0, OWN).read(tagged(UP, 7)));
        assertEquals(told(State.UP), listener(0, OWN).read(tagged(UP, 0)), "priority-tagged");
    }

    @Test
    void whatOneBridgeTellsAnotherIsNotUsed() {
        final var both = Set.of(OWN, NEIGHBOUR);

        assertEquals(new Unusable(Discard.FOREIGN), new BfdListener(0, OWN, both).read(UP));
        assertEquals(new Unusable(Discard.FOREIGN), new BfdListener(0, NEIGHBOUR, both).read(DOWN));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
            Arguments.of("nothing", Discard.MALFORMED, new byte[0]),
            Arguments.of("RARP", Discard.MALFORMED, Rarp.announce(Mac.BROADCAST, 0, 1)),
            Arguments.of("no datagram", Discard.MALFORMED, with(UP, 17, 20)),
            Arguments.of("less than UDP's header", Discard.MALFORMED, with(UP, 17, 27)),
            Arguments.of("datagram longer than the packet", Discard.MALFORMED, with(UP, 39, 33)),
            Arguments.of("datagram shorter than the packet", Discard.MALFORMED, with(UP, 39, 31)),
            Arguments.of("wrong checksum", Discard.MALFORMED, Frames.with(UP, 41, 0)),
            Arguments.of("passed on by a router", Discard.MALFORMED, with(UP, 22, 254)),
            Arguments.of("version 0", Discard.MALFORMED, with(UP, 42, 0x00)),
            Arguments.of("version 2", Discard.MALFORMED, with(UP, 42, 0x40)),
            Arguments.of("multipoint", Discard.MALFORMED, with(UP, 43, 0xc1)),
            Arguments.of("no multiplier", Discard.MALFORMED, with(UP, 44, 0)),
            Arguments.of("length less than a packet's", Discard.MALFORMED, with(UP, 45, 23)),
            Arguments.of("length more than there is", Discard.MALFORMED, with(UP, 45, 25)),
            Arguments.of("no discriminator", Discard.MALFORMED, with(ByteBuffer.wrap(UP.clone()).putInt(46, 0).array(),
                0, UP[0])),
            Arguments.of("up, and hears nobody", Discard.MALFORMED, with(DOWN, 43, 0xc0)),
            Arguments.of("begins, and hears nobody", Discard.MALFORMED, with(DOWN, 43, 0x80)),
            Arguments.of("no interval", Discard.MALFORMED, with(ByteBuffer.wrap(UP.clone()).putInt(54, 0).array(), 0,
                UP[0])),
            Arguments.of("authenticated, and is not", Discard.MALFORMED, with(UP, 43, 0xc4)),
            Arguments.of("no length of authentication", Discard.MALFORMED, authenticated(25, 0)),
            Arguments.of("authentication without a header", Discard.MALFORMED, authenticated(33, 1)),
            Arguments.of("authentication longer than the packet", Discard.MALFORMED, authenticated(33, 10)),
            Arguments.of("other protocol", Discard.FOREIGN, with(UP, 23, 6)),
            Arguments.of("echo packets' port", Discard.FOREIGN, with(UP, 37, 0xc9)),
            Arguments.of("of another station", Discard.FOREIGN, with(UP, 29, 0x0d)),
            Arguments.of("to another bridge", Discard.FOREIGN, with(UP, 33, 0x0c)),
            Arguments.of("passed on in IPv6", Discard.MALFORMED, withIpv6(21, 254)),
            Arguments.of("longer than the frame", Discard.MALFORMED, withIpv6(19, 33)),
            Arguments.of("other version of IP", Discard.MALFORMED, withIpv6(14, 0x40)),
            Arguments.of("no checksum in IPv6", Discard.MALFORMED, Frames.with(Frames.with(UP_IPV6, 60, 0), 61, 0)),
            Arguments.of("wrong checksum in IPv6", Discard.MALFORMED, Frames.with(UP_IPV6, 61, 0)),
            Arguments.of("version 0 in IPv6", Discard.MALFORMED, withIpv6(62, 0)),
            Arguments.of("other protocol in IPv6", Discard.FOREIGN, withIpv6(20, 58)),
            Arguments.of("of another station in IPv6", Discard.FOREIGN, withIpv6(37, 0x12)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoControlPacketIsDiscardedWithTheReason(final String what, final Discard reason, final byte[] frame) {
        final var source = what.startsWith("up,") || what.startsWith("begins,") ? NEIGHBOUR
            : what.endsWith("IPv6") || List.of("longer than the frame", "other version of IP").contains(what) ? OWN_IPV6
            : OWN;
        assertEquals(new Unusable(reason), listener(0, source).read(frame), what);
    }

    @Test
    void addressOfTheOtherFamilyIsForeign() {
        assertEquals(new Unusable(Discard.FOREIGN), listener(0, OWN_IPV6).read(UP));
        assertEquals(new Unusable(Discard.FOREIGN), listener(0, OWN).read(UP_IPV6));
    }

    @Test
    void anyOctetsCanBeRead() {
        for (final var good : new byte[][] { UP, DOWN, UP_IPV6, authenticated(33, 9) }) {
            for (final var source : List.of(OWN, NEIGHBOUR, OWN_IPV6)) {
                Frames.hostile(good).forEach(frame -> assertNotNull(listener(0, source).read(frame)));
            }
        }
    }
}
