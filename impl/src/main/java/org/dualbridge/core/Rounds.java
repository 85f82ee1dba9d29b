/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableSortedSet;
import java.util.OptionalLong;

/** Decides when rounds of announcements begin; times are nanoseconds since the tables moved. */
public final class Rounds {
    private Rounds() {
        // decides only
    }

    /**
     * Finds the next round. Those that should have begun while another one was under way are one.
     *
     * @param schedule when rounds are to begin
     * @param begun when the last one began, -1 if none did
     * @param now the time, when that one was done
     * @return when the next one begins, now or later; empty if it was the last
     */
    public static OptionalLong next(final ImmutableSortedSet<Long> schedule, final long begun, final long now) {
        final var first = schedule.higher(begun);
        return first == null ? OptionalLong.empty() : OptionalLong.of(Math.max(first, now));
    }
}
