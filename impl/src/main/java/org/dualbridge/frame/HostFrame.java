/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What a frame tells of the host that sent it: its MAC address and VLAN, and perhaps an address of its own.
 *
 * <pre>
 *  frame                                  address of the host
 *  ARP (RFC 826)                          ar$spa; none in a probe (RFC 5227, section 2.1.1)
 *  RARP (RFC 903)                         none: ar$spa is undefined
 *  neighbour solicitation (RFC 4861)      the source; none while it is tentative (RFC 4862, section 5.4.2)
 *  neighbour advertisement (RFC 4861)     the target
 *  DHCP of a client (RFC 2131, section 2) ciaddr, if any
 *  other IPv4, IPv6                       none: it may have been routed
 * </pre>
 *
 * <p>A frame that speaks for another MAC address than its source's is of no use: a proxy, a relay, or a lie.
 */
public sealed interface HostFrame {
    /**
     * A host was seen.
     *
     * @param mac its MAC address
     * @param vlan its VLAN, 0 for untagged
     * @param address an address of its own, {@code null} where it tells none
     * @param isRouter whether it says that it is an IPv6 router
     */
    record Sighting(Mac mac, int vlan, @Nullable Address address, boolean isRouter) implements HostFrame {
    }

    /**
     * The frame tells nothing.
     *
     * @param reason why
     */
    record Unusable(Discard reason) implements HostFrame {
    }

    /** An address of a host. */
    sealed interface Address {
    }

    /**
     * An IPv4 address.
     *
     * @param bits the address as a number
     */
    record V4(int bits) implements Address {
    }

    /**
     * An IPv6 address.
     *
     * @param ipv6 the address
     */
    record V6(Ipv6 ipv6) implements Address {
    }

    /**
     * Reads a frame.
     *
     * @param frame the frame, without FCS
     * @return what it tells
     */
    static HostFrame read(final byte[] frame) {
        final var buffer = ByteBuffer.wrap(frame);
        final var header = Ethernet.read(buffer).orElse(null);
        if (header == null) {
            return new Unusable(Discard.MALFORMED);
        }
        final var source = header.source();
        final var vlan = header.vlan();
        return switch (header.type()) {
            case Ethernet.TYPE_ARP, Ethernet.TYPE_RARP -> arp(buffer, source, vlan,
                header.type() == Ethernet.TYPE_RARP);
            case Ethernet.TYPE_IPV6 -> ofIpv6(buffer, source, vlan);
            case Ethernet.TYPE_IPV4 -> ofIpv4(buffer, source, vlan);
            default -> new Unusable(Discard.FOREIGN);
        };
    }

    private static HostFrame arp(final ByteBuffer packet, final Mac source, final int vlan, final boolean isReverse) {
        final var operation = Arp.operation(packet);
        if (operation < 1 || operation > 4 || isReverse != operation > 2) {
            return new Unusable(Discard.MALFORMED);
        }
        final var sender = Mac.read(packet);
        final var address = packet.getInt();
        if (!sender.equals(source)) {
            return new Unusable(Discard.FOREIGN);
        }
        return new Sighting(source, vlan, isReverse ? null : ipv4(address), false);
    }

    private static HostFrame ofIpv6(final ByteBuffer packet, final Mac source, final int vlan) {
        final var begin = packet.position();
        if (packet.remaining() < 40 || packet.get(begin) >>> 4 != 6) {
            return new Unusable(Discard.MALFORMED);
        }
        return NeighbourMessage.isOne(packet) ? neighbour(packet, source, vlan)
            : new Sighting(source, vlan, null, false);
    }

    private static HostFrame ofIpv4(final ByteBuffer packet, final Mac source, final int vlan) {
        final var begin = packet.position();
        final var header = packet.hasRemaining() ? (packet.get(begin) & 0xf) * 4 : 0;
        if (header < Ipv4.LENGTH || packet.remaining() < header || packet.get(begin) >>> 4 != 4) {
            return new Unusable(Discard.MALFORMED);
        }
        final var isDhcp = packet.get(begin + 9) == Ipv4.UDP && (packet.getShort(begin + 6) & 0x1fff) == 0
            && packet.remaining() >= header + 4 && isDhcp(packet, begin + header);
        return isDhcp ? dhcp(packet, source, vlan) : new Sighting(source, vlan, null, false);
    }

    private static HostFrame neighbour(final ByteBuffer packet, final Mac source, final int vlan) {
        return NeighbourMessage.read(packet).<HostFrame>map(message -> {
            if (message.linkLayer() != null && !source.equals(message.linkLayer())) {
                return new Unusable(Discard.FOREIGN);
            }
            final var isAdvertisement = message.type() == NeighbourMessage.ADVERTISEMENT;
            final var address = isAdvertisement ? message.target() : message.source();
            return new Sighting(source, vlan,
                address.isStations() ? new V6(address) : null,
                isAdvertisement && (message.flags() & NeighbourMessage.ROUTER) != 0);
        }).orElseGet(() -> new Unusable(Discard.MALFORMED));
    }

    /** Tells whether the UDP ports are those from a client, to a server. */
    private static boolean isDhcp(final ByteBuffer packet, final int udp) {
        return packet.getInt(udp) == (68 << 16 | 67);
    }

    /**
     * Reads a client's message.
     *
     * <pre>
     *  octets  field                    value
     *   2, 2   UDP ports                68, 67
     *   2, 2   UDP length, checksum     any
     *   1      op                       1, from a client
     *   1, 1   htype, hlen              1, 6
     *   9      hops to flags            any
     *   4      ciaddr                   the client's address, or 0
     *   8      yiaddr, siaddr           any
     *   4      giaddr                   0: no relay
     *   6      chaddr                   the client's MAC address
     * </pre>
     */
    private static HostFrame dhcp(final ByteBuffer from, final Mac source, final int vlan) {
        final var packet = Ipv4.read(from).orElse(null);
        if (packet == null || packet.protocol() != Ipv4.UDP || packet.payload().capacity() < 42) {
            return new Unusable(Discard.MALFORMED);
        }
        final var message = packet.payload();
        if (!isDhcp(message, 0) || message.get(8) != 1 || message.get(9) != 1
                || message.get(10) != 6) {
            return new Unusable(Discard.MALFORMED);
        }
        if (message.getInt(32) != 0 || !Mac.read(message.position(36)).equals(source)) {
            return new Unusable(Discard.FOREIGN);
        }
        return new Sighting(source, vlan, ipv4(message.getInt(20)), false);
    }

    /** No host has 0.0.0.0/8, 127.0.0.0/8, or from 224.0.0.0 up (RFC 1122, section 3.2.1.3). */
    private static @Nullable Address ipv4(final int address) {
        final var first = address >>> 24;
        return first == 0 || first == 127 || first >= 224 ? null : new V4(address);
    }
}
