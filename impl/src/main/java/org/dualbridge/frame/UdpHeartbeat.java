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
 * Heartbeat of a service that sends datagrams back as they are, such as echo (RFC 862).
 *
 * <pre>
 *  octets  field
 *   20     IPv4 header, see {@link Ipv4}
 *   2      source port 56027
 *   2      destination port
 *   2      length: 8 and the payload's
 *   2      checksum, over a pseudo-header, too (RFC 768)
 *   ..     payload, see {@link Payload}
 * </pre>
 *
 * <p>A datagram without a checksum is not read, as RFC 1122, section 4.1.3.4, allows.
 */
public final class UdpHeartbeat extends Ipv4Heartbeat {
    /** Port that probes come from, one that nobody has registered (RFC 6335, section 6). */
    private static final int SOURCE_PORT = 56027;

    private final int port;
    private final long pseudoHeader;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param ends who asks whom
     * @param port port that the service listens at
     * @param payload what they carry
     */
    public UdpHeartbeat(final Ends ends, final int port, final Payload payload) {
        super(ends, Ipv4.UDP, payload);
        this.port = port;
        pseudoHeader = Ipv4.UDP + Checksum.sum(ByteBuffer.allocate(8).putInt(ends.sourceIp()).putInt(ends.targetIp()),
            0, 8);
    }

    @Override
    void writeHeader(final ByteBuffer message, final long round) {
        message.putShort(0, (short) SOURCE_PORT).putShort(2, (short) port).putShort(4, (short) message.capacity());
        final var checksum = checksum(message);
        message.putShort(6, checksum == 0 ? -1 : checksum);
    }

    private short checksum(final ByteBuffer message) {
        return Checksum.of(pseudoHeader + message.capacity() + Checksum.sum(message, 0, message.capacity()));
    }

    @Override
    Reading readMessage(final ByteBuffer message) {
        if (message.getShort(4) != message.capacity() || message.getShort(6) == 0 || checksum(message) != 0) {
            return new Unusable(Discard.MALFORMED);
        }
        return Short.toUnsignedInt(message.getShort(0)) == port
            && Short.toUnsignedInt(message.getShort(2)) == SOURCE_PORT
            ? readPayload(message) : new Unusable(Discard.FOREIGN);
    }
}
