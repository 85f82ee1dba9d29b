/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.HostTable;
import org.dualbridge.core.HostTable.Change;
import org.dualbridge.core.HostTable.Contested;
import org.dualbridge.core.HostTable.Forgotten;
import org.dualbridge.core.HostTable.Frozen;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.Learned;
import org.dualbridge.core.HostTable.Moved;
import org.dualbridge.core.HostTable.Refused;
import org.dualbridge.core.HostTable.Released;
import org.dualbridge.core.HostTable.Seen;
import org.dualbridge.core.HostTable.Stayed;
import org.dualbridge.core.HostTable.View;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.HostFrame;
import org.dualbridge.frame.HostFrame.Sighting;
import org.dualbridge.frame.HostFrame.Unusable;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns hosts from copies of their frames, on a thread of its own, so that heartbeats wait for none of it. What was
 * learned is told to the dual bridges in batches, the larger the more hosts there are, and written once per second.
 */
final class HostLearner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostLearner.class);
    /**
     * Words of hosts that are looked at, per switch and second: those of 10,000 hosts within 20 seconds. Fewer than the
     * meter lets pass, so that where it drops some, some are too much here as well.
     */
    private static final Pace WORDS = new Pace(500, 1000);
    /** The same for frames of unknown stations, and for claims. */
    private static final Pace SAMPLES = new Pace(100, 200);
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A changed table takes effect for all that a switch has cached, so that each change has its price. */
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** With 10,000 hosts, one batch per second. */
    private static final long BATCH_NANOS_PER_HOST = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long RESERVED = 0x02db;

    private final Loop loop = new Loop("dualbridge-hosts", Thread.NORM_PRIORITY - 1);
    private final HostStore store;
    private final PortTable ports;
    private final Listener listener;
    private final Intake copies = new Intake(WORDS);
    /** Frames of unknown stations may be many: they crowd none of the others out. */
    private final Intake samples = new Intake(SAMPLES);
    // Below: the loop's thread only.
    private final HostTable table = new HostTable();
    private final Map<Integer, DualBridge> byId = new HashMap<>();
    /** Which VLANs its hosts are in, by dual bridge. */
    private final Map<String, IntPredicate> own = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private final Set<String> full = new HashSet<>();
    private final Set<Claim> claims = new HashSet<>();
    private final Map<String, Map<Discard, Long>> discarded = new HashMap<>();
    /** Where hosts joined or left, or have other addresses; and where they were only seen. */
    private final Set<String> changed = new HashSet<>();
    private final Set<String> reordered = new HashSet<>();
    private final Map<String, Set<Key>> moved = new HashMap<>();
    private final Map<String, List<Heard>> heard = new HashMap<>();
    private final Set<HostStore.Spot> toTell = new HashSet<>();
    private final Set<HostStore.Spot> toKeep = new HashSet<>();
    private final Set<String> toClear = new HashSet<>();
    private final Map<String, HostStore.Summary> summaries = new HashMap<>();
    private boolean writing;
    private boolean batching;
    private long flushedAt;

    /** Where somebody who is no host claimed to be one; told once. */
    private record Claim(String dualBridge, PortRef port) {
    }

    /**
     * A frame of a host, configured or learned.
     *
     * @param port the attachment where it came in
     * @param host which host
     * @param at when it came, as the loops' clock reads
     */
    record Heard(PortRef port, Key host, long at) {
    }

    /** Who is told; on any thread. */
    interface Listener {
        /**
         * The learned hosts of a dual bridge have changed.
         *
         * @param dualBridge its name
         * @param hosts its hosts, the one seen last first
         * @param arrived those that have moved here
         */
        void learned(String dualBridge, ImmutableList<Host> hosts, Set<Key> arrived);

        /**
         * The learned hosts of a dual bridge were seen in another order.
         *
         * @param dualBridge its name
         * @param hosts its hosts, the one seen last first
         */
        void reordered(String dualBridge, ImmutableList<Host> hosts);

        /**
         * Hosts were heard within the last second.
         *
         * @param dualBridge its name
         * @param hosts their frames, the first one first
         */
        void heard(String dualBridge, List<Heard> hosts);

        /**
         * Frames were not used.
         *
         * @param dualBridge name of the dual bridge
         * @param frames how many, by reason
         */
        void discarded(String dualBridge, Map<Discard, Long> frames);

        /**
         * Somebody elsewhere claimed to be a host, and was not believed.
         *
         * @param dualBridge name of the dual bridge that has the host
         * @param host which host
         */
        void contested(String dualBridge, Key host);

        /**
         * Something happened that an operator should know.
         *
         * @param dualBridge name of the dual bridge
         * @param text what
         */
        void noted(String dualBridge, String text);
    }

    HostLearner(final HostStore store, final PortTable ports, final Listener listener) {
        this.store = store;
        this.ports = ports;
        this.listener = listener;
        flushedAt = loop.now();
        loop.execute(this::flush);
    }

    /**
     * A dual bridge was configured, or its configuration changed.
     *
     * @param config its configuration
     * @param ids the numbers in the cookies of its flows that copy frames
     * @return done when the hosts that were known before a restart are, too
     */
    ListenableFuture<Void> configured(final DualBridge config, final List<Integer> ids) {
        final var done = SettableFuture.<Void>create();
        loop.execute(() -> {
            final var name = config.name();
            byId.values().removeIf(other -> other.name().equals(name));
            ids.forEach(id -> byId.put(id, config));
            claims.removeIf(claim -> claim.dualBridge().equals(name));
            own.put(name, config.hostVlans());
            apply(table.configure(name, config.learning(), config.hosts(), own.get(name)));
            if (!config.learning().enabled()) {
                if (known.remove(name)) {
                    clear(name);
                }
                done.set(null);
            } else if (known.add(name) && !toClear.contains(name)) {
                Futures.addCallback(store.recallHosts(name), new FutureCallback<List<View>>() {
                    @Override
                    public void onSuccess(final List<View> hosts) {
                        apply(table.restore(name, hosts, loop.now()));
                        // What was not restored is not kept any longer.
                        hosts.forEach(view -> toKeep.add(new HostStore.Spot(name, Key.of(view.host()))));
                        summarize(name);
                        deliver();
                        write();
                        done.set(null);
                    }

                    @Override
                    public void onFailure(final Throwable cause) {
                        LOG.warn("{}: hosts learned before are not known: {}", name, cause.toString());
                        done.set(null);
                    }
                }, loop);
            } else {
                summarize(name);
                done.set(null);
            }
        });
        return done;
    }

    /** A dual bridge is no longer configured. */
    void removed(final String name) {
        loop.execute(() -> {
            byId.values().removeIf(other -> other.name().equals(name));
            claims.removeIf(claim -> claim.dualBridge().equals(name));
            apply(table.configure(name, DualBridge.Learning.NONE, List.of(), vlan -> false));
            own.remove(name);
            changed.remove(name);
            known.remove(name);
            clear(name);
        });
    }

    private void clear(final String name) {
        toTell.removeIf(spot -> spot.dualBridge().equals(name));
        toKeep.removeIf(spot -> spot.dualBridge().equals(name));
        summaries.remove(name);
        toClear.add(name);
        full.remove(name);
    }

    /**
     * Migrates a host.
     *
     * @return where it is and how often it moved, or why it stays
     */
    ListenableFuture<Migrated> migrate(final Key host, final String to, final boolean waits) {
        return Futures.submit(() -> {
            final var migration = table.migrate(host, to, waits, loop.now());
            apply(migration.changes());
            deliver();
            final var at = table.at(host);
            final var view = at == null ? null : table.view(at, host);
            return new Migrated(view == null ? 0 : view.moves(), migration.refusal());
        }, loop);
    }

    /** What came of it: how often the host moved, and why it stays, if that was refused. */
    record Migrated(long moves, Optional<String> refusal) {
    }

    /** A copy of a frame, on a thread that must not wait: what is too much goes at once. */
    void frameReceived(final PortRef port, final int id, final Kind kind, final byte[] frame) {
        final var now = loop.now();
        if ((kind == Kind.COPY ? copies : samples).takes(port.datapath(), id, now)) {
            loop.execute(() -> look(port, id, kind, frame, now));
        }
    }

    private void look(final PortRef port, final int id, final Kind kind, final byte[] frame, final long at) {
        final var config = byId.get(id);
        if (config != null && kind == Kind.GUARD) {
            refuse(config.name(), port, frame);
        }
        if (config == null || kind == Kind.GUARD || config.bridgeAt(port).isEmpty()) {
            return;
        }
        switch (HostFrame.read(frame)) {
            case Unusable(var reason) -> discard(config.name(), reason, 1);
            case Sighting sighting -> {
                if (isOwn(config, sighting.mac())) {
                    return;
                }
                if (!own.get(config.name()).test(sighting.vlan())) {
                    discard(config.name(), Discard.FOREIGN, 1);
                } else {
                    heard.computeIfAbsent(config.name(), key -> new ArrayList<>())
                        .add(new Heard(port, new Key(sighting.mac(), sighting.vlan()), at));
                    apply(table.seen(config.name(), sighting, loop.now()));
                }
            }
        }
    }

    private void refuse(final String name, final PortRef port, final byte[] frame) {
        discard(name, Discard.SPOOFED, 1);
        if (frame.length >= 14 && claims.add(new Claim(name, port))) {
            note(name, "somebody at " + port + ", which is no attachment, claims to be "
                + new Mac(ByteBuffer.wrap(frame).getLong(6) >>> 16) + ": refused, as all claims there");
        }
        if (HostFrame.read(frame) instanceof Sighting sighting) {
            apply(table.claimed(name, new Key(sighting.mac(), sighting.vlan())));
        }
    }

    /** Tells whether an address is the plugin's own, or a bridge's: its frames to the fabric are not for a host. */
    private boolean isOwn(final DualBridge config, final Mac mac) {
        return mac.bits() >>> 32 == RESERVED || config.bridges().stream().anyMatch(bridge -> {
            final var node = bridge.node();
            return mac.equals(bridge.target().mac()) || mac.equals(bridge.mac())
                || node != null && ports.hasAddress(node, mac);
        });
    }

    private void discard(final String name, final Discard reason, final long frames) {
        discarded.computeIfAbsent(name, key -> new EnumMap<>(Discard.class)).merge(reason, frames, Long::sum);
    }

    private void apply(final List<Change> changes) {
        for (final var change : changes) {
            switch (change) {
                case Seen(var at, var host) -> {
                    reordered.add(at);
                    toTell.add(new HostStore.Spot(at, host));
                }
                case Learned(var at, var host) -> changed(at, host);
                case Forgotten(var at, var host) -> changed(at, host);
                case Moved(var from, var to, var host) -> {
                    changed(from, host);
                    changed(to, host);
                    moved.computeIfAbsent(to, key -> new HashSet<>()).add(host);
                }
                case Frozen(var at, var host) -> {
                    changed(at, host);
                    moved.getOrDefault(at, new HashSet<>()).remove(host);
                    note(at, host.mac() + " in VLAN " + host.vlan() + " moved too often and is frozen: "
                        + "do two stations have this address?");
                }
                case Released(var at, var host) -> {
                    changed(at, host);
                    note(at, host.mac() + " in VLAN " + host.vlan() + " has come to rest and is released");
                }
                case Stayed(var at, var expectedAt, var host) -> {
                    changed(at, host);
                    note(at, host.mac() + " in VLAN " + host.vlan() + " was not seen at " + expectedAt
                        + " in time, and stays");
                }
                case Contested(var at, var host) -> listener.contested(at, host);
                case Refused(var at, var reason) -> {
                    discard(at, reason, 1);
                    if (reason == Discard.HOST_LIMIT && full.add(at)) {
                        note(at, "no more hosts are learned, there are " + table.count(at));
                    }
                }
            }
        }
        if (!changed.isEmpty() && !batching) {
            batching = true;
            final var most = changed.stream().mapToInt(table::count).max().orElse(0);
            loop.at(loop.now() + Math.max(BATCH_NANOS, most * BATCH_NANOS_PER_HOST), () -> {
                batching = false;
                deliver();
            });
        }
    }

    private void changed(final String name, final Key host) {
        changed.add(name);
        final var spot = new HostStore.Spot(name, host);
        toTell.add(spot);
        toKeep.add(spot);
        summarize(name);
    }

    private void summarize(final String name) {
        summaries.put(name, new HostStore.Summary(table.count(name), table.isFull(name)));
    }

    private void note(final String name, final String text) {
        LOG.warn("{}: learned hosts: {}", name, text);
        listener.noted(name, text);
    }

    private void deliver() {
        changed.forEach(name -> {
            final var arrived = moved.remove(name);
            listener.learned(name, table.hosts(name), arrived == null ? Set.of() : ImmutableSet.copyOf(arrived));
        });
        reordered.removeAll(changed);
        changed.clear();
    }

    private void flush() {
        // First: what fails below fails once.
        final var now = loop.now();
        loop.at(now + FLUSH_NANOS, this::flush);
        final var crowded = copies.drainCrowded();
        byId.values().stream()
            .filter(config -> config.bridges().stream().flatMap(bridge -> bridge.attachments().stream())
                .anyMatch(attachment -> crowded.contains(attachment.port().datapath())))
            .map(DualBridge::name).distinct().forEach(name -> table.unheard(name, now - flushedAt));
        flushedAt = now;
        apply(table.timePassed(now));
        full.removeIf(name -> !table.isFull(name));
        reordered.removeAll(changed);
        reordered.forEach(name -> listener.reordered(name, table.hosts(name)));
        reordered.clear();
        List.of(copies, samples).forEach(intake -> intake.drain((id, frames) -> {
            final var config = byId.get(id);
            if (config != null) {
                discard(config.name(), Discard.EXCESS, frames);
            }
        }));
        discarded.forEach((name, frames) -> listener.discarded(name, Map.copyOf(frames)));
        discarded.clear();
        heard.forEach((name, hosts) -> listener.heard(name, List.copyOf(hosts)));
        heard.clear();
        write();
    }

    private void write() {
        if (writing || toClear.isEmpty() && toTell.isEmpty() && toKeep.isEmpty() && summaries.isEmpty()) {
            return;
        }
        writing = true;
        final var told = new LinkedHashMap<HostStore.Spot, Optional<HostStore.Told>>();
        toTell.forEach(spot -> told.put(spot, Optional.ofNullable(table.view(spot.dualBridge(), spot.host()))
            .map(view -> new HostStore.Told(view, loop.instant(view.seenAt())))));
        final var kept = new LinkedHashMap<HostStore.Spot, Optional<View>>();
        toKeep.forEach(spot -> kept.put(spot, Optional.ofNullable(table.view(spot.dualBridge(), spot.host()))));
        final var batch = new HostStore.Batch(Set.copyOf(toClear), Map.copyOf(summaries), told, kept);
        toClear.clear();
        toTell.clear();
        toKeep.clear();
        summaries.clear();
        final var written = Futures.submitAsync(() -> store.write(batch), MoreExecutors.directExecutor());
        Futures.addCallback(written, new FutureCallback<Object>() {
            @Override
            public void onSuccess(final Object result) {
                writing = false;
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("learned hosts not written, tried again: {}", cause.toString());
                writing = false;
                toClear.addAll(batch.cleared());
                toTell.addAll(batch.told().keySet());
                toKeep.addAll(batch.kept().keySet());
                batch.summaries().forEach(summaries::putIfAbsent);
            }
        }, loop);
    }

    @Override
    public void close() {
        loop.close();
    }
}
