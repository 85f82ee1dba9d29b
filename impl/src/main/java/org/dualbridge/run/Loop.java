/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that all machines run on, and their clock. Nothing on it blocks.
 *
 * <p>Timers are on a wheel (G. Varghese, A. Lauck: Hashed and Hierarchical Timing Wheels), which hands them to the
 * thread when they are due, behind what came before: an answer that came before a judgement counts in it.
 */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The wheel turns by so much; it goes round in half a second. */
    private static final long TICK_MILLIS = 1;
    private static final int TICKS = 512;

    /** One clock for all loops: what one has measured is told by another. */
    private static final long START_NANOS = System.nanoTime();
    private static final Instant START = Instant.now();

    private final ExecutorService thread;
    private final HashedWheelTimer wheel;
    private final ScheduledExecutorService timeouts;
    // Below: the loop's thread only.
    private long worstLate;
    private long worstLateBefore;
    private long spanEnd;

    /** A task for later. */
    static final class Timer {
        private final long at;
        private final Runnable work;
        private boolean cancelled;
        private Timeout timeout;

        private Timer(final long at, final Runnable work) {
            this.at = at;
            this.work = work;
        }

        /** Takes it back; on the loop's thread. */
        void cancel() {
            cancelled = true;
            timeout.cancel();
        }
    }

    /**
     * Starts the thread.
     *
     * @param name its name
     * @param priority its priority, which counts where the virtual machine is allowed to heed it
     */
    public Loop(final String name, final int priority) {
        final var threads = new ThreadFactoryBuilder().setDaemon(true);
        timeouts = Executors.newSingleThreadScheduledExecutor(threads.setNameFormat(name + "-timeouts").build());
        thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            threads.setNameFormat(name).setPriority(priority).build(), new ThreadPoolExecutor.DiscardPolicy());
        wheel = new HashedWheelTimer(threads.setNameFormat(name + "-wheel").build(), TICK_MILLIS,
            TimeUnit.MILLISECONDS, TICKS, false, -1, this);
        wheel.start();
    }

    /**
     * Reads the clock.
     *
     * @return nanoseconds since the first loop started
     */
    public long now() {
        return System.nanoTime() - START_NANOS;
    }

    /**
     * Translates a reading of the clock.
     *
     * @param nanos the reading
     * @return time of day
     */
    Instant instant(final long nanos) {
        return START.plusNanos(nanos);
    }

    @Override
    public void execute(final Runnable work) {
        thread.execute(() -> run(work));
    }

    /**
     * Runs a task later, by up to two milliseconds after its time.
     *
     * @param at when, by {@link #now()}; a time that has passed means at once
     * @param work the task
     * @return cancels it
     */
    Timer at(final long at, final Runnable work) {
        final var now = now();
        final var timer = new Timer(Math.max(at, now), work);
        timer.timeout = wheel.newTimeout(timeout -> fire(timer), timer.at - now, TimeUnit.NANOSECONDS);
        return timer;
    }

    private void fire(final Timer timer) {
        if (!timer.cancelled) {
            worstLate = Math.max(worstLate, now() - timer.at);
            timer.work.run();
        }
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

    /** What ends a wait; not the loop's thread. */
    ScheduledExecutorService timer() {
        return timeouts;
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private static void run(final Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // One dual bridge's trouble must not stop the heartbeats of the others.
            LOG.error("a task failed; the others go on", e);
        }
    }

    @Override
    public void close() {
        wheel.stop();
        thread.shutdown();
        timeouts.shutdownNow();
    }
}
