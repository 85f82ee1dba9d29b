/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A monitoring system that looks at the bridges of a dual bridge now and then, and reports how they are; and what the
 * controller was told by it. It knows bridges that do not work, but not their links.
 */
final class Reports {
    private static final long FASTEST = Clock.MILLIS;
    private static final long SLOWEST = 20 * Clock.MILLIS;

    private final Clock clock;
    private final RandomGenerator random;
    private final Predicate<String> works;
    private final Controller controller;
    private final long interval;
    private final long lifetime;
    private final Map<String, Told> told = new HashMap<>();
    /** Bridges of which it says the opposite of what is so. */
    private final Set<String> wrong = new HashSet<>();
    /** Bridges of which it says nothing. */
    private final Set<String> unseen = new HashSet<>();
    /** How late reports are at most; one may overtake another. */
    private long lateness;
    /** When the controller began, and knew of no report. */
    private long forgottenAt;

    /** Who is told. */
    interface Controller {
        /** Takes what is reported of a bridge; it calls {@link Reports#accept} when it has come to that. */
        void report(String bridge, boolean healthy);

        /** Does something when the controller runs. */
        void run(Runnable task);

        /** Takes note that it was told something else than before, or that what it was told is no longer valid. */
        void note(String what);
    }

    /** The last report of a bridge. */
    private static final class Told {
        private final boolean healthy;
        private final long since;
        private final long until;
        private boolean expired;

        Told(final boolean healthy, final long since, final long until) {
            this.healthy = healthy;
            this.since = since;
            this.until = until;
        }
    }

    Reports(final Clock clock, final RandomGenerator random, final Predicate<String> works,
            final Controller controller) {
        this.clock = clock;
        this.random = random;
        this.works = works;
        this.controller = controller;
        interval = random.nextLong(Clock.SECONDS / 2, 2 * Clock.SECONDS);
        lifetime = interval * 3 / 2 + random.nextLong(4 * interval);
    }

    void add(final String bridge) {
        clock.after(random.nextLong(interval), () -> turn(bridge));
    }

    private void turn(final String bridge) {
        clock.after(interval, () -> turn(bridge));
        if (!unseen.contains(bridge)) {
            final var healthy = works.test(bridge) != wrong.contains(bridge);
            clock.after(random.nextLong(FASTEST, SLOWEST) + (lateness > 0 ? random.nextLong(lateness) : 0),
                () -> controller.run(() -> controller.report(bridge, healthy)));
        }
    }

    // ---- what goes wrong ----

    void lie(final String bridge, final boolean lies) {
        set(wrong, bridge, lies);
    }

    void ignore(final String bridge, final boolean ignores) {
        set(unseen, bridge, ignores);
    }

    private static void set(final Set<String> bridges, final String bridge, final boolean isOneOfThem) {
        if (isOneOfThem) {
            bridges.add(bridge);
        } else {
            bridges.remove(bridge);
        }
    }

    void delay(final long most) {
        lateness = most;
    }

    // ---- what the controller was told ----

    /**
     * The controller takes a report.
     *
     * @return until when it is valid
     */
    long accept(final String bridge, final boolean healthy) {
        final var before = told.get(bridge);
        final var isSame = before != null && before.healthy == healthy;
        final var now = new Told(healthy, isSame ? before.since : clock.now(), clock.now() + lifetime);
        told.put(bridge, now);
        if (!isSame || before.expired) {
            controller.note(bridge + " is reported " + (healthy ? "healthy" : "sick"));
        }
        clock.at(now.until, () -> controller.run(() -> {
            if (told.get(bridge) == now) {
                now.expired = true;
                controller.note("report of " + bridge + " expires");
            }
        }));
        return now.until;
    }

    /** The controller keeps reports of some bridges only. */
    void retain(final Set<String> bridges) {
        if (bridges.isEmpty()) {
            forgottenAt = clock.now();
        }
        told.keySet().retainAll(bridges);
    }

    /** Tells whether a bridge may take over: it is healthy, by a report that is valid. */
    boolean isFit(final String bridge) {
        return isValid(bridge) && told.get(bridge).healthy;
    }

    /** Tells whether a bridge is to be left, as far as is known. */
    boolean isSick(final String bridge) {
        return told.containsKey(bridge) && !told.get(bridge).healthy;
    }

    /** Tells whether anything that counts is known of a bridge. */
    boolean isValid(final String bridge) {
        return told.containsKey(bridge) && !told.get(bridge).expired;
    }

    /** Tells whether nothing but health was reported of a bridge, for some time. */
    boolean isVouchedFor(final String bridge) {
        return told.containsKey(bridge) && told.get(bridge).healthy
            && clock.now() > told.get(bridge).since + Clock.SECONDS;
    }

    /** Tells whether nothing speaks against a bridge whose links came up at a time, by reports alone. */
    boolean isKnown(final String bridge, final long upAt) {
        final var last = told.get(bridge);
        return last == null ? upAt < forgottenAt : last.healthy && last.until > upAt;
    }
}
