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

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.HostFrame.Sighting;
import org.dualbridge.frame.HostFrame.Unusable;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostFrameTest {
    private static final Mac HOST = Mac.parse("52:54:00:00:00:01");
    private static final Mac OTHER = Mac.parse("52:54:00:00:00:02");
    private static final int ADDRESS = 0x0a00_0101;
    private static final Ipv6 IPV6 = new Ipv6(0x2001_0db8_0000_0000L, 1);
    private static final Ipv6 OTHER_IPV6 = new Ipv6(0x2001_0db8_0000_0000L, 2);

    private static Sighting sighting(final int vlan, final HostFrame.Address address) {
        return new Sighting(HOST, vlan, address, false);
    }

    private static byte[] arp(final Mac source, final Mac sender, final int address, final short operation) {
        final var frame = Ethernet.compose(Mac.BROADCAST, source, 0, Ethernet.TYPE_ARP, Arp.LENGTH);
        Arp.header(frame, operation);
        sender.write(frame);
        return frame.putInt(address).array();
    }

    private static byte[] neighbour(final int type, final Ipv6 source, final int flags, final Mac from) {
        return new NeighbourMessage(type, source, OTHER_IPV6, flags, type == NeighbourMessage.ADVERTISEMENT ? IPV6
            : OTHER_IPV6, null).frame(OTHER, from, 10);
    }

    /** From 0.0.0.0 port 68 to 255.255.255.255 port 67. */
    private static byte[] dhcp(final int op, final int ciaddr, final int giaddr, final Mac chaddr) {
        final var frame = Ethernet.compose(Mac.BROADCAST, HOST, 0, Ethernet.TYPE_IPV4, 20 + 8 + 236);
        Ipv4.header(frame, Ipv4.UDP, 8 + 236, 0, -1);
        frame.putShort((short) 68).putShort((short) 67).putShort((short) 244).putShort((short) 0);
        frame.put((byte) op).put((byte) 1).put((byte) 6).put((byte) 0).putInt(7).putInt(0);
        frame.putInt(ciaddr).putLong(0).putInt(giaddr);
        chaddr.write(frame);
        return frame.array();
    }

    @Test
    void arpTellsTheAddressOfItsSender() {
        assertEquals(sighting(0, new V4(ADDRESS)), HostFrame.read(arp(HOST, HOST, ADDRESS, Arp.REQUEST)));
        assertEquals(sighting(0, new V4(ADDRESS)), HostFrame.read(arp(HOST, HOST, ADDRESS, Arp.REPLY)));
        assertEquals(sighting(20, new V4(ADDRESS)), HostFrame.read(Garp.request(HOST, 20, ADDRESS)));
        assertEquals(sighting(20, new V4(ADDRESS)), HostFrame.read(Garp.reply(HOST, 20, ADDRESS)));
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 0x7f00_0001, 0xe000_0001, -1, 1 })
    void arpMayTellNoAddress(final int address) {
        assertEquals(sighting(0, null), HostFrame.read(arp(HOST, HOST, address, Arp.REQUEST)));
    }

    @Test
    void rarpTellsNoAddress() {
        assertEquals(sighting(30, null), HostFrame.read(Rarp.announce(HOST, 30, ADDRESS)));
    }

    @Test
    void solicitationTellsItsSourceUnlessThatIsTentative() {
        assertEquals(sighting(10, new V6(IPV6)),
            HostFrame.read(neighbour(NeighbourMessage.SOLICITATION, IPV6, 0, HOST)));
        assertEquals(sighting(10, null),
            HostFrame.read(neighbour(NeighbourMessage.SOLICITATION, Ipv6.UNSPECIFIED, 0, HOST)));
    }

    @Test
    void advertisementTellsItsTargetAndWhetherItIsARouter() {
        assertEquals(sighting(10, new V6(IPV6)),
            HostFrame.read(neighbour(NeighbourMessage.ADVERTISEMENT, OTHER_IPV6, NeighbourMessage.OVERRIDE, HOST)));
        assertEquals(new Sighting(HOST, 10, new V6(IPV6), true),
            HostFrame.read(neighbour(NeighbourMessage.ADVERTISEMENT, OTHER_IPV6, NeighbourMessage.ROUTER, HOST)));
    }

    @ParameterizedTest
    @CsvSource({ "0, 0", "0, 1", "0, 0xffff0a000001" })
    void advertisementMayTellNoAddress(final long high, final String low) {
        final var target = new Ipv6(high, Long.decode(low));
        assertEquals(sighting(10, null), HostFrame.read(new NeighbourMessage(NeighbourMessage.ADVERTISEMENT, IPV6,
            OTHER_IPV6, NeighbourMessage.OVERRIDE, target, null).frame(OTHER, HOST, 10)));
        assertEquals(sighting(10, null), HostFrame.read(new NeighbourMessage(NeighbourMessage.SOLICITATION, target,
            OTHER_IPV6, 0, OTHER_IPV6, null).frame(OTHER, HOST, 10)));
    }

    @Test
    void noStationIsInTheReservedVlan() {
        assertEquals(sighting(4094, new V4(ADDRESS)), HostFrame.read(Garp.request(HOST, 4094, ADDRESS)));
        assertEquals(new Unusable(Discard.MALFORMED), HostFrame.read(Garp.request(HOST, 4095, ADDRESS)));
    }

    @Test
    void dhcpTellsTheAddressThatTheClientHas() {
        assertEquals(sighting(0, new V4(ADDRESS)), HostFrame.read(dhcp(1, ADDRESS, 0, HOST)));
        assertEquals(sighting(0, null), HostFrame.read(dhcp(1, 0, 0, HOST)));
    }

    /** From anywhere: nobody tells whether it was routed. */
    private static byte[] ip(final int version, final int next) {
        final var frame = Ethernet.compose(OTHER, HOST, 10, version == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6, 60);
        return frame.put(18, (byte) (version == 4 ? 0x45 : 0x60)).put(18 + (version == 4 ? 9 : 6), (byte) next)
            .array();
    }

    @ParameterizedTest
    @CsvSource({ "4, 1", "4, 6", "4, 17", "6, 6", "6, 17", "6, 58", "6, 0" })
    void otherIpFramesTellNoAddress(final int version, final int next) {
        final var frame = ip(version, next);
        assertEquals(sighting(10, null), HostFrame.read(frame));
        assertEquals(new Unusable(Discard.MALFORMED), HostFrame.read(Arrays.copyOf(frame, 30)));
        frame[18] = 0x70;
        assertEquals(new Unusable(Discard.MALFORMED), HostFrame.read(frame));
    }

    @Test
    void badNeighbourDiscoveryIsNoOtherIpFrame() {
        final var frame = neighbour(NeighbourMessage.SOLICITATION, IPV6, 0, HOST);
        frame[18 + 7] = 64;
        assertEquals(new Unusable(Discard.MALFORMED), HostFrame.read(frame), "it was routed");
    }

    @ParameterizedTest
    @CsvSource({ "2, 0, MALFORMED", "1, 1, FOREIGN" })
    void dhcpOfServersAndRelaysIsOfNoUse(final int op, final int giaddr, final Discard reason) {
        assertEquals(new Unusable(reason), HostFrame.read(dhcp(op, 0, giaddr, HOST)));
    }

    @Test
    void whoSpeaksForAnotherIsOfNoUse() {
        final var foreign = new Unusable(Discard.FOREIGN);
        assertEquals(foreign, HostFrame.read(arp(HOST, OTHER, ADDRESS, Arp.REPLY)));
        assertEquals(foreign, HostFrame.read(dhcp(1, 0, 0, OTHER)));
        final var advertisement = neighbour(NeighbourMessage.ADVERTISEMENT, OTHER_IPV6, 0, HOST);
        OTHER.write(ByteBuffer.wrap(advertisement).position(6));
        assertEquals(foreign, HostFrame.read(advertisement));
    }

    @Test
    void noStationHasAGroupAddressOrNone() {
        final var malformed = new Unusable(Discard.MALFORMED);
        assertEquals(malformed, HostFrame.read(arp(Mac.BROADCAST, Mac.BROADCAST, ADDRESS, Arp.REQUEST)));
        assertEquals(malformed, HostFrame.read(arp(new Mac(0), new Mac(0), ADDRESS, Arp.REQUEST)));
    }

    @Test
    void otherFramesTellNothing() {
        assertEquals(new Unusable(Discard.FOREIGN), HostFrame.read(new Witness(0, 1, 2).frame(3)));
        assertEquals(new Unusable(Discard.MALFORMED), HostFrame.read(arp(HOST, HOST, ADDRESS, (short) 3)));
    }

    @Test
    void hostileFramesAreReadToTheEnd() {
        for (final var good : List.of(arp(HOST, HOST, ADDRESS, Arp.REQUEST), dhcp(1, ADDRESS, 0, HOST),
                neighbour(NeighbourMessage.ADVERTISEMENT, OTHER_IPV6, 0, HOST))) {
            Frames.hostile(good).forEach(frame -> {
                final var read = HostFrame.read(frame);
                assertNotNull(read);
                if (read instanceof Sighting found) {
                    assertFalse(found.mac().isGroup());
                }
            });
        }
    }
}
