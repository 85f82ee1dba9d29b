/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that all machines run on, and their clock. Nothing on it blocks. */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ScheduledThreadPoolExecutor executor;
    private final long startNanos = System.nanoTime();
    private final Instant startInstant = Instant.now();
    // Below: the loop's thread only.
    private long worstLate;
    private long worstLateBefore;
    private long spanEnd;

    /**
     * Starts the thread.
     *
     * @param name its name
     * @param priority its priority, which counts where the virtual machine is allowed to heed it
     */
    public Loop(final String name, final int priority) {
        executor = new ScheduledThreadPoolExecutor(1,
            new ThreadFactoryBuilder().setNameFormat(name).setPriority(priority).setDaemon(true).build());
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Reads the clock.
     *
     * @return nanoseconds since the loop started
     */
    public long now() {
        return System.nanoTime() - startNanos;
    }

    /**
     * Translates a reading of the clock.
     *
     * @param nanos the reading
     * @return time of day
     */
    Instant instant(final long nanos) {
        return startInstant.plusNanos(nanos);
    }

    @Override
    public void execute(final Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed, task dropped", e);
        }
    }

    /**
     * Runs a task later.
     *
     * @param at when, by {@link #now()}; a time that has passed means at once
     * @param task the task
     * @return cancels it
     */
    Future<?> at(final long at, final Runnable task) {
        final var now = now();
        final var due = Math.max(at, now);
        return executor.schedule(() -> {
            worstLate = Math.max(worstLate, now() - due);
            run(task);
        }, due - now, TimeUnit.NANOSECONDS);
    }

    /** Tells by how much a timer was late, at worst, within the last 10 to 20 seconds; on the loop's thread. */
    long latenessNanos() {
        if (now() >= spanEnd) {
            spanEnd = now() + SPAN_NANOS;
            worstLateBefore = worstLate;
            worstLate = 0;
        }
        return Math.max(worstLate, worstLateBefore);
    }

    ScheduledExecutorService timer() {
        return executor;
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private static void run(final Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // One dual bridge's trouble must not stop the heartbeats of the others.
            LOG.error("a task failed; the others go on", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
