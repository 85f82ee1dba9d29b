/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import org.dualbridge.api.DualBridgeStatus.Discard;

/** Composes the probes of one attachment and reads the answers to them. */
public sealed interface Heartbeat extends Listener permits ArpHeartbeat, NdHeartbeat, Ipv4Heartbeat, ReflectHeartbeat {
    /**
     * Composes a probe.
     *
     * @param round number of the probe
     * @return the frame
     */
    byte[] probe(long round);

    /** What a frame is to an attachment's heartbeat. */
    sealed interface Reading {
    }

    /**
     * An answer to a probe.
     *
     * @param round the low bits of the number of that probe
     * @param mask which bits of it the answer carries
     */
    record Answer(long round, long mask) implements Reading {
    }

    /**
     * A question that the target needs answered before it can answer probes.
     *
     * @param reply the frame to send back
     */
    record Query(byte[] reply) implements Reading {
    }

    /**
     * A bridge tells of itself: as a VRRP master, or of a BFD session.
     *
     * @param sign what it tells
     */
    record Advertised(Sign sign) implements Reading {
    }

    /**
     * A bridge asks for an answer of ours.
     *
     * @param reply the frame to send back
     */
    record Inquired(byte[] reply) implements Reading {
    }

    /**
     * Not an answer.
     *
     * @param reason why not
     */
    record Unusable(Discard reason) implements Reading {
    }
}
