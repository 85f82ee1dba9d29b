/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.BfdControl.State;
import org.dualbridge.frame.Heartbeat.Advertised;
import org.dualbridge.frame.Heartbeat.Reading;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;

/**
 * Reads the BFD control packets that a bridge sends to its neighbours on the same link, by IPv4 or IPv6 (RFC 5881).
 * What receivers have to check is checked (RFC 5880, section 6.8.6; RFC 5881, section 5), but for what only the
 * neighbour knows: its own discriminator, and keys. So a packet that is authenticated is read like any other.
 *
 * <pre>
 *  octets  field (RFC 5880, 4.1)                 read if
 *   1      version, 3 bits; diagnostic, 5        version 1
 *   1      state, 2 bits; P, F, C, A, D, M       M is 0
 *   1      Detect Mult                           not 0
 *   1      length                                24 at least, 26 with A, and no more than there is
 *   4      My Discriminator                      not 0
 *   4      Your Discriminator                    not 0, unless the state is Down or AdminDown
 *   4      Desired Min TX Interval, microseconds not 0
 *   4      Required Min RX Interval              any
 *   4      Required Min Echo RX Interval         any
 *   ..     authentication, with A                as long as it says, within the length
 * </pre>
 *
 * <p>By IPv4, a datagram need not have a checksum (RFC 768).
 */
public final class BfdListener implements Listener {
    /** UDP port that control packets are sent to, on one link (RFC 5881, section 4). */
    public static final int PORT = 3784;

    private static final int HOPS = 255;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    private static final int LENGTH = 24;
    private static final int AUTHENTICATION_HEADER = 2;
    private static final int AUTHENTICATED = 0x04;
    private static final int MULTIPOINT = 0x01;
    private static final long MICROSECOND = 1000;

    private final int vlan;
    private final Address source;
    private final Set<Address> bridges;

    /**
     * Listens to one bridge.
     *
     * @param vlan VLAN of the packets, 0 for untagged
     * @param source the bridge's address
     * @param bridges addresses of all bridges: what one of them tells another is not used, since the session of the one
     *     that works goes down with that of the one that does not
     */
    public BfdListener(final int vlan, final Address source, final Set<Address> bridges) {
        this.vlan = vlan;
        this.source = source;
        this.bridges = bridges;
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
        final var neighbour = new V4(packet.destination());
        if (packet.protocol() != Ipv4.UDP || isForeign(new V4(packet.source()), neighbour, frameVlan)) {
            return new Unusable(Discard.FOREIGN);
        }
        final var datagram = packet.payload();
        final var hasChecksum = datagram.capacity() < UDP_HEADER || datagram.getShort(6) != 0;
        return packet.hops() == HOPS ? readDatagram(datagram, neighbour, hasChecksum,
            Checksum.sum(ByteBuffer.allocate(8).putInt(packet.source()).putInt(packet.destination()), 0, 8))
            : new Unusable(Discard.MALFORMED);
    }

    private Reading readIpv6(final ByteBuffer in, final int frameVlan) {
        final var begin = in.position();
        if (in.remaining() < IPV6_HEADER || in.get(begin) >>> 4 != 6) {
            return new Unusable(Discard.MALFORMED);
        }
        final var length = Short.toUnsignedInt(in.getShort(begin + 4));
        final var from = new V6(Ipv6.read(in.position(begin + 8)));
        final var neighbour = new V6(Ipv6.read(in));
        if (in.get(begin + 6) != Ipv4.UDP || isForeign(from, neighbour, frameVlan)) {
            return new Unusable(Discard.FOREIGN);
        }
        if (length > in.remaining() || Byte.toUnsignedInt(in.get(begin + 7)) != HOPS) {
            return new Unusable(Discard.MALFORMED);
        }
        return readDatagram(in.slice(begin + IPV6_HEADER, length), neighbour, true,
            Checksum.sum(in, begin + 8, begin + IPV6_HEADER));
    }

    private boolean isForeign(final Address from, final Address to, final int frameVlan) {
        return frameVlan != vlan || !from.equals(source) || bridges.contains(to);
    }

    /** Reads a datagram between two addresses of which the sum is given. */
    private static Reading readDatagram(final ByteBuffer datagram, final Address neighbour, final boolean hasChecksum,
            final long addresses) {
        final var length = datagram.capacity();
        if (length < UDP_HEADER || Short.toUnsignedInt(datagram.getShort(4)) != length
                || hasChecksum && (datagram.getShort(6) == 0
                    || Checksum.of(Ipv4.UDP + length + addresses + Checksum.sum(datagram, 0, length)) != 0)) {
            return new Unusable(Discard.MALFORMED);
        }
        return Short.toUnsignedInt(datagram.getShort(2)) == PORT
            ? readPacket(datagram.slice(UDP_HEADER, length - UDP_HEADER), neighbour) : new Unusable(Discard.FOREIGN);
    }

    private static Reading readPacket(final ByteBuffer packet, final Address neighbour) {
        if (packet.capacity() < LENGTH) {
            return new Unusable(Discard.MALFORMED);
        }
        final var flags = Byte.toUnsignedInt(packet.get(1));
        final var state = State.values()[flags >>> 6];
        final var multiplier = Byte.toUnsignedInt(packet.get(2));
        final var length = Byte.toUnsignedInt(packet.get(3));
        final var discriminator = packet.getInt(4);
        final var isStarted = state == State.INIT || state == State.UP;
        final var interval = Integer.toUnsignedLong(packet.getInt(12)) * MICROSECOND;
        if (Byte.toUnsignedInt(packet.get(0)) >>> 5 != 1 || (flags & MULTIPOINT) != 0 || multiplier == 0
                || length < LENGTH || length > packet.capacity() || discriminator == 0
                || isStarted && packet.getInt(8) == 0 || interval == 0
                || (flags & AUTHENTICATED) != 0 && !hasAuthentication(packet, length)) {
            return new Unusable(Discard.MALFORMED);
        }
        return new Advertised(new BfdControl(neighbour, state, discriminator, multiplier, interval));
    }

    private static boolean hasAuthentication(final ByteBuffer packet, final int length) {
        if (length < LENGTH + AUTHENTICATION_HEADER) {
            return false;
        }
        final var authentication = Byte.toUnsignedInt(packet.get(LENGTH + 1));
        return authentication >= AUTHENTICATION_HEADER && LENGTH + authentication <= length;
    }
}
