/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.TokenBucket;

/** Takes so many frames per switch and second, on threads that must not wait, and counts those that are too much. */
final class Intake {
    private final Pace pace;
    private final Map<Long, TokenBucket> buckets = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> excess = new ConcurrentHashMap<>();
    private final Set<Long> crowded = ConcurrentHashMap.newKeySet();

    Intake(final Pace pace) {
        this.pace = pace;
    }

    /** Tells whether a frame is taken, for the dual bridge that has a number in its cookies. */
    boolean takes(final long node, final int id, final long now) {
        final var bucket = buckets.computeIfAbsent(node, key -> new TokenBucket());
        final boolean isTaken;
        synchronized (bucket) {
            isTaken = bucket.takeNow(now, pace);
        }
        if (!isTaken) {
            excess.computeIfAbsent(id, key -> new LongAdder()).increment();
            crowded.add(node);
        }
        return isTaken;
    }

    /** Tells of which switches not all frames were taken since the last time, whichever dual bridge they were for. */
    Set<Long> drainCrowded() {
        final var nodes = Set.copyOf(crowded);
        crowded.removeAll(nodes);
        return nodes;
    }

    /** Tells how many were too much since the last time, by the number of their dual bridge. */
    void drain(final ObjLongConsumer<Integer> told) {
        excess.forEach((id, count) -> {
            final var frames = count.sumThenReset();
            if (frames > 0) {
                told.accept(id, frames);
            }
        });
    }
}
