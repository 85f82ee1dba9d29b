/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Rarp;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.FlowEntry.FlowAction;

/**
 * Announces hosts, paced per switch, on a thread of its own. One announcement per host and switch: the switch learns it
 * at the port towards the active attachment, and stations and switches behind its other ports receive it.
 */
final class Announcer {
    /** A switch that learns looks through its caches once per batch. */
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long CONFIRM_SECONDS = 1;

    private final SwitchRpcs rpcs;
    private final Loop thread;
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final FutureCallback<Outcome> count = new FutureCallback<>() {
        @Override
        public void onSuccess(final Outcome outcome) {
            (outcome.isDone() ? sent : failed).increment();
        }

        @Override
        public void onFailure(final Throwable cause) {
            failed.increment();
        }
    };

    /**
     * Where a switch is told that a host is, and who else is told through it.
     *
     * @param inPort the port towards the active attachment
     * @param outPorts ports that receive the announcement
     */
    record Way(PortRef inPort, List<FlowAction> outPorts) {
    }

    /** What the announcements of one epoch report. */
    interface Progress {
        /**
         * The first round is out.
         *
         * @param first when the first announcement was handed over
         * @param last when the last one was
         */
        void firstRoundDone(long first, long last);

        /** Some announcements are out, not for the first time in this round; a good moment to make tables effective. */
        void someSent();
    }

    Announcer(final SwitchRpcs rpcs, final Loop thread) {
        this.rpcs = rpcs;
        this.thread = thread;
    }

    long sent() {
        return sent.sum();
    }

    long failed() {
        return failed.sum();
    }

    /**
     * Announces hosts, and repeats that.
     *
     * @param hosts the hosts
     * @param ways per switch
     * @param settings pace and repetition
     * @param isCurrent ends it when it turns false
     * @param progress is told on the announcer's thread
     */
    void announce(final List<Host> hosts, final List<Way> ways, final Announcement settings,
            final BooleanSupplier isCurrent, final Progress progress) {
        if (!hosts.isEmpty() && !ways.isEmpty()) {
            thread.execute(new Round(hosts, ways, settings, isCurrent, progress, settings.repeat())::run);
        }
    }

    private final class Round {
        private final List<Host> hosts;
        private final List<Way> ways;
        private final Announcement settings;
        private final BooleanSupplier isCurrent;
        private final Progress progress;
        private final int repeats;
        private final boolean isFirst;
        private int next;
        private long firstAt = -1;
        private long pokedAt = thread.now();

        Round(final List<Host> hosts, final List<Way> ways, final Announcement settings,
                final BooleanSupplier isCurrent, final Progress progress, final int repeats) {
            this.hosts = hosts;
            this.ways = ways;
            this.settings = settings;
            this.isCurrent = isCurrent;
            this.progress = progress;
            this.repeats = repeats;
            isFirst = repeats == settings.repeat();
        }

        /** Sends a batch. The next one leaves when its time has come and the switches have done this one. */
        void run() {
            if (!isCurrent.getAsBoolean()) {
                return;
            }
            final var now = thread.now();
            if (firstAt < 0) {
                firstAt = now;
            }
            final var size = Math.max(1, settings.rate() * BATCH_NANOS / TimeUnit.SECONDS.toNanos(1));
            final var end = Math.min(hosts.size(), next + size);
            for (; next < end; next++) {
                send(hosts.get(next));
            }
            final var nextAt = now + size * TimeUnit.SECONDS.toNanos(1) / settings.rate();
            final var lastAt = thread.now();
            Futures.withTimeout(Futures.allAsList(ways.stream().map(way -> rpcs.barrier(way.inPort().datapath()))
                .toList()), CONFIRM_SECONDS, TimeUnit.SECONDS, thread.timer())
                .addListener(() -> batchDone(nextAt, lastAt), thread);
        }

        private void batchDone(final long nextAt, final long lastAt) {
            if (next < hosts.size()) {
                if (thread.now() - pokedAt > TimeUnit.MILLISECONDS.toNanos(50)) {
                    pokedAt = thread.now();
                    progress.someSent();
                }
                thread.at(nextAt, this::run);
                return;
            }
            progress.someSent();
            if (isFirst) {
                progress.firstRoundDone(firstAt, lastAt);
            }
            if (repeats > 0) {
                thread.at(lastAt + settings.repeatNanos(), () ->
                    new Round(hosts, ways, settings, isCurrent, progress, repeats - 1).run());
            }
        }

        private void send(final Host host) {
            final var frame = Rarp.announce(host.mac(), host.vlan(), host.ipv4());
            for (final var way : ways) {
                Futures.addCallback(rpcs.announce(way.inPort(), frame, host.mac(), way.outPorts()), count,
                    MoreExecutors.directExecutor());
            }
        }
    }
}
