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
import org.dualbridge.frame.Heartbeat.Inquired;
import org.dualbridge.frame.Heartbeat.Reading;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Ipv4Heartbeat.Ends;

/**
 * Answers a bridge that asks by datagrams: each is sent back as it is, addresses and ports swapped (RFC 862). So
 * faild's responder answers an INQ with an ACK, and judges who asks by being asked.
 *
 * <p>A datagram without a checksum is not read, as RFC 1122, section 4.1.3.4, allows.
 */
public final class Responder implements Listener {
    private static final int HEADER = 8;

    private final Ends ends;
    private final int port;

    /**
     * Answers one bridge at one attachment.
     *
     * @param ends who is asked (the source) and who asks (the target)
     * @param port port that is asked
     */
    public Responder(final Ends ends, final int port) {
        this.ends = ends;
        this.port = port;
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        return switch (Ethernet.skipHeader(in)) {
            case Ethernet.TYPE_ARP -> Ipv4Heartbeat.readArp(ends, in);
            case Ethernet.TYPE_IPV4 -> {
                final var sender = Mac.read(ByteBuffer.wrap(frame, 6, 6));
                yield Ipv4.read(in).map(packet -> readPacket(sender, packet)).orElse(new Unusable(Discard.MALFORMED));
            }
            default -> new Unusable(Discard.MALFORMED);
        };
    }

    private Reading readPacket(final Mac sender, final Ipv4 packet) {
        if (packet.protocol() != Ipv4.UDP || !sender.equals(ends.target()) || packet.source() != ends.targetIp()
                || packet.destination() != ends.sourceIp()) {
            return new Unusable(Discard.FOREIGN);
        }
        final var inquiry = packet.payload();
        final var length = inquiry.capacity();
        if (length < HEADER || Short.toUnsignedInt(inquiry.getShort(4)) != length || inquiry.getShort(6) == 0
                || checksum(inquiry) != 0) {
            return new Unusable(Discard.MALFORMED);
        }
        if (Short.toUnsignedInt(inquiry.getShort(2)) != port) {
            return new Unusable(Discard.FOREIGN);
        }
        final var frame = Ethernet.compose(ends.target(), ends.source(), ends.vlan(), Ethernet.TYPE_IPV4,
            Ipv4.LENGTH + length);
        Ipv4.header(frame, Ipv4.UDP, length, ends.sourceIp(), ends.targetIp());
        // Swapped words have the same sum.
        frame.putShort(inquiry.getShort(2)).putShort(inquiry.getShort(0)).putShort(inquiry.getShort(4))
            .putShort(inquiry.getShort(6)).put(inquiry.position(HEADER));
        return new Inquired(frame.array());
    }

    private short checksum(final ByteBuffer message) {
        return Checksum.of(Ipv4.UDP + message.capacity() + Checksum.sum(message, 0, message.capacity())
            + Checksum.sum(ByteBuffer.allocate(8).putInt(ends.sourceIp()).putInt(ends.targetIp()), 0, 8));
    }
}
