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
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Advertised;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames are keepalived's, and tshark finds their checksums right. */
class VrrpListenerTest {
    private static final long CENTISECOND = 10_000_000;
    private static final int IP = 0x0a00_0001;
    private static final byte[] V2 = frame("01005e000012" + "525400000001" + "0800" + "45c00028" + "00010000"
        + "ff70d091" + "0a000001" + "e0000012" + "21339601" + "0101da69" + "0a0000fe" + "3131313100000000");
    private static final byte[] V2_RESIGNS = frame("01005e000012" + "525400000001" + "0800" + "45c00028" + "00040000"
        + "ff70d08e" + "0a000001" + "e0000012" + "21330001" + "0101706a" + "0a0000fe" + "3131313100000000");
    private static final byte[] V3 = frame("01005e000012" + "525400000001" + "0800" + "45c00024" + "00010000"
        + "ff70d095" + "0a000001" + "e0000012" + "3134c802" + "000a0622" + "0a0700fe" + "0a0700fd");
    private static final byte[] V3_IPV6 = frame("333300000012" + "525400000001" + "86dd" + "6c05c68f" + "002870ff"
        + "fe80000000000000fc9f0ffffe344d53" + "ff020000000000000000000000000012" + "31356402" + "0019e623"
        + "fe8000000000000000000000000000fe" + "20010db80000000000000000000000fe");

    private static byte[] frame(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static VrrpListener listener(final int router) {
        return new VrrpListener(router, 0, 0, null);
    }

    private static Advertised advertised(final int priority, final long sender, final long centiseconds) {
        return new Advertised(new VrrpAdvertisement(priority, sender, centiseconds * CENTISECOND));
    }

    private static byte[] tagged(final byte[] frame, final int vlan) {
        return ByteBuffer.allocate(frame.length + 4).put(frame, 0, 12).putShort((short) 0x8100).putShort((short) vlan)
            .put(frame, 12, frame.length - 12).array();
    }

    @Test
    void advertisementsOfAllVersionsAndFamiliesAreRead() {
        assertEquals(advertised(150, IP, 100), listener(51).read(V2));
        assertEquals(advertised(0, IP, 100), listener(51).read(V2_RESIGNS));
        assertEquals(advertised(200, IP, 10), listener(52).read(V3));
        assertEquals(advertised(100, 0xfc9f_0fff_fe34_4d53L, 25), listener(53).read(V3_IPV6));
    }

    @Test
    void advertisementMayHavePadding() {
        assertEquals(advertised(200, IP, 10), listener(52).read(Arrays.copyOf(V3, 60)));
    }

    @Test
    void checksumWithoutPseudoHeaderIsRightInVersion3() {
        assertEquals(advertised(200, IP, 10), listener(52).read(Frames.with(Frames.with(V3, 40, 0xf0), 41, 0xb5)));
    }

    @Test
    void vlanIsThePairs() {
        assertEquals(advertised(150, IP, 100), new VrrpListener(51, 7, 0, null).read(tagged(V2, 0xc007)));
        assertEquals(new Unusable(Discard.FOREIGN), new VrrpListener(51, 7, 0, null).read(V2));
        assertEquals(new Unusable(Discard.FOREIGN), listener(51).read(tagged(V2, 7)));
        assertEquals(advertised(150, IP, 100), listener(51).read(tagged(V2, 0)), "priority-tagged");
    }

    @Test
    void senderIsTheTargetWhereItIsKnown() {
        final var sender = new Ipv6(0xfe80_0000_0000_0000L, 0xfc9f_0fff_fe34_4d53L);

        assertEquals(advertised(150, IP, 100), new VrrpListener(51, 0, IP, null).read(V2));
        assertEquals(new Unusable(Discard.FOREIGN), new VrrpListener(51, 0, IP + 1, null).read(V2));
        assertEquals(new Unusable(Discard.FOREIGN), new VrrpListener(51, 0, 0, sender).read(V2));
        assertEquals(advertised(100, sender.low(), 25), new VrrpListener(53, 0, 0, sender).read(V3_IPV6));
        assertEquals(new Unusable(Discard.FOREIGN), new VrrpListener(53, 0, 0, Ipv6.UNSPECIFIED).read(V3_IPV6));
        assertEquals(new Unusable(Discard.FOREIGN), new VrrpListener(53, 0, IP, null).read(V3_IPV6));
    }

    /** Changes an octet of an IPv4 frame, and makes both checksums right again. */
    private static byte[] with(final byte[] good, final int at, final int value) {
        final var frame = Frames.with(good, at, value);
        IpStack.ipv4Summed(frame);
        final var message = ByteBuffer.wrap(frame, 34, frame.length - 34).slice();
        message.putShort(6, (short) 0).putShort(6, Checksum.of(Checksum.sum(message, 0, message.capacity())));
        return frame;
    }

    private static byte[] withIpv6(final int at, final int value) {
        final var frame = Frames.with(V3_IPV6, at, value);
        final var octets = ByteBuffer.wrap(frame);
        octets.putShort(60, (short) 0).putShort(60, Checksum.of(112 + 40 + Checksum.sum(octets, 22, frame.length)));
        return frame;
    }

    private static Stream<Arguments> others() {
        return Stream.of(
            Arguments.of("nothing", 51, Discard.MALFORMED, new byte[0]),
            Arguments.of("no message", 51, Discard.MALFORMED, with(V2, 17, 20)),
            Arguments.of("less than a header", 51, Discard.MALFORMED, with(V2, 17, 27)),
            Arguments.of("less addresses than it says", 51, Discard.MALFORMED, with(V2, 37, 2)),
            Arguments.of("no authentication data", 51, Discard.MALFORMED, with(V2, 17, 32)),
            Arguments.of("other authentication", 51, Discard.MALFORMED, with(V2, 38, 2)),
            Arguments.of("no interval", 51, Discard.MALFORMED, with(V2, 39, 0)),
            Arguments.of("no interval in version 3", 52, Discard.MALFORMED, with(V3, 39, 0)),
            Arguments.of("less addresses in version 3", 52, Discard.MALFORMED, with(V3, 37, 3)),
            Arguments.of("other version", 51, Discard.MALFORMED, with(V2, 34, 0x41)),
            Arguments.of("other type", 51, Discard.MALFORMED, with(V2, 34, 0x22)),
            Arguments.of("passed on by a router", 51, Discard.MALFORMED, with(V2, 22, 254)),
            Arguments.of("wrong checksum", 51, Discard.MALFORMED, Frames.with(V2, 41, 0)),
            Arguments.of("pseudo-header in version 2", 52, Discard.MALFORMED, Frames.with(V3, 34, 0x21)),
            Arguments.of("other protocol", 51, Discard.FOREIGN, with(V2, 23, 51)),
            Arguments.of("to one router", 51, Discard.FOREIGN, with(V2, 33, 2)),
            Arguments.of("other virtual router", 50, Discard.FOREIGN, V2),
            Arguments.of("RARP", 51, Discard.MALFORMED, Rarp.announce(Mac.BROADCAST, 0, IP)),
            Arguments.of("version 2 in IPv6", 53, Discard.MALFORMED, withIpv6(54, 0x21)),
            Arguments.of("passed on in IPv6", 53, Discard.MALFORMED, withIpv6(21, 254)),
            Arguments.of("longer than the frame", 53, Discard.MALFORMED, withIpv6(19, 41)),
            Arguments.of("less addresses in IPv6", 53, Discard.MALFORMED, withIpv6(57, 3)),
            Arguments.of("other version of IP", 53, Discard.MALFORMED, withIpv6(14, 0x40)),
            Arguments.of("to all nodes", 53, Discard.FOREIGN, withIpv6(53, 1)),
            Arguments.of("other protocol in IPv6", 53, Discard.FOREIGN, withIpv6(20, 58)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void whatIsNoAdvertisementIsDiscardedWithTheReason(final String what, final int router, final Discard reason,
            final byte[] frame) {
        assertEquals(new Unusable(reason), listener(router).read(frame), what);
    }

    @Test
    void anyOctetsCanBeRead() {
        for (final var good : new byte[][] { V2, V3, V3_IPV6 }) {
            Frames.hostile(good).forEach(frame -> assertNotNull(listener(52).read(frame)));
        }
    }

    @Test
    void higherPriorityThenHigherAddressOutranks() {
        final var low = new VrrpAdvertisement(100, -2, 1);

        assertTrue(new VrrpAdvertisement(101, 1, 1).outranks(low));
        assertTrue(new VrrpAdvertisement(100, -1, 1).outranks(low));
        assertFalse(new VrrpAdvertisement(100, 1, 1).outranks(low));
        assertFalse(new VrrpAdvertisement(99, -1, 1).outranks(low));
        assertEquals(156, new VrrpAdvertisement(100, 1, 256).skewNanos());
    }
}
