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
 *   4      "DBHB"
 *   1      version 1
 *   3      zero
 *   8      controller: a random number, new at every start
 *   8      datapath id of the attachment's switch
 *   4      port of the attachment
 *   8      round
 * </pre>
 */
public final class ReflectHeartbeat implements Heartbeat {
    /** Where probes are sent when no MAC address is configured. */
    public static final Mac DESTINATION = new Mac(0x02db_ff00_0001L);

    /** Ethertype of the probes. */
    public static final int ETHERTYPE = Ethernet.TYPE_PROBE;

    private static final Mac SOURCE = new Mac(0x02db_ff00_0002L);
    private static final int MAGIC = 0x44424842;
    private static final int VERSION = 1 << 24;
    private static final int LENGTH = 36;

    private final Mac destination;
    private final int vlan;
    private final long controller;
    private final long datapath;
    private final int port;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param destination where probes are sent
     * @param vlan VLAN of the probes, 0 for untagged
     * @param controller a number that no other controller and no earlier start uses
     * @param datapath datapath id of the attachment's switch
     * @param port port number of the attachment
     */
    public ReflectHeartbeat(final Mac destination, final int vlan, final long controller, final long datapath,
            final int port) {
        this.destination = destination;
        this.vlan = vlan;
        this.controller = controller;
        this.datapath = datapath;
        this.port = port;
    }

    @Override
    public byte[] probe(final long round) {
        return Ethernet.compose(destination, SOURCE, vlan, Ethernet.TYPE_PROBE, LENGTH)
            .putInt(MAGIC).putInt(VERSION).putLong(controller).putLong(datapath).putInt(port).putLong(round).array();
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        if (Ethernet.skipHeader(in) != Ethernet.TYPE_PROBE || in.remaining() < LENGTH || in.getInt() != MAGIC
                || in.getInt() != VERSION) {
            return new Unusable(Discard.MALFORMED);
        }
        if (in.getLong() != controller || in.getLong() != datapath || in.getInt() != port) {
            return new Unusable(Discard.FOREIGN);
        }
        return new Answer(in.getLong(), -1L);
    }
}
