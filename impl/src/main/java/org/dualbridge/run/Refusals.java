/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.dualbridge.run.Loop.Timer;
import org.dualbridge.table.FlowEntry;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What one switch should have and refused: flows, and its group. It is tried again after a second, then after twice the
 * time, up to a minute.
 */
final class Refusals {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Loop loop;
    private final Runnable tryAgain;
    private final Set<FlowEntry> flows = new LinkedHashSet<>();
    private boolean group;
    private long waitNanos = FIRST_NANOS;
    private @Nullable Timer timer;

    Refusals(final Loop loop, final Runnable tryAgain) {
        this.loop = loop;
        this.tryAgain = tryAgain;
    }

    int count() {
        return flows.size() + (group ? 1 : 0);
    }

    boolean contains(final FlowEntry flow) {
        return flows.contains(flow);
    }

    List<FlowEntry> flows() {
        return List.copyOf(flows);
    }

    boolean hasGroup() {
        return group;
    }

    /** A flow was refused; tells whether that is new. */
    boolean add(final FlowEntry flow) {
        return flows.add(flow) && tryAgainSoon();
    }

    /** The group was refused; tells whether that is new. */
    boolean addGroup() {
        final var isNew = !group;
        group = true;
        return isNew && tryAgainSoon();
    }

    /** A flow was taken, or is not intended any more; tells whether it had been refused. */
    boolean remove(final FlowEntry flow) {
        return flows.remove(flow);
    }

    /** The group was taken, or is not intended any more; tells whether it had been refused. */
    boolean removeGroup() {
        final var was = group;
        group = false;
        return was;
    }

    void clear() {
        flows.clear();
        group = false;
    }

    private boolean tryAgainSoon() {
        if (timer == null || waitNanos > FIRST_NANOS) {
            schedule(FIRST_NANOS);
        }
        return true;
    }

    private void schedule(final long nanos) {
        if (timer != null) {
            timer.cancel();
        }
        waitNanos = nanos;
        timer = loop.at(loop.now() + nanos, () -> {
            timer = null;
            if (count() > 0) {
                schedule(Math.min(2 * nanos, LAST_NANOS));
                tryAgain.run();
            }
        });
    }
}
