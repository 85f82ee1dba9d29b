/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A frame that a switch hands straight back to the controller. It never leaves the switch. It takes the same way
 * through the controller as answers to heartbeats do, so that all answers that the switch handed up before it have been
 * seen when it comes back.
 *
 * <pre>
 *  octets  field
 *   6      destination 02:db:ff:00:00:03
 *   6      source 02:db:ff:00:00:02
 *   2      ethertype 0x88b5
 *   4      "DBWI"
 *   4      target: number of the target of a tracker that is asked through the port, or 0
 *   8      controller: a random number, new at every start
 *   8      round
 *   8      when it was sent, nanoseconds of the controller's clock
 * </pre>
 *
 * @param target what the switch is asked for: a target, or 0 for the attachment
 * @param round the round for which the switch is asked
 * @param askedAt when it was sent
 */
public record Witness(int target, long round, long askedAt) {
    private static final Mac DESTINATION = new Mac(0x02db_ff00_0003L);
    private static final Mac SOURCE = new Mac(0x02db_ff00_0002L);
    private static final int MAGIC = 0x4442_5749;
    private static final int LENGTH = 32;

    /**
     * Composes the frame.
     *
     * @param controller a number that no other controller and no earlier start uses
     * @return 60 octets
     */
    public byte[] frame(final long controller) {
        return Ethernet.compose(DESTINATION, SOURCE, 0, Ethernet.TYPE_PROBE, LENGTH)
            .putInt(MAGIC).putInt(target).putLong(controller).putLong(round).putLong(askedAt).array();
    }

    /**
     * Reads a frame.
     *
     * @param frame any octets
     * @param controller the number that was sent
     * @return the witness, empty if this is none of ours
     */
    public static Optional<Witness> read(final byte[] frame, final long controller) {
        final var in = ByteBuffer.wrap(frame);
        if (Ethernet.skipHeader(in) != Ethernet.TYPE_PROBE || in.remaining() < LENGTH || in.getInt() != MAGIC) {
            return Optional.empty();
        }
        final var target = in.getInt();
        return in.getLong() == controller ? Optional.of(new Witness(target, in.getLong(), in.getLong()))
            : Optional.empty();
    }
}
