/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ComparisonChain;
import java.util.Optional;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.DualBridge.HaMode;

/**
 * Which of two bridges is the better one. The lesser rank is better: one that nobody works on, then one that no tracker
 * keeps out, then ha-mode, then the preferred bridge, then trunk priority with its trackers, then the order in
 * which bridges are configured. No two bridges have the same.
 *
 * @param maintenance whether an operator works on it
 * @param keptOut whether a tracker without weight fails
 * @param haMode what part it takes
 * @param preferred whether it wins before any priority
 * @param priority trunk priority while all that is tracked holds, so with all negative weights
 * @param added what trackers that fail add to it, 0 or more
 * @param position position among the bridges
 */
record Rank(boolean maintenance, boolean keptOut, HaMode haMode, boolean preferred, int priority, int added,
        int position) implements Comparable<Rank> {
    boolean mayLead() {
        return haMode != HaMode.DISABLED && !maintenance;
    }

    /** Why the other one is to be active at once instead, empty if it is not better, or was so from the start. */
    Optional<Reason> demotedBy(final Rank better) {
        if (compareTo(better) <= 0) {
            return Optional.empty();
        }
        if (maintenance && !better.maintenance) {
            return Optional.of(Reason.MAINTENANCE);
        }
        if (keptOut && !better.keptOut) {
            return Optional.of(Reason.TRACKER);
        }
        if (better.haMode.order() < haMode.order()) {
            return Optional.of(Reason.OPERATOR);
        }
        return untracked().compareTo(better) < 0 ? Optional.of(Reason.TRACKER) : Optional.empty();
    }

    /** As it would be if nothing failed that its weighted trackers watch. */
    private Rank untracked() {
        return new Rank(maintenance, keptOut, haMode, preferred, priority, 0, position);
    }

    @Override
    public int compareTo(final Rank other) {
        return ComparisonChain.start()
            .compareFalseFirst(maintenance, other.maintenance)
            .compareFalseFirst(keptOut, other.keptOut)
            .compare(haMode.order(), other.haMode.order())
            .compareTrueFirst(preferred, other.preferred)
            .compare(priority + added, other.priority + other.added)
            .compare(position, other.position)
            .result();
    }
}
