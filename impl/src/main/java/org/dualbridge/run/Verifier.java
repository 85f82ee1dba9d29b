/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.Loop.Timer;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the switches of one dual bridge hold with what is intended, and repairs it: when a switch has got its
 * tables, from time to time, and when asked. While a takeover is under way nothing is begun, and what was read before
 * one is read again, so that none is disturbed.
 */
final class Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long TIMEOUT_SECONDS = 60;

    private final Source source;
    private final SwitchRpcs rpcs;
    private final Loop loop;
    private final ScheduledExecutorService reader;
    private ListenableFuture<Result> last = Futures.immediateFuture(Result.NONE);
    private @Nullable Timer next;
    private long interval;
    private boolean stopped;

    /** What it knows of its dual bridge. */
    interface Source {
        String name();

        List<TableWriter> writers();

        /** Tells whether a takeover is under way, from the first fence to the last confirmation. */
        boolean isMoving();

        void verified(long node, Result result);
    }

    /**
     * What came of it.
     *
     * @param switches how many switches told all that they hold
     * @param missing entries that were not there as intended
     * @param unexpected entries of ours that were not intended
     * @param repaired how many of both were repaired
     */
    record Result(int switches, int missing, int unexpected, int repaired) {
        static final Result NONE = new Result(0, 0, 0, 0);

        Result plus(final Result other) {
            return new Result(switches + other.switches, missing + other.missing, unexpected + other.unexpected,
                repaired + other.repaired);
        }
    }

    Verifier(final Source source, final SwitchRpcs rpcs, final Loop loop, final ScheduledExecutorService reader) {
        this.source = source;
        this.rpcs = rpcs;
        this.loop = loop;
        this.reader = reader;
    }

    /**
     * Verifies from time to time.
     *
     * @param nanos the interval, 0 for never
     * @param spread any number, which spreads dual bridges over the interval
     */
    void every(final long nanos, final int spread) {
        if (nanos != interval) {
            interval = nanos;
            cancel();
            if (nanos > 0) {
                next = loop.at(loop.now() + nanos / 2 + nanos / 2 * (spread & 0xff) / 0xff, this::periodically);
            }
        }
    }

    private void periodically() {
        next = loop.at(loop.now() + interval, this::periodically);
        if (last.isDone()) {
            verify(TableWriter::isConnected);
        }
    }

    void stop() {
        stopped = true;
        cancel();
    }

    private void cancel() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** Verifies some switches, one after the other, after what is under way. */
    ListenableFuture<Result> verify(final Predicate<TableWriter> which) {
        last = Futures.transformAsync(last, any -> {
            var all = Futures.immediateFuture(Result.NONE);
            for (final var writer : source.writers().stream().filter(which).toList()) {
                all = Futures.transformAsync(all, sum -> Futures.transform(verify(writer), sum::plus,
                    MoreExecutors.directExecutor()), loop);
            }
            return all;
        }, loop);
        return last;
    }

    private ListenableFuture<Result> verify(final TableWriter writer) {
        return Futures.catching(verify(writer, loop.now() + PATIENCE_NANOS), Throwable.class, cause -> {
            LOG.warn("{}: {} could not be verified: {}", source.name(), PortRef.node(writer.node()),
                cause.toString());
            return Result.NONE;
        }, loop);
    }

    private ListenableFuture<Result> verify(final TableWriter writer, final long until) {
        if (stopped) {
            return Futures.immediateFuture(Result.NONE);
        }
        final var intended = writer.intended();
        if (intended.isEmpty() || source.isMoving()) {
            return verifyLater(writer, until);
        }
        final var then = intended.orElseThrow();
        return Futures.transformAsync(inTime(new TableReading(rpcs, reader, then).read()),
            drift -> source.isMoving() || !writer.isCurrent(then) ? verifyLater(writer, until)
                : Futures.transform(inTime(writer.repair(then, drift)), repaired -> {
                    final var result = new Result(1, drift.allMissing(), drift.unexpected().size(), repaired);
                    source.verified(writer.node(), result);
                    return result;
                }, loop), loop);
    }

    private ListenableFuture<Result> verifyLater(final TableWriter writer, final long until) {
        if (!writer.isConnected() || loop.now() > until) {
            return Futures.immediateFuture(Result.NONE);
        }
        final var later = SettableFuture.<Result>create();
        loop.at(loop.now() + AGAIN_NANOS, () -> later.setFuture(verify(writer, until)));
        return later;
    }

    private <T> ListenableFuture<T> inTime(final ListenableFuture<T> future) {
        return Futures.withTimeout(future, TIMEOUT_SECONDS, TimeUnit.SECONDS, loop.timer());
    }
}
