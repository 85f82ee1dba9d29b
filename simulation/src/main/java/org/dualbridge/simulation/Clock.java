/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.PriorityQueue;

/** Time that passes only from one thing that happens to the next; nanoseconds. */
final class Clock {
    static final long MILLIS = 1_000_000;
    static final long SECONDS = 1000 * MILLIS;

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long now = 1000 * SECONDS;
    private long numbers;

    private record Due(long at, long number, Runnable task) implements Comparable<Due> {
        @Override
        public int compareTo(final Due other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    long now() {
        return now;
    }

    /** Has something happen; what is due at the same time happens in the order in which it was asked for. */
    void at(final long time, final Runnable task) {
        queue.add(new Due(Math.max(time, now), numbers++, task));
    }

    void after(final long nanos, final Runnable task) {
        at(now + nanos, task);
    }

    /**
     * Lets the next thing happen.
     *
     * @return false if there is none before the end
     */
    boolean step(final long end) {
        final var due = queue.peek();
        if (due == null || due.at > end) {
            now = Math.max(now, end);
            return false;
        }
        queue.remove();
        now = due.at;
        due.task.run();
        return true;
    }
}
