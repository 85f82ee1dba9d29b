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
 * Heartbeat of anything that answers ping.
 *
 * <pre>
 *  octets  field
 *   20     IPv4 header, see {@link Ipv4}
 *   1, 1   type 8, echo; 0, echo reply (RFC 792); code 0
 *   2      checksum
 *   2      identifier 0xdbdb
 *   2      sequence number: the low 16 bits of the round
 *   ..     payload, see {@link Payload}
 * </pre>
 */
public final class IcmpEchoHeartbeat extends Ipv4Heartbeat {
    private static final int ECHO = 8 << 8;
    private static final int ECHO_REPLY = 0;
    private static final int IDENTIFIER = 0xdbdb;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param ends who asks whom
     * @param payload what they carry
     */
    public IcmpEchoHeartbeat(final Ends ends, final Payload payload) {
        super(ends, Ipv4.ICMP, payload);
    }

    @Override
    void writeHeader(final ByteBuffer message, final long round) {
        message.putShort(0, (short) ECHO).putShort(4, (short) IDENTIFIER).putShort(6, (short) round);
        message.putShort(2, checksum(message));
    }

    private static short checksum(final ByteBuffer message) {
        return Checksum.of(Checksum.sum(message, 0, message.capacity()));
    }

    @Override
    Reading readMessage(final ByteBuffer message) {
        if (checksum(message) != 0) {
            return new Unusable(Discard.MALFORMED);
        }
        if (message.getShort(0) != ECHO_REPLY || Short.toUnsignedInt(message.getShort(4)) != IDENTIFIER) {
            return new Unusable(Discard.FOREIGN);
        }
        final var reading = readPayload(message);
        return reading instanceof Answer(var round, var mask) && (short) round != message.getShort(6)
            ? new Unusable(Discard.FOREIGN) : reading;
    }
}
