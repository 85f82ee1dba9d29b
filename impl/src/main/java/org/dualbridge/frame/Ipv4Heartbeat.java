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

/**
 * What heartbeats by IPv4 have in common. The target answers to the prober's IPv4 address; so it asks by ARP for the
 * MAC address that belongs to it, and is told.
 */
public abstract sealed class Ipv4Heartbeat implements Heartbeat permits IcmpEchoHeartbeat, UdpHeartbeat {
    private static final int HEADER = 8;

    private final Ends ends;
    private final int protocol;
    private final Payload payload;

    /**
     * Who asks whom.
     *
     * @param source the prober's MAC address
     * @param sourceIp the prober's IPv4 address
     * @param target the target's MAC address
     * @param targetIp the target's IPv4 address
     * @param vlan VLAN of the probes, 0 for untagged
     */
    public record Ends(Mac source, int sourceIp, Mac target, int targetIp, int vlan) {
    }

    Ipv4Heartbeat(final Ends ends, final int protocol, final Payload payload) {
        this.ends = ends;
        this.protocol = protocol;
        this.payload = payload;
    }

    @Override
    public final byte[] probe(final long round) {
        final var length = HEADER + payload.length();
        final var frame = Ethernet.compose(ends.target, ends.source, ends.vlan, Ethernet.TYPE_IPV4,
            Ipv4.LENGTH + length);
        Ipv4.header(frame, protocol, length, ends.sourceIp, ends.targetIp);
        final var message = frame.slice(frame.position(), length);
        payload.write(message.position(HEADER), round);
        writeHeader(message, round);
        return frame.array();
    }

    /** Writes the first eight octets of a message, which has its payload already. */
    abstract void writeHeader(ByteBuffer message, long round);

    @Override
    public final Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        return switch (Ethernet.skipHeader(in)) {
            case Ethernet.TYPE_ARP -> readArp(ends, in);
            case Ethernet.TYPE_IPV4 -> Ipv4.read(in).map(this::readPacket).orElse(new Unusable(Discard.MALFORMED));
            default -> new Unusable(Discard.MALFORMED);
        };
    }

    /** Reads what may be a question for the prober's MAC address. */
    static Reading readArp(final Ends ends, final ByteBuffer in) {
        final var operation = Arp.operation(in);
        if (operation == -1) {
            return new Unusable(Discard.MALFORMED);
        }
        final var senderMac = Mac.read(in);
        final var senderIp = in.getInt();
        Mac.read(in);
        if (operation != Arp.REQUEST || !senderMac.equals(ends.target) || in.getInt() != ends.sourceIp) {
            return new Unusable(Discard.FOREIGN);
        }
        final var reply = Ethernet.compose(ends.target, ends.source, ends.vlan, Ethernet.TYPE_ARP, Arp.LENGTH);
        Arp.header(reply, Arp.REPLY);
        ends.source.write(reply);
        reply.putInt(ends.sourceIp);
        senderMac.write(reply);
        return new Query(reply.putInt(senderIp).array());
    }

    private Reading readPacket(final Ipv4 packet) {
        if (packet.protocol() != protocol || packet.source() != ends.targetIp
                || packet.destination() != ends.sourceIp) {
            return new Unusable(Discard.FOREIGN);
        }
        final var message = packet.payload();
        if (message.capacity() != HEADER + payload.length()) {
            return new Unusable(Discard.MALFORMED);
        }
        return readMessage(message);
    }

    /** Reads a message from the target, as long as a probe's. */
    abstract Reading readMessage(ByteBuffer message);

    final Reading readPayload(final ByteBuffer message) {
        return payload.read(message.position(HEADER));
    }
}
