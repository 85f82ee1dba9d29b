/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.concurrent.TimeUnit;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.core.Action.Move;
import org.eclipse.jdt.annotation.Nullable;

/** Collects the instants of one takeover. Times are readings of the loop's clock. */
final class Timeline {
    private final Move move;
    private @Nullable Long fenced;
    private @Nullable Long tablesMoved;
    private @Nullable Long firstAnnouncement;
    private @Nullable Long lastAnnouncement;

    Timeline(final Move move) {
        this.move = move;
    }

    void fenced(final long at) {
        fenced = micros(at);
    }

    void tablesMoved(final long at) {
        tablesMoved = micros(at);
    }

    void announced(final long first, final long last) {
        firstAnnouncement = micros(first);
        lastAnnouncement = micros(last);
    }

    boolean isOf(final long epoch) {
        return move.after().epoch() == epoch;
    }

    /** Tells whether it began as planned, whatever was lost meanwhile. */
    boolean isPlanned() {
        return move.planned();
    }

    private long micros(final long at) {
        return TimeUnit.NANOSECONDS.toMicros(at - move.lastSign());
    }

    Takeover takeover(final Loop clock) {
        return new Takeover(move.after().epoch(), move.reason(), move.trigger(), move.from(), move.to(),
            clock.instant(move.decidedAt()), micros(move.decidedAt()), fenced, tablesMoved, firstAnnouncement,
            lastAnnouncement);
    }
}
