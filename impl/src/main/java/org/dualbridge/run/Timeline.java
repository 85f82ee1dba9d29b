/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.PortRef;
import org.dualbridge.run.HostLearner.Heard;
import org.eclipse.jdt.annotation.Nullable;

/** Collects the instants of one takeover. Times are readings of the loop's clock. */
final class Timeline {
    private final Move move;
    private @Nullable Long fenced;
    private @Nullable Long tablesMoved;
    private @Nullable Long firstAnnouncement;
    private @Nullable Long lastAnnouncement;
    private @Nullable Integer hosts;
    private long movedAt;
    /** Which hosts there were when the tables had moved; found out when the first of them is heard. */
    private Supplier<ImmutableSet<Key>> moved = ImmutableSet::of;
    /** Those that were heard since; {@code null} where nobody is listened to. */
    private @Nullable Set<Key> confirmed;
    private @Nullable Long lastConfirmed;

    Timeline(final Move move) {
        this.move = move;
    }

    void fenced(final long at) {
        fenced = micros(at);
    }

    void tablesMoved(final long at) {
        tablesMoved = micros(at);
        movedAt = at;
    }

    /**
     * Tells which hosts moved with the tables.
     *
     * @param count how many there are
     * @param which which ones
     * @param learns whether their frames are listened to
     */
    void hosts(final int count, final Supplier<ImmutableSet<Key>> which, final boolean learns) {
        hosts = count;
        moved = which;
        confirmed = learns ? new HashSet<>() : null;
    }

    /**
     * Hosts were heard. One that moved with the tables, and whose own frame came in at the new attachment after all
     * switches had confirmed, is confirmed: the attachment's switch has learned it there.
     *
     * @param heard who, where and when
     * @param active the new attachment
     */
    void heard(final List<Heard> heard, final @Nullable PortRef active) {
        final var known = confirmed;
        if (tablesMoved == null || known == null || known.size() == moved.get().size()) {
            return;
        }
        heard.stream().filter(one -> one.port().equals(active) && one.at() >= movedAt
                && moved.get().contains(one.host()))
            .filter(one -> known.add(one.host())).forEach(one -> lastConfirmed = micros(one.at()));
    }

    /** Counts the hosts that were heard since the tables moved. */
    int confirmed() {
        return confirmed == null ? 0 : confirmed.size();
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
            lastAnnouncement, hosts, confirmed == null ? null : confirmed(), lastConfirmed);
    }
}
