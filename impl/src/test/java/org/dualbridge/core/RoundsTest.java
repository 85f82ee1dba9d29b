/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.MILLIS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final ImmutableSortedSet<Long> SCHEDULE =
        ImmutableSortedSet.of(0L, 100 * MILLIS, 1100 * MILLIS, 2200 * MILLIS, 4400 * MILLIS);

    /** Beginnings of all rounds, in milliseconds, where each takes as long. */
    private static List<Long> rounds(final long takesMillis) {
        final var begun = new ArrayList<Long>();
        var next = Rounds.next(SCHEDULE, -1, 0);
        while (next.isPresent()) {
            begun.add(next.getAsLong() / MILLIS);
            next = Rounds.next(SCHEDULE, next.getAsLong(), next.getAsLong() + takesMillis * MILLIS);
        }
        return begun;
    }

    @Test
    void roundsBeginWhenTheyAreDue() {
        assertEquals(List.of(0L, 100L, 1100L, 2200L, 4400L), rounds(0));
        assertEquals(List.of(0L, 100L, 1100L, 2200L, 4400L), rounds(99));
    }

    @Test
    void roundThatIsUnderWayLetsTheNextOneWait() {
        assertEquals(List.of(0L, 150L, 1100L, 2200L, 4400L), rounds(150));
    }

    @Test
    void roundsDueMeanwhileAreOne() {
        assertEquals(List.of(0L, 1200L, 2400L, 4400L), rounds(1200));
        assertEquals(List.of(0L, 10_000L), rounds(10_000));
    }

    @Test
    void firstRoundIsAsLateAsTheScheduleSays() {
        assertEquals(70, Rounds.next(ImmutableSortedSet.of(70L), -1, 3).orElseThrow());
    }
}
