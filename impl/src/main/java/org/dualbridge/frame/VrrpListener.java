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
import org.dualbridge.frame.Heartbeat.Advertised;
import org.dualbridge.frame.Heartbeat.Reading;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Reads the advertisements of a virtual router, to all VRRP routers, by IPv4 or IPv6. What receivers have to check is
 * checked (RFC 3768, section 7.1; RFC 9568, section 7.1).
 *
 * <pre>
 *  octets  VRRPv2 (RFC 3768, 5.3)       VRRPv3 (RFC 9568, 5.2)
 *   1      version 2, type 1            version 3, type 1
 *   1      virtual router               the same
 *   1      priority                     the same
 *   1      number of addresses          the same
 *   2      authentication type,         interval in centiseconds, 12 bits
 *          interval in seconds
 *   2      checksum                     the same, over a pseudo-header, too
 *   ..     IPv4 addresses               IPv4 or IPv6 addresses
 *   8      authentication data
 * </pre>
 *
 * <p>By IPv4, a VRRPv3 checksum is right with a pseudo-header (RFC 5798) and without one (RFC 9568, section 5.2.8). A
 * password (RFC 2338) is not looked at, as RFC 3768, section 5.3.10, demands.
 */
public final class VrrpListener implements Listener {
    /** Protocol number of VRRP. */
    public static final int PROTOCOL = 112;

    private static final int ROUTERS = 0xe000_0012;
    private static final Ipv6 ROUTERS_IPV6 = new Ipv6(0xff02L << 48, 0x12);
    private static final int HOPS = 255;
    private static final int HEADER = 8;
    private static final int AUTHENTICATION = 8;
    private static final int PASSWORD = 1;
    private static final int IPV6_HEADER = 40;
    private static final long SECOND = 1_000_000_000;

    private final int router;
    private final int vlan;
    private final int source;
    private final @Nullable Ipv6 sourceIpv6;

    /**
     * Listens to a virtual router.
     *
     * @param router its number
     * @param vlan VLAN of the advertisements, 0 for untagged
     * @param source IPv4 address that they have to come from, 0 for any, or where it is an IPv6 address
     * @param sourceIpv6 IPv6 address that they have to come from, {@code null} for any, or where it is an IPv4 address
     */
    public VrrpListener(final int router, final int vlan, final int source, final @Nullable Ipv6 sourceIpv6) {
        this.router = router;
        this.vlan = vlan;
        this.source = source;
        this.sourceIpv6 = sourceIpv6;
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        final var frameVlan = Ethernet.vlan(in);
        return switch (Ethernet.skipHeader(in)) {
            case Ethernet.TYPE_IPV4 -> Ipv4.read(in).map(packet -> readIpv4(packet, frameVlan))
                .orElse(new Unusable(Discard.MALFORMED));
            case Ethernet.TYPE_IPV6 -> readIpv6(in, frameVlan);
            default -> new Unusable(Discard.MALFORMED);
        };
    }

    private Reading readIpv4(final Ipv4 packet, final int frameVlan) {
        if (packet.protocol() != PROTOCOL || packet.destination() != ROUTERS || frameVlan != vlan
                || sourceIpv6 != null || source != 0 && packet.source() != source) {
            return new Unusable(Discard.FOREIGN);
        }
        final var message = packet.payload();
        final var sum = Checksum.sum(message, 0, message.capacity());
        final var pseudoHeader = PROTOCOL + message.capacity()
            + Checksum.sum(ByteBuffer.allocate(8).putInt(packet.source()).putInt(packet.destination()), 0, 8);
        final var isV3 = message.capacity() > 0 && message.get(0) == 0x31;
        return packet.hops() == HOPS && (Checksum.of(sum) == 0 || isV3 && Checksum.of(sum + pseudoHeader) == 0)
            ? readMessage(message, Integer.toUnsignedLong(packet.source()), 4) : new Unusable(Discard.MALFORMED);
    }

    private Reading readIpv6(final ByteBuffer in, final int frameVlan) {
        final var begin = in.position();
        if (in.remaining() < IPV6_HEADER || in.get(begin) >>> 4 != 6) {
            return new Unusable(Discard.MALFORMED);
        }
        final var length = Short.toUnsignedInt(in.getShort(begin + 4));
        final var from = Ipv6.read(in.position(begin + 8));
        if (in.get(begin + 6) != PROTOCOL || !Ipv6.read(in).equals(ROUTERS_IPV6) || frameVlan != vlan || source != 0
                || sourceIpv6 != null && !from.equals(sourceIpv6)) {
            return new Unusable(Discard.FOREIGN);
        }
        if (length > in.remaining() || Byte.toUnsignedInt(in.get(begin + 7)) != HOPS || Checksum.of(PROTOCOL + length
                + Checksum.sum(in, begin + 8, begin + IPV6_HEADER + length)) != 0) {
            return new Unusable(Discard.MALFORMED);
        }
        return readMessage(in.slice(begin + IPV6_HEADER, length), from.low(), 16);
    }

    /** Reads a message whose checksum is right. */
    private Reading readMessage(final ByteBuffer message, final long sender, final int addressLength) {
        final var isV2 = addressLength == 4 && message.capacity() >= HEADER && message.get(0) == 0x21;
        if (message.capacity() < HEADER || !isV2 && message.get(0) != 0x31
                || message.capacity() < HEADER + Byte.toUnsignedInt(message.get(3)) * addressLength
                    + (isV2 ? AUTHENTICATION : 0)
                || isV2 && Byte.toUnsignedInt(message.get(4)) > PASSWORD) {
            return new Unusable(Discard.MALFORMED);
        }
        final var interval = isV2 ? Byte.toUnsignedInt(message.get(5)) * SECOND
            : (message.getShort(4) & 0xfff) * SECOND / 100;
        if (interval == 0) {
            return new Unusable(Discard.MALFORMED);
        }
        return Byte.toUnsignedInt(message.get(1)) == router
            ? new Advertised(new VrrpAdvertisement(Byte.toUnsignedInt(message.get(2)), sender, interval))
            : new Unusable(Discard.FOREIGN);
    }
}
