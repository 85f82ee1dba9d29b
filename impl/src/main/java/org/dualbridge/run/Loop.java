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
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that all machines run on, and their clock. Nothing on it blocks.
 *
 * <p>Tasks and timers run in the order of their times, so that an answer that came before a judgement counts in it. A
 * thread pool with timers does the same, but sorts every task among them, under a lock, and wakes up for each.
 */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final ScheduledExecutorService timeouts;
    private final long startNanos = System.nanoTime();
    private final Instant startInstant = Instant.now();
    private volatile boolean idle;
    private volatile boolean closed;
    // Below: the loop's thread only.
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(timer -> timer.at));
    private long worstLate;
    private long worstLateBefore;
    private long spanEnd;

    private record Task(long at, Runnable work) {
    }

    /** A task for later. */
    static final class Timer {
        private final long at;
        private final Runnable work;
        private boolean cancelled;

        private Timer(final long at, final Runnable work) {
            this.at = at;
            this.work = work;
        }

        /** Takes it back; on the loop's thread. */
        void cancel() {
            cancelled = true;
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
        thread = threads.setNameFormat(name).setPriority(priority).build().newThread(this::work);
        thread.start();
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
    public void execute(final Runnable work) {
        if (!closed) {
            tasks.add(new Task(now(), work));
            if (idle) {
                LockSupport.unpark(thread);
            }
        }
    }

    /**
     * Runs a task later.
     *
     * @param at when, by {@link #now()}; a time that has passed means at once
     * @param work the task
     * @return cancels it
     */
    Timer at(final long at, final Runnable work) {
        final var timer = new Timer(Math.max(at, now()), work);
        if (Thread.currentThread() == thread) {
            timers.add(timer);
        } else {
            execute(() -> timers.add(timer));
        }
        return timer;
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

    private void work() {
        while (!closed) {
            final var timer = timers.peek();
            final var task = tasks.peek();
            if (timer != null && timer.cancelled) {
                timers.remove();
            } else if (task != null && (timer == null || task.at <= timer.at)) {
                tasks.remove();
                run(task.work);
            } else {
                final var late = timer == null ? Long.MIN_VALUE : now() - timer.at;
                if (late < 0) {
                    sleep(late);
                } else {
                    timers.remove();
                    worstLate = Math.max(worstLate, late);
                    run(timer.work);
                }
            }
        }
    }

    /** Sleeps until there is a task, or a time. */
    private void sleep(final long late) {
        idle = true;
        // Whoever adds a task after this look at the queue sees that the loop is idle.
        if (tasks.isEmpty() && !closed) {
            if (late == Long.MIN_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, -late);
            }
        }
        idle = false;
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
        closed = true;
        LockSupport.unpark(thread);
        timeouts.shutdownNow();
    }
}
