/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import org.dualbridge.frame.HostFrame.Address;

/**
 * What a bridge tells a neighbour of their BFD session (RFC 5880, section 4.1).
 *
 * @param neighbour whom it tells
 * @param state how the session is, as the bridge sees it
 * @param discriminator the bridge's own number of the session; another one is another session
 * @param multiplier so many packets missing in a row: the session is down
 * @param intervalNanos the bridge's Desired Min TX Interval; it sends as often, or as rarely as the neighbour demands
 */
public record BfdControl(Address neighbour, State state, int discriminator, int multiplier, long intervalNanos)
        implements Sign {
    /** How a session is, in the order of its numbers on the wire. */
    public enum State {
        /** An operator holds it down. */
        ADMIN_DOWN,
        /** The bridge does not hear the neighbour, or was told so by it, or has just begun. */
        DOWN,
        /** The bridge hears the neighbour, and was not heard yet. */
        INIT,
        /** Both hear each other. */
        UP
    }

    /**
     * Tells after which silence the neighbour holds the session down, if it demands no longer intervals (RFC 5880,
     * section 6.8.4).
     *
     * @return a time, nanoseconds
     */
    public long detectionNanos() {
        return multiplier * intervalNanos;
    }
}
