/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;

/** Which bridge has which role, since when, why, and how often it had it. */
final class RoleBook {
    private final Map<String, Entry> entries = new HashMap<>();

    /** Role of one bridge and how it came to it. */
    static final class Entry {
        private Role role = Role.INITIALIZE;
        private Reason reason = Reason.STARTUP;
        private long since;
        private long timesActive;
        private long timesStandby;

        Role role() {
            return role;
        }

        Reason reason() {
            return reason;
        }

        long since() {
            return since;
        }

        long timesActive() {
            return timesActive;
        }

        long timesStandby() {
            return timesStandby;
        }
    }

    Entry of(final String bridge) {
        return entries.get(bridge);
    }

    /** Keeps these bridges, and begins new ones. */
    void keep(final List<String> bridges, final long now) {
        bridges.forEach(bridge -> entries.computeIfAbsent(bridge, name -> {
            final var entry = new Entry();
            entry.since = now;
            return entry;
        }));
        entries.keySet().retainAll(Set.copyOf(bridges));
    }

    /**
     * Gives a bridge a role.
     *
     * @return true if it is a new one
     */
    boolean become(final String bridge, final Role role, final Reason reason, final long now) {
        final var entry = of(bridge);
        if (entry.role == role) {
            return false;
        }
        entry.role = role;
        entry.reason = reason;
        entry.since = now;
        entry.timesActive += role == Role.ACTIVE ? 1 : 0;
        entry.timesStandby += role == Role.STANDBY ? 1 : 0;
        return true;
    }

    /** Gives a bridge back the role that it had before a restart. */
    void restore(final String bridge) {
        final var entry = of(bridge);
        entry.role = Role.ACTIVE;
        entry.reason = Reason.RESTORED;
    }
}
