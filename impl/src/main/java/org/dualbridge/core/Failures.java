/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.ArrayDeque;
import java.util.Deque;
import org.dualbridge.core.DualBridge.Policy;

/** When a bridge failed, and how long it stays out for that, unless no other is left. */
final class Failures {
    private static final long NEVER = Long.MIN_VALUE;

    private final Deque<Long> times = new ArrayDeque<>();
    private boolean alive;
    private boolean failed;
    /** When it last failed once too often. */
    private long dampedAt = NEVER;
    /** When it was last healthy again after a failure. */
    private long recoveredAt = NEVER;

    /**
     * Notes whether the bridge is alive.
     *
     * @param nowAlive whether it is
     * @param nowDead whether it is dead; both are false while it is not judged
     */
    void note(final boolean nowAlive, final boolean nowDead, final Policy policy, final long now) {
        if (nowDead && alive) {
            alive = false;
            failed = true;
            add(policy, now);
        } else if (nowAlive && !alive) {
            alive = true;
            if (failed) {
                recoveredAt = now;
            }
        }
    }

    /** Something that trackers watch fails, which is a failure if the bridge has not failed itself. */
    void trackerFailed(final Policy policy, final long now) {
        if (alive) {
            add(policy, now);
        }
    }

    private void add(final Policy policy, final long now) {
        final var damping = policy.damping();
        times.add(now);
        while (now - times.peek() > damping.windowNanos()) {
            times.remove();
        }
        if (damping.changes() > 0 && times.size() >= damping.changes()) {
            dampedAt = now;
        }
    }

    /** Tells until when it is out by the rules of now, which may be others than when it failed. */
    long outUntil(final Policy policy) {
        final var damped = dampedAt == NEVER || policy.damping().changes() == 0 ? 0
            : dampedAt + policy.damping().holdNanos();
        return recoveredAt == NEVER ? damped : Math.max(damped, recoveredAt + policy.hold().healthNanos());
    }
}
