/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.SetMultimap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.Sighting;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Mac;
import org.eclipse.jdt.annotation.Nullable;

/**
 * The hosts that all dual bridges have learned. A host, that is a MAC address in a VLAN, is at one dual bridge at a
 * time: the last one where it was seen. Sightings and time in, changes out.
 *
 * <pre>
 *            seen                seen at another: moves + 1
 *  unknown ---------> learned ----------------------------+
 *     ^                | |  ^ ^                           |
 *     |      silent    | |  | +---------------------------+
 *     +----------------+ |  |        fewer than 5 moves
 *     ^                  |  |
 *     |       5 moves in |  | seen at one dual bridge only
 *     |            180 s |  | for 180 s
 *     |                  v  |
 *     +-------------- frozen
 *          silent
 * </pre>
 *
 * <p>Duplicate detection is that of RFC 7432, section 15.1. A frozen host is none of {@link #hosts}: neither flows nor
 * announcements take sides, and it moves no more.
 */
public final class HostTable {
    /** So many moves freeze a host (RFC 7432, section 15.1: N). */
    static final int MOVES = 5;
    /** Within this time, and for so long (RFC 7432, section 15.1: M). */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(180);
    /** So long a host is expected at the dual bridge that it is migrated to. */
    static final long EXPECTED_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** A host has the addresses that it claimed last. */
    static final int ADDRESSES = 8;

    private final Map<String, Place> places = new HashMap<>();
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Map<Key, String> configured = new HashMap<>();
    /** Whose an address is: the last host of the VLAN that claimed it. */
    private final Map<Claim, Entry> owners = new HashMap<>();
    /** Addresses of hosts that are configured, and the dual bridges that have these. */
    private final SetMultimap<Claim, String> taken = HashMultimap.create();
    private final Set<Entry> frozen = new LinkedHashSet<>();
    private final Set<Entry> expected = new LinkedHashSet<>();

    /**
     * Which host.
     *
     * @param mac its MAC address
     * @param vlan its VLAN, 0 for untagged
     */
    public record Key(Mac mac, int vlan) {
        /**
         * Names a host.
         *
         * @param host the host
         * @return which one it is
         */
        public static Key of(final Host host) {
            return new Key(host.mac(), host.vlan());
        }
    }

    /**
     * What is known of a host.
     *
     * @param host the host
     * @param seenAt when it was seen last
     * @param moves how often it moved
     * @param isFrozen whether it moved too often
     * @param expectedAt the dual bridge that it is migrated to and was not seen at yet, {@code null} if there is none
     */
    public record View(Host host, long seenAt, long moves, boolean isFrozen, @Nullable String expectedAt) {
    }

    /**
     * What came of the wish to migrate a host.
     *
     * @param changes what came of it
     * @param refusal why it stays, empty if that was not refused
     */
    public record Migration(List<Change> changes, Optional<String> refusal) {
        private static Migration refused(final String reason) {
            return new Migration(List.of(), Optional.of(reason));
        }
    }

    /** What came of a sighting, or of time. */
    public sealed interface Change {
    }

    /**
     * A host was seen where it was before.
     *
     * @param dualBridge where
     * @param host which host
     */
    public record Seen(String dualBridge, Key host) implements Change {
    }

    /**
     * A host is known now, or by other addresses.
     *
     * @param dualBridge where
     * @param host which host
     */
    public record Learned(String dualBridge, Key host) implements Change {
    }

    /**
     * A host is at another dual bridge.
     *
     * @param from where it was
     * @param to where it is
     * @param host which host
     */
    public record Moved(String from, String to, Key host) implements Change {
    }

    /**
     * A host is not known any more.
     *
     * @param dualBridge where it was
     * @param host which host
     */
    public record Forgotten(String dualBridge, Key host) implements Change {
    }

    /**
     * A host moved too often, or was seen too often where no more are learned; comes after the last {@link Moved}.
     *
     * @param dualBridge where it is
     * @param host which host
     */
    public record Frozen(String dualBridge, Key host) implements Change {
    }

    /**
     * A frozen host is as others again.
     *
     * @param dualBridge where it is
     * @param host which host
     */
    public record Released(String dualBridge, Key host) implements Change {
    }

    /**
     * A host did not come to where it was expected, and stays where it is.
     *
     * @param dualBridge where it is
     * @param expectedAt where it was expected
     * @param host which host
     */
    public record Stayed(String dualBridge, String expectedAt, Key host) implements Change {
    }

    /**
     * A sighting was refused.
     *
     * @param dualBridge where
     * @param reason why
     */
    public record Refused(String dualBridge, Discard reason) implements Change {
    }

    /**
     * Somebody elsewhere claimed to be a host, and is not believed; switches may do that. The host is not frozen.
     *
     * @param dualBridge where the host is
     * @param host which host
     */
    public record Contested(String dualBridge, Key host) implements Change {
    }

    private record Claim(int vlan, Address address) {
    }

    /** A dual bridge that learns. */
    private static final class Place {
        private Learning settings;
        private IntPredicate isOwn = vlan -> true;
        /** The one that was silent longest first. */
        private final SequencedMap<Key, Entry> hosts = new LinkedHashMap<>();
        /** For how long not all was heard that its hosts said. */
        private long unheardNanos;

        Place(final Learning settings) {
            this.settings = settings;
        }

        boolean isFull() {
            return hosts.size() >= settings.limit();
        }
    }

    private static final class Entry {
        private final Key key;
        /** The one that was not claimed for longest comes first. */
        private final SequencedSet<Address> addresses = new LinkedHashSet<>();
        private final Deque<Long> recentMoves = new ArrayDeque<>();
        private String at;
        private boolean isRouter;
        private boolean isFrozen;
        private long seenAt;
        /** For how long its place had not heard all when it was seen. */
        private long unheardNanos;
        private long moves;
        /** Where it was seen last, and when that was not where it had been seen before; while it is frozen. */
        private String sightedAt;
        private long unrestAt;
        /** The dual bridge that it is migrated to, until it is seen there. */
        private @Nullable String expectedAt;
        private long expectedUntil;

        Entry(final Key key, final String at) {
            this.key = key;
            this.at = at;
            sightedAt = at;
        }

        void seen(final Place place, final long now) {
            seenAt = now;
            unheardNanos = place.unheardNanos;
            place.hosts.putLast(key, this);
        }

        long silentNanos(final Place place, final long now) {
            return now - seenAt - (place.unheardNanos - unheardNanos);
        }

        View view() {
            return new View(new Host(key.mac(), key.vlan(),
                addresses.stream().filter(V4.class::isInstance).map(address -> ((V4) address).bits())
                    .collect(ImmutableList.toImmutableList()),
                addresses.stream().filter(V6.class::isInstance).map(address -> ((V6) address).ipv6())
                    .collect(ImmutableList.toImmutableList()), isRouter), seenAt, moves, isFrozen,
                expectedAt);
        }
    }

    /**
     * A dual bridge was configured, or its configuration changed.
     *
     * @param dualBridge its name
     * @param settings how it learns; not at all forgets all of its hosts
     * @param hosts hosts that are configured, and so are not learned, nor are others by their addresses
     * @param isOwn tells which VLANs are the dual bridge's; hosts of others are forgotten
     * @return what came of it
     */
    public List<Change> configure(final String dualBridge, final Learning settings, final Collection<Host> hosts,
            final IntPredicate isOwn) {
        final var changes = new ArrayList<Change>();
        configured.values().removeIf(dualBridge::equals);
        taken.values().removeIf(dualBridge::equals);
        hosts.forEach(host -> {
            final var key = Key.of(host);
            configured.put(key, dualBridge);
            Optional.ofNullable(entries.get(key)).ifPresent(entry -> forget(entry, changes));
            host.addresses().forEach(address -> take(new Claim(host.vlan(), address), dualBridge, changes));
        });
        final var place = places.get(dualBridge);
        if (settings.enabled()) {
            final var kept = places.computeIfAbsent(dualBridge, key -> new Place(settings));
            kept.settings = settings;
            kept.isOwn = isOwn;
            kept.hosts.values().stream().filter(entry -> !isOwn.test(entry.key.vlan())).toList()
                .forEach(entry -> forget(entry, changes));
        } else if (place != null) {
            List.copyOf(place.hosts.values()).forEach(entry -> forget(entry, changes));
            places.remove(dualBridge);
        }
        return changes;
    }

    private void take(final Claim claim, final String dualBridge, final List<Change> changes) {
        taken.put(claim, dualBridge);
        final var entry = owners.remove(claim);
        if (entry != null) {
            entry.addresses.remove(claim.address());
            changes.add(new Learned(entry.at, entry.key));
        }
    }

    /**
     * Learns hosts that were known before a restart, of VLANs that are the dual bridge's still. Those that were frozen
     * are, as if they had just moved.
     *
     * @param dualBridge where they are
     * @param views what was known of them; what they have said since counts more
     * @param now the time, which they count as seen at
     * @return what came of it
     */
    public List<Change> restore(final String dualBridge, final Collection<View> views, final long now) {
        final var changes = new ArrayList<Change>();
        final var place = places.get(dualBridge);
        for (final var view : views) {
            final var host = view.host();
            final var key = Key.of(host);
            // It may have spoken meanwhile.
            final var known = entries.get(key);
            if (place == null || !place.isOwn.test(key.vlan()) || configured.containsKey(key)
                    || (known == null ? place.isFull() : !known.at.equals(dualBridge))) {
                continue;
            }
            final var entry = known == null ? add(key, dualBridge, place, now) : known;
            entry.moves += view.moves();
            entry.isRouter |= host.isRouter();
            if (view.isFrozen() && !entry.isFrozen) {
                freeze(entry, now);
            }
            host.addresses().reversed().forEach(address -> recall(entry, address));
            changes.add(new Learned(dualBridge, key));
        }
        return changes;
    }

    /** A host had an address, which is older than those that it claimed since. */
    private void recall(final Entry entry, final Address address) {
        final var claim = new Claim(entry.key.vlan(), address);
        if (entry.addresses.size() < ADDRESSES && !taken.containsKey(claim)
                && owners.putIfAbsent(claim, entry) == null) {
            entry.addresses.addFirst(address);
        }
    }

    /**
     * A host was seen.
     *
     * @param dualBridge where
     * @param sighting what was seen
     * @param now the time, nanoseconds
     * @return what came of it
     */
    public List<Change> seen(final String dualBridge, final Sighting sighting, final long now) {
        final var changes = new ArrayList<Change>();
        final var place = places.get(dualBridge);
        final var key = new Key(sighting.mac(), sighting.vlan());
        final var owner = configured.get(key);
        if (place == null || dualBridge.equals(owner)) {
            return changes;
        }
        if (owner != null) {
            changes.add(new Refused(dualBridge, Discard.SPOOFED));
            changes.add(new Contested(owner, key));
            return changes;
        }
        final var entry = entries.get(key);
        if (entry == null) {
            if (place.isFull()) {
                changes.add(new Refused(dualBridge, Discard.HOST_LIMIT));
                return changes;
            }
            update(add(key, dualBridge, place, now), dualBridge, sighting, changes);
            changes.add(new Learned(dualBridge, key));
            return changes;
        }
        if (entry.expectedAt != null) {
            if (!dualBridge.equals(entry.expectedAt)) {
                // Until it comes, it is where it was; what is said there after it has left is late.
                if (dualBridge.equals(entry.at)) {
                    changes.add(see(entry, place, sighting, now, changes));
                } else {
                    changes.add(new Refused(dualBridge, Discard.SPOOFED));
                    changes.add(new Contested(entry.at, key));
                }
                return changes;
            }
            arrive(entry);
            if (!dualBridge.equals(entry.at)) {
                if (place.isFull()) {
                    changes.add(new Refused(dualBridge, Discard.HOST_LIMIT));
                    changes.add(new Learned(entry.at, key));
                    return changes;
                }
                update(entry, dualBridge, sighting, changes);
                relocate(entry, dualBridge, place, now, changes);
                return changes;
            }
            changes.add(new Learned(dualBridge, key));
        }
        if (entry.isFrozen && !entry.sightedAt.equals(dualBridge)) {
            release(entry, now, changes);
            entry.sightedAt = dualBridge;
            entry.unrestAt = now;
        }
        if (entry.at.equals(dualBridge)) {
            changes.add(see(entry, place, sighting, now, changes));
        } else if (entry.isFrozen) {
            changes.add(new Refused(dualBridge, Discard.SPOOFED));
        } else if (place.isFull()) {
            // Whether it went there or another has its address: soon, neither is believed.
            changes.add(new Refused(dualBridge, Discard.HOST_LIMIT));
            changes.add(new Contested(entry.at, key));
            countMove(entry, now, changes);
        } else {
            update(entry, dualBridge, sighting, changes);
            relocate(entry, dualBridge, place, now, changes);
            countMove(entry, now, changes);
        }
        return changes;
    }

    /**
     * Somebody who is at no attachment claims to be a host.
     *
     * @param dualBridge where such claims are refused
     * @param host which host
     * @return what came of it
     */
    public List<Change> claimed(final String dualBridge, final Key host) {
        final var entry = entries.get(host);
        return dualBridge.equals(configured.get(host))
            || entry != null && entry.at.equals(dualBridge) && !entry.isFrozen
            ? List.of(new Contested(dualBridge, host)) : List.of();
    }

    private Change see(final Entry entry, final Place place, final Sighting sighting, final long now,
            final List<Change> changes) {
        entry.seen(place, now);
        return update(entry, entry.at, sighting, changes) ? new Learned(entry.at, entry.key)
            : new Seen(entry.at, entry.key);
    }

    /**
     * Migrates a host, as an operator or an orchestrator does with it. Such a move freezes none, and releases one that
     * is frozen. Until the host is seen at its new dual bridge, but for a minute at most, it is believed nowhere else.
     *
     * @param host which host
     * @param to the dual bridge
     * @param waits whether it stays where it is until it is seen there
     * @param now the time, nanoseconds
     * @return what came of it
     */
    public Migration migrate(final Key host, final String to, final boolean waits, final long now) {
        final var owner = configured.get(host);
        final var entry = entries.get(host);
        final var place = places.get(to);
        if (owner != null) {
            return Migration.refused("mac: it is configured at '" + owner + "': configure it at '" + to + "'");
        } else if (entry == null) {
            return Migration.refused("mac: " + host.mac() + " in VLAN " + host.vlan() + " is not known");
        } else if (place == null) {
            return Migration.refused("to: '" + to + "' learns no hosts (learning/enabled)");
        } else if (entry.at.equals(to)) {
            return Migration.refused("to: it is at '" + to + "'");
        } else if (place.isFull()) {
            return Migration.refused("to: '" + to + "' learns no more hosts (learning/limit)");
        }
        final var changes = new ArrayList<Change>();
        if (entry.isFrozen) {
            release(entry, changes);
        }
        if (waits) {
            changes.add(new Learned(entry.at, host));
        } else {
            relocate(entry, to, place, now, changes);
        }
        entry.expectedAt = to;
        entry.expectedUntil = now + EXPECTED_NANOS;
        expected.add(entry);
        return new Migration(changes, Optional.empty());
    }

    private void arrive(final Entry entry) {
        entry.expectedAt = null;
        expected.remove(entry);
    }

    private Entry add(final Key key, final String dualBridge, final Place place, final long now) {
        final var entry = new Entry(key, dualBridge);
        entries.put(key, entry);
        entry.seen(place, now);
        return entry;
    }

    private void countMove(final Entry entry, final long now, final List<Change> changes) {
        entry.recentMoves.add(now);
        while (now - entry.recentMoves.getFirst() > WINDOW_NANOS) {
            entry.recentMoves.remove();
        }
        if (entry.recentMoves.size() >= MOVES) {
            freeze(entry, now);
            changes.add(new Frozen(entry.at, entry.key));
        }
    }

    private void freeze(final Entry entry, final long now) {
        entry.isFrozen = true;
        entry.sightedAt = entry.at;
        entry.unrestAt = now;
        frozen.add(entry);
    }

    private void relocate(final Entry entry, final String to, final Place place, final long now,
            final List<Change> changes) {
        final var from = entry.at;
        places.get(from).hosts.remove(entry.key);
        entry.at = to;
        entry.seen(place, now);
        entry.moves++;
        changes.add(new Moved(from, to, entry.key));
    }

    /** Notes what else was seen; tells whether anything is new. */
    private boolean update(final Entry entry, final String at, final Sighting sighting, final List<Change> changes) {
        final var becameRouter = sighting.isRouter() && !entry.isRouter;
        entry.isRouter |= sighting.isRouter();
        final var address = sighting.address();
        if (address != null && taken.containsKey(new Claim(entry.key.vlan(), address))) {
            changes.add(new Refused(at, Discard.SPOOFED));
            return becameRouter;
        }
        return address != null && claim(entry, address, changes) || becameRouter;
    }

    private boolean claim(final Entry entry, final Address address, final List<Change> changes) {
        final var isNew = !entry.addresses.contains(address);
        entry.addresses.addLast(address);
        if (!isNew) {
            return false;
        }
        final var before = owners.put(new Claim(entry.key.vlan(), address), entry);
        if (before != null) {
            before.addresses.remove(address);
            changes.add(new Learned(before.at, before.key));
        }
        if (entry.addresses.size() > ADDRESSES) {
            owners.remove(new Claim(entry.key.vlan(), entry.addresses.removeFirst()));
        }
        return true;
    }

    /**
     * Not all was heard of what hosts said: that time does not count for their ageing.
     *
     * @param dualBridge where
     * @param nanos for how long
     */
    public void unheard(final String dualBridge, final long nanos) {
        Optional.ofNullable(places.get(dualBridge)).ifPresent(place -> place.unheardNanos += nanos);
    }

    /**
     * Time has passed: hosts age, and frozen ones may have come to rest.
     *
     * @param now the time, nanoseconds
     * @return what came of it
     */
    public List<Change> timePassed(final long now) {
        final var changes = new ArrayList<Change>();
        for (final var place : places.values()) {
            final var ageing = place.settings.ageingNanos();
            while (ageing > 0 && !place.hosts.isEmpty()
                    && place.hosts.firstEntry().getValue().silentNanos(place, now) >= ageing) {
                forget(place.hosts.firstEntry().getValue(), changes);
            }
        }
        List.copyOf(frozen).forEach(entry -> release(entry, now, changes));
        expected.stream().filter(entry -> now >= entry.expectedUntil).toList().forEach(entry -> {
            final var there = entry.expectedAt;
            arrive(entry);
            changes.add(there == null || there.equals(entry.at) ? new Learned(entry.at, entry.key)
                : new Stayed(entry.at, there, entry.key));
        });
        return changes;
    }

    private void release(final Entry entry, final long now, final List<Change> changes) {
        if (now - entry.unrestAt >= WINDOW_NANOS) {
            release(entry, changes);
        }
    }

    private void release(final Entry entry, final List<Change> changes) {
        entry.isFrozen = false;
        entry.recentMoves.clear();
        frozen.remove(entry);
        changes.add(new Released(entry.at, entry.key));
    }

    private void forget(final Entry entry, final List<Change> changes) {
        entries.remove(entry.key);
        frozen.remove(entry);
        expected.remove(entry);
        entry.addresses.forEach(address -> owners.remove(new Claim(entry.key.vlan(), address)));
        places.get(entry.at).hosts.remove(entry.key);
        changes.add(new Forgotten(entry.at, entry.key));
    }

    /**
     * Lists the hosts of a dual bridge that are not frozen.
     *
     * @param dualBridge its name
     * @return the hosts, the one seen last first
     */
    public ImmutableList<Host> hosts(final String dualBridge) {
        final var place = places.get(dualBridge);
        return place == null ? ImmutableList.of() : place.hosts.sequencedValues().reversed().stream()
            .filter(entry -> !entry.isFrozen).map(entry -> entry.view().host())
            .collect(ImmutableList.toImmutableList());
    }

    /**
     * Tells what is known of a host at a dual bridge.
     *
     * @param dualBridge its name
     * @param host which host
     * @return what is known, {@code null} if it is not there
     */
    public @Nullable View view(final String dualBridge, final Key host) {
        final var entry = entries.get(host);
        return entry == null || !entry.at.equals(dualBridge) ? null : entry.view();
    }

    /**
     * Tells where a host is.
     *
     * @param host which host
     * @return name of the dual bridge, {@code null} if it is not known
     */
    public @Nullable String at(final Key host) {
        final var entry = entries.get(host);
        return entry == null ? null : entry.at;
    }

    /**
     * Counts the hosts that a dual bridge has learned.
     *
     * @param dualBridge its name
     * @return how many
     */
    public int count(final String dualBridge) {
        final var place = places.get(dualBridge);
        return place == null ? 0 : place.hosts.size();
    }

    /**
     * Tells whether a dual bridge learns no more hosts.
     *
     * @param dualBridge its name
     * @return true if there are as many as there may be
     */
    public boolean isFull(final String dualBridge) {
        final var place = places.get(dualBridge);
        return place != null && place.isFull();
    }
}
