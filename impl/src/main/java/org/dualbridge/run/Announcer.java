/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.Futures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dualbridge.api.DualBridgeStatus.Announced;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.TokenBucket;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Rarp;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.HostFrames.Frame;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.TablePlan;

/**
 * Announces the hosts of a dual bridge, paced per port, on a thread of its own. One announcement per address and
 * switch: the switch learns the host at the port towards the active attachment, and stations and switches behind its
 * other ports receive it.
 */
final class Announcer {
    private static final long CONFIRM_SECONDS = 1;
    private static final long POKE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Most frames of a batch, counted at all ports: what else is asked of the switch meanwhile comes behind them. */
    private static final int FRAMES = 256;
    /** Batches that a switch may have to do at a time. */
    private static final int BATCHES = 2;

    private final SwitchRpcs rpcs;
    private final Loop thread;
    /** By port that announcements leave by; shared by the dual bridges of the thread, and used there only. */
    private final Map<PortRef, TokenBucket> buckets;
    private final Map<AnnouncementProtocol, Tally> tallies = new EnumMap<>(AnnouncementProtocol.class);

    /**
     * Where a switch is told that a host is, and who else is told through it.
     *
     * @param inPort the port towards the active attachment
     * @param outPorts ports that receive the announcement
     */
    record Way(PortRef inPort, List<PortRef> outPorts) {
        /** Where announcements count. Those that only teach the switch are work, too: at a port that no switch has. */
        List<PortRef> paced() {
            return outPorts.isEmpty() ? List.of(new PortRef(inPort.datapath(), 0)) : outPorts;
        }
    }

    /**
     * Whom it tells of.
     *
     * @param key which host
     * @param host the host, by the MAC address that stations outside know it by
     */
    record Subject(Key key, Host host) {
    }

    /** What a round of announcements reports, on the announcer's thread. */
    interface Progress {
        /** Some announcements are out; a good moment to make tables effective. */
        void someSent();

        /**
         * All are out; not told of a round that ended early.
         *
         * @param first when the first announcement was handed over; after the last one if there was none
         * @param last when the last one was
         */
        void roundDone(long first, long last);
    }

    /** What tells of a host; it may leave while this waits for its turn. */
    private record Told(Key host, List<Frame> frames) {
    }

    /** What became of the announcements of a protocol. */
    private static final class Tally implements Consumer<Outcome> {
        private final LongAdder sent = new LongAdder();
        private final LongAdder failed = new LongAdder();

        @Override
        public void accept(final Outcome outcome) {
            (outcome.isDone() ? sent : failed).increment();
        }
    }

    Announcer(final SwitchRpcs rpcs, final Loop thread, final Map<PortRef, TokenBucket> buckets) {
        this.rpcs = rpcs;
        this.thread = thread;
        this.buckets = buckets;
        Arrays.stream(AnnouncementProtocol.values()).forEach(protocol -> tallies.put(protocol, new Tally()));
    }

    /** Tells what became of the announcements, of the protocols that were used so far. */
    Map<AnnouncementProtocol, Announced> counts() {
        final var counts = new EnumMap<AnnouncementProtocol, Announced>(AnnouncementProtocol.class);
        tallies.forEach((protocol, tally) -> {
            final var announced = new Announced(tally.sent.sum(), tally.failed.sum());
            if (announced.sent() + announced.failed() > 0) {
                counts.put(protocol, announced);
            }
        });
        return counts;
    }

    /**
     * Announces hosts, once.
     *
     * @param subjects the hosts, the most urgent one first; at least one
     * @param ways one per switch, at least one
     * @param settings by what frames, and how fast
     * @param isCurrent ends it when it turns false
     * @param isThere tells whether a host is still to be told of; one that has left meanwhile is not
     * @param progress is told
     */
    void announce(final List<Subject> subjects, final List<Way> ways, final Announcement settings,
            final BooleanSupplier isCurrent, final Predicate<Key> isThere, final Progress progress) {
        thread.execute(() -> new Round(subjects, settings, isCurrent, isThere, progress, ways.size()).begin(ways));
    }

    private final class Round {
        private final List<Subject> subjects;
        private final Announcement settings;
        private final BooleanSupplier isCurrent;
        private final Predicate<Key> isThere;
        private final Progress progress;
        private int waysLeft;
        private long first = Long.MAX_VALUE;
        private long last;
        private long pokedAt;

        Round(final List<Subject> subjects, final Announcement settings, final BooleanSupplier isCurrent,
                final Predicate<Key> isThere, final Progress progress, final int ways) {
            this.subjects = subjects;
            this.settings = settings;
            this.isCurrent = isCurrent;
            this.isThere = isThere;
            this.progress = progress;
            waysLeft = ways;
        }

        void begin(final List<Way> ways) {
            pokedAt = thread.now();
            ways.forEach(way -> new Turn(way).goOn());
        }

        private void wayDone() {
            waysLeft--;
            if (waysLeft == 0) {
                progress.someSent();
                progress.roundDone(first, last);
            }
        }

        /** One switch's part of a round. */
        private final class Turn {
            private final Way way;
            /** One per port: copies leave by all of them together. */
            private final List<TokenBucket> paced;
            /** An address that is always at this port. */
            private final Mac sink;
            private final BiConsumer<byte[], Consumer<Outcome>> teach;
            private final BiConsumer<byte[], Consumer<Outcome>> tell;
            /** Most frames of a batch. */
            private final int most;
            /** Position of the first host that is in no batch yet. */
            private int next;
            /** Batches that the switch has not done yet. */
            private int out;
            /** One of them has not left, since it is not its time. */
            private boolean waits;

            Turn(final Way way) {
                this.way = way;
                paced = way.paced().stream().map(port -> buckets.computeIfAbsent(port, key -> new TokenBucket()))
                    .toList();
                most = Math.min(settings.pace().burst(), Math.max(1, FRAMES / paced.size()));
                sink = TablePlan.proberMac(way.inPort());
                teach = rpcs.announcer(way.inPort(), sink, List.of());
                tell = rpcs.announcer(way.inPort(), sink, way.outPorts().stream()
                    .<FlowAction>map(port -> new ToPort(port.number())).toList());
            }

            /**
             * Sends batches, as many as may be out. A switch that learns looks through its caches once per batch; while
             * it does that, the next one is composed.
             */
            void goOn() {
                while (out < BATCHES && !waits && isCurrent.getAsBoolean()) {
                    final var batch = nextBatch();
                    if (batch.isEmpty()) {
                        if (out == 0) {
                            wayDone();
                        }
                        return;
                    }
                    out++;
                    final var now = thread.now();
                    final var at = TokenBucket.take(paced, now, frames(batch), settings.pace());
                    if (at > now) {
                        waits = true;
                        thread.at(at, () -> itsTime(batch));
                    } else {
                        send(batch);
                    }
                }
            }

            private List<Told> nextBatch() {
                final var batch = new ArrayList<Told>();
                var frames = 0;
                while (next < subjects.size()) {
                    final var subject = subjects.get(next);
                    if (isThere.test(subject.key())) {
                        final var more = HostFrames.of(subject.host(), settings.protocols());
                        frames += more.size();
                        if (!batch.isEmpty() && frames > most) {
                            break;
                        }
                        batch.add(new Told(subject.key(), more));
                    }
                    next++;
                }
                return batch;
            }

            private static int frames(final List<Told> batch) {
                var frames = 0;
                for (final var told : batch) {
                    frames += told.frames().size();
                }
                return frames;
            }

            private void itsTime(final List<Told> batch) {
                waits = false;
                if (isCurrent.getAsBoolean()) {
                    batch.removeIf(told -> !isThere.test(told.host()));
                    send(batch);
                    goOn();
                }
            }

            private void send(final List<Told> batch) {
                first = Math.min(first, thread.now());
                // The switch may have forgotten it.
                batch.stream().flatMap(told -> told.frames().stream()).mapToInt(Frame::vlan).distinct()
                    .forEach(vlan -> teach.accept(Rarp.announce(sink, vlan, 0), outcome -> { }));
                batch.forEach(told -> told.frames().forEach(frame ->
                    tell.accept(frame.octets(), tallies.get(frame.protocol()))));
                last = Math.max(last, thread.now());
                Futures.withTimeout(rpcs.barrier(way.inPort().datapath()), CONFIRM_SECONDS, TimeUnit.SECONDS,
                    thread.timer()).addListener(this::batchDone, thread);
            }

            private void batchDone() {
                out--;
                if (thread.now() - pokedAt > POKE_NANOS) {
                    pokedAt = thread.now();
                    progress.someSent();
                }
                goOn();
            }
        }
    }
}
