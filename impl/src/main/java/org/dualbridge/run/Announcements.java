/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Rounds;
import org.dualbridge.run.Announcer.Progress;
import org.dualbridge.run.Announcer.Subject;
import org.dualbridge.run.Announcer.Way;
import org.dualbridge.run.Loop.Timer;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Announces the hosts of one dual bridge, in rounds, on its loop's thread. Every round looks anew at hosts, ports and
 * switches; hosts that leave while one is under way are passed over. When the epoch changes, there are no more.
 */
final class Announcements {
    private static final ImmutableSortedSet<Long> ONCE = ImmutableSortedSet.of(0L);
    /** From one round of contested hosts to the next: within a second, Linux does not change a neighbour twice. */
    private static final long CONTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1100);
    private static final int CONTEST_ROUNDS = 2;
    private static final String CONTEST = "contest";

    private final Announcer announcer;
    private final PortTable ports;
    private final Loop loop;
    private final Source source;
    /** The newest of each kind; it replaces the one before. */
    private final Map<Object, Run> newest = new HashMap<>();
    /** Hosts that others claimed to be, and how many rounds are still to tell of them. */
    private final Map<Key, Integer> contested = new HashMap<>();
    private @Nullable Timer refresh;
    /** When all hosts are to be announced again; long from now, if never. */
    private long refreshAt = Long.MAX_VALUE;
    private @Nullable Timer contest;
    private long contestAt;

    /** What is asked of the dual bridge before every round; {@code isCurrent} and {@code isHost} on any thread. */
    interface Source {
        DualBridge config();

        TablePlan plan();

        /** The active attachment, {@code null} before the first election and while the old bridge is being fenced. */
        @Nullable PortRef active();

        boolean isConnected(long node);

        long epoch();

        boolean isCurrent(long epoch);

        /** Tells whether a host is one of its hosts now, and not at another dual bridge. */
        boolean isHost(Key host);

        /** Some announcements are out. */
        void someSent();
    }

    /** Is told when the first round is out: when the first announcement was handed over, and when the last one. */
    interface Recorder {
        void announced(long first, long last);
    }

    /**
     * Which hosts are announced where.
     *
     * @param hosts which hosts
     * @param node the switch, {@code null} for all
     * @param port the only port that copies leave by, {@code null} for all
     */
    private record Scope(Predicate<Host> hosts, @Nullable Long node, @Nullable PortRef port) {
        static final Scope ALL = new Scope(host -> true, null, null);
    }

    Announcements(final Announcer announcer, final PortTable ports, final Loop loop, final Source source) {
        this.announcer = announcer;
        this.ports = ports;
        this.loop = loop;
        this.source = source;
    }

    /** The tables have moved: all hosts. */
    void moved(final Recorder recorder) {
        start(Scope.ALL, Scope.ALL, recorder);
        refreshAt = Long.MAX_VALUE;
        scheduleRefresh();
    }

    /** A switch has connected, and may have forgotten all. */
    void connected(final long node) {
        start(node, new Scope(host -> true, node, null), null);
    }

    /** The way from a switch to the active bridge is another one. */
    void rerouted(final long node, final Recorder recorder) {
        start(node, new Scope(host -> true, node, null), recorder);
    }

    /** A port has come up: those behind it may have missed something, and the switch has forgotten who was there. */
    void portUp(final PortRef port) {
        final var active = source.active();
        if (active != null && source.config().switches().contains(port.datapath())
                && (isOuter(port) || source.plan().nextHop(port.datapath(), active).stream()
                    .anyMatch(number -> number == port.number()))) {
            start(port, new Scope(host -> true, port.datapath(), port), null);
        }
    }

    /** Hosts have been configured. */
    void added(final Predicate<Host> hosts) {
        start(new Object(), new Scope(hosts, null, null), null);
    }

    /** Somebody asks for it. Tells how many hosts are announced, empty if no bridge is active. */
    Optional<Integer> asked(final Predicate<Host> hosts, final Object key) {
        if (source.active() == null) {
            return Optional.empty();
        }
        start(key, new Scope(hosts, null, null), null);
        return Optional.of((int) source.config().hosts().stream().filter(hosts).count());
    }

    /**
     * Somebody elsewhere claimed to be a host, and switches may have believed it. The host is announced twice, together
     * with all others that this befalls: however many claims there are, there is one round at a time.
     */
    void contested(final Key host) {
        contested.put(host, CONTEST_ROUNDS);
        if (contest == null) {
            contest = loop.at(contestAt, this::announceContested);
        }
    }

    private void announceContested() {
        contestAt = loop.now() + CONTEST_NANOS;
        final var last = newest.get(CONTEST);
        if (last == null || last.isOver()) {
            final var hosts = Set.copyOf(contested.keySet());
            start(CONTEST, new Run(new Scope(host -> hosts.contains(Key.of(host)), null, null), ONCE, null));
            contested.replaceAll((host, rounds) -> rounds - 1);
            contested.values().removeIf(rounds -> rounds == 0);
        }
        contest = contested.isEmpty() ? null : loop.at(contestAt, this::announceContested);
    }

    /**
     * Announces all hosts once per interval, which may be another one from now on; a round that takes longer is not
     * disturbed. What is due by then stays due: however often the configuration changes, silent hosts have their turn.
     */
    void scheduleRefresh() {
        cancel(refresh);
        final var interval = source.config().announcement().refreshNanos();
        refreshAt = interval > 0 ? Math.min(refreshAt, loop.now() + interval) : Long.MAX_VALUE;
        if (interval > 0) {
            refresh = loop.at(refreshAt, () -> {
                refreshAt = Long.MAX_VALUE;
                final var last = newest.get(ONCE);
                if (last == null || last.isOver()) {
                    start(ONCE, new Run(Scope.ALL, ONCE, null));
                }
                scheduleRefresh();
            });
        }
    }

    void stop() {
        cancel(refresh);
        cancel(contest);
    }

    private static void cancel(final @Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void start(final Object key, final Scope scope, final @Nullable Recorder recorder) {
        start(key, new Run(scope, source.config().announcement().rounds(), recorder));
    }

    private void start(final Object key, final Run run) {
        newest.values().removeIf(Run::isOver);
        final var replaced = newest.put(key, run);
        if (replaced != null) {
            replaced.over = true;
        }
        run.next();
    }

    /** Tells whether stations outside, or switches that are not ours, are behind a port. */
    private boolean isOuter(final PortRef port) {
        return !source.plan().isInner(port) && ports.outer(port.datapath()).contains(port);
    }

    private List<Way> ways(final Scope scope) {
        final var ways = new ArrayList<Way>();
        final var active = source.active();
        if (active == null) {
            return ways;
        }
        final var plan = source.plan();
        for (final long node : source.config().switches()) {
            final var number = plan.nextHop(node, active);
            if (source.isConnected(node) && (scope.node == null || scope.node == node) && number.isPresent()) {
                final var inPort = new PortRef(node, number.getAsLong());
                ways.add(new Way(inPort, ports.outer(node).stream()
                    .filter(port -> !plan.isInner(port) && !port.equals(inPort)
                        && (scope.port == null || scope.port.equals(port)))
                    .toList()));
            }
        }
        return ways;
    }

    /** Which hosts are told of, by the MAC addresses that stations outside know them by. */
    private List<Subject> subjects(final Scope scope) {
        final var all = source.config().hosts().stream().filter(scope.hosts);
        return source.config().proxyMac(source.active())
            .map(mac -> all.filter(host -> !host.addresses().isEmpty())
                .map(host -> new Subject(Key.of(host), host.at(mac))))
            .orElseGet(() -> all.map(host -> new Subject(Key.of(host), host))).toList();
    }

    /** Rounds of one kind. */
    private final class Run implements Progress {
        private final Scope scope;
        private final ImmutableSortedSet<Long> schedule;
        private final long since = loop.now();
        private final long epoch = source.epoch();
        private @Nullable Recorder recorder;
        private long begun = -1;
        /** Read by the announcer's thread. */
        private volatile boolean over;

        Run(final Scope scope, final ImmutableSortedSet<Long> schedule, final @Nullable Recorder recorder) {
            this.scope = scope;
            this.schedule = schedule;
            this.recorder = recorder;
        }

        boolean isOver() {
            return over || !source.isCurrent(epoch);
        }

        private boolean goesOn() {
            return !isOver();
        }

        void next() {
            final var now = loop.now();
            final var at = Rounds.next(schedule, begun, now - since);
            if (at.isEmpty()) {
                over = true;
            } else if (since + at.getAsLong() <= now) {
                begin();
            } else {
                loop.at(since + at.getAsLong(), this::begin);
            }
        }

        private void begin() {
            if (isOver()) {
                return;
            }
            begun = loop.now() - since;
            final var subjects = subjects(scope);
            final var ways = ways(scope);
            if (subjects.isEmpty() || ways.isEmpty()) {
                next();
            } else {
                announcer.announce(subjects, ways, source.config().announcement(), this::goesOn, source::isHost, this);
            }
        }

        @Override
        public void someSent() {
            loop.execute(source::someSent);
        }

        @Override
        public void roundDone(final long first, final long last) {
            loop.execute(() -> {
                if (isOver()) {
                    return;
                }
                final var told = recorder;
                if (told != null && first <= last) {
                    recorder = null;
                    told.announced(first, last);
                }
                next();
            });
        }
    }
}
