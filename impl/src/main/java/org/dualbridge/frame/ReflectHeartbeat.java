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
 * Heartbeat of a bridge that is an OpenFlow switch: a flow there sends the probe back as it is.
 *
 * <pre>
 *  octets  field
 *   6      destination: the target's MAC address, or 02:db:ff:00:00:01
 *   6      source: 02:db:ff:00:00:02
 *  (4)     802.1Q tag
 *   2      ethertype 0x88b5
 *   36     payload, see {@link Payload}
 * </pre>
 */
public final class ReflectHeartbeat implements Heartbeat {
    /** Where probes are sent when no MAC address is configured. */
    public static final Mac DESTINATION = new Mac(0x02db_ff00_0001L);

    /** Ethertype of the probes. */
    public static final int ETHERTYPE = Ethernet.TYPE_PROBE;

    private static final Mac SOURCE = new Mac(0x02db_ff00_0002L);

    private final Mac destination;
    private final int vlan;
    private final Payload payload;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param destination where probes are sent
     * @param vlan VLAN of the probes, 0 for untagged
     * @param payload what they carry
     */
    public ReflectHeartbeat(final Mac destination, final int vlan, final Payload payload) {
        this.destination = destination;
        this.vlan = vlan;
        this.payload = payload;
    }

    @Override
    public byte[] probe(final long round) {
        final var frame = Ethernet.compose(destination, SOURCE, vlan, Ethernet.TYPE_PROBE, payload.length());
        payload.write(frame, round);
        return frame.array();
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        return Ethernet.skipHeader(in) == Ethernet.TYPE_PROBE ? payload.read(in) : new Unusable(Discard.MALFORMED);
    }
}
