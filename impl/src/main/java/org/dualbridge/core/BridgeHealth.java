/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.frame.Sign;
import org.dualbridge.frame.VrrpAdvertisement;
import org.eclipse.jdt.annotation.Nullable;

/** What is known of the bridges of a dual bridge, one and the same for all parts of it that VLAN sets are. */
final class BridgeHealth {
    /** Less than between two rounds, which are 10 ms apart at least. */
    private static final long ROUND_NANOS = 1_000_000;

    /** By attachment, and by target of a tracker. */
    private final Map<PortRef, Monitor> monitors = new LinkedHashMap<>();
    private final Map<String, Failures> failures = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Set<PortRef> downLinks = new HashSet<>();
    /** The bridges' own ends of attachments, of those that are OpenFlow switches. */
    private final Map<PortRef, PortRef> peers = new HashMap<>();
    /** Conditions that another system reported as failing, and until when. */
    private final Map<Reported, Long> failing = new HashMap<>();
    /** The trackers of each bridge that fail, and since when it is just these. */
    private final Map<String, Tracked> tracked = new HashMap<>();
    /** Those that decide by this; the first one has probes sent. */
    private final List<DualBridgeMachine> machines = new ArrayList<>();
    private List<Bridge> bridges = List.of();

    /** A condition that another system reports. */
    private record Reported(String bridge, String tracker) {
    }

    /** Names of trackers that fail. */
    private record Tracked(List<String> failing, long since) {
    }

    List<DualBridgeMachine> machines() {
        return machines;
    }

    /** Tells whether these are the bridges that are judged; parts are told of a change one after the other. */
    boolean judges(final List<Bridge> others) {
        return bridges.equals(others);
    }

    @Nullable Monitor at(final @Nullable PortRef port) {
        return monitors.get(port);
    }

    Set<Long> connected() {
        return connected;
    }

    Set<PortRef> downLinks() {
        return downLinks;
    }

    long heldOutUntil(final String bridge, final Policy policy) {
        return failures.get(bridge).outUntil(policy);
    }

    long trackedSince(final String bridge) {
        return tracked.get(bridge).since;
    }

    boolean fails(final Bridge bridge, final Tracker tracker) {
        final var target = tracker.target();
        if (target != null) {
            return monitors.get(target.key()).health() == Health.DEAD;
        }
        return tracker.port() == null ? failing.containsKey(new Reported(bridge.name(), tracker.name()))
            : downLinks.contains(tracker.port());
    }

    List<String> failingTrackers(final Bridge bridge) {
        return bridge.trackers().stream().filter(tracker -> fails(bridge, tracker)).map(Tracker::name).toList();
    }

    /** Tells whether a bridge has as many attachments that are alive as it needs. */
    boolean isAlive(final Bridge bridge, final Paths paths) {
        return paths == Paths.ALL ? has(bridge, Health.ALIVE, bridge.attachments().size())
            : has(bridge, Health.ALIVE, 1);
    }

    /** Tells whether so many attachments of a bridge are dead that it cannot do without. */
    boolean isDead(final Bridge bridge, final Paths paths) {
        return paths == Paths.ALL ? has(bridge, Health.DEAD, 1)
            : has(bridge, Health.DEAD, bridge.attachments().size());
    }

    private boolean has(final Bridge bridge, final Health health, final int count) {
        return bridge.attachments().stream().filter(a -> monitors.get(a.port()).health() == health).count() >= count;
    }

    long wakeAt() {
        var at = Long.MAX_VALUE;
        for (final var monitor : monitors.values()) {
            at = Math.min(at, monitor.wakeAt());
        }
        for (final long until : failing.values()) {
            at = Math.min(at, until);
        }
        return at;
    }

    /** Tells whether anything changed that decisions depend on, since it was asked last. */
    boolean hasChanged(final long now) {
        var changed = failing.values().removeIf(until -> until <= now);
        for (final var monitor : monitors.values()) {
            changed |= monitor.hasChanged();
        }
        return changed;
    }

    /**
     * Notes since when bridges are as they are.
     *
     * @return true if other trackers fail than before
     */
    boolean note(final DualBridge config, final long now) {
        var changed = false;
        for (final var bridge : config.bridges()) {
            final var paths = config.heartbeat().paths();
            failures.get(bridge.name()).note(isAlive(bridge, paths), isDead(bridge, paths), config.policy(), now);
            final var fail = failingTrackers(bridge);
            final var known = tracked.get(bridge.name());
            if (known == null || !known.failing.equals(fail)) {
                if (known != null && !known.failing.containsAll(fail)) {
                    failures.get(bridge.name()).trackerFailed(config.policy(), now);
                }
                tracked.put(bridge.name(), new Tracked(fail, now));
                changed |= known != null || !fail.isEmpty();
            }
        }
        return changed;
    }

    // ---- what happened ----

    void advance(final long now, final List<Action> actions) {
        monitors.values().forEach(monitor -> monitor.advance(now, actions));
    }

    Optional<Monitor> monitor(final PortRef port) {
        return Optional.ofNullable(monitors.get(port));
    }

    /** A link is up or down; tells whether that was not known. */
    boolean linkChanged(final PortRef port, final boolean up, final long now) {
        final var isNew = up ? downLinks.remove(port) : downLinks.add(port);
        if (isNew) {
            noteLinks(now);
            settle();
        }
        return isNew;
    }

    private void noteLinks(final long now) {
        monitors.forEach((key, monitor) -> {
            if (monitor.linkUp() == isDown(key)) {
                monitor.linkChanged(!monitor.linkUp(), now);
            }
        });
    }

    /** A cable is of no use with either end down; one end tells of it where the switch of the other is gone. */
    private boolean isDown(final PortRef key) {
        final var peer = peers.get(key);
        return downLinks.contains(key.port()) || peer != null && downLinks.contains(peer);
    }

    void connectionChanged(final long node, final boolean isConnected, final long now) {
        if (isConnected ? connected.add(node) : connected.remove(node)) {
            monitors.forEach((port, monitor) -> {
                if (port.datapath() == node) {
                    monitor.connectionChanged(isConnected, now);
                }
            });
            settle();
        }
    }

    /**
     * A bridge spoke unasked. Where bridges elect their master themselves, there is one at a time.
     *
     * @return why that is not used, {@code null} if it is
     */
    @Nullable Discard heard(final DualBridge config, final PortRef port, final @Nullable Sign sign,
            final long now) {
        final var speaker = monitors.get(port);
        if (speaker == null) {
            return Discard.FOREIGN;
        }
        final var others = new ArrayList<VrrpMonitor>();
        if (sign instanceof VrrpAdvertisement advertisement && advertisement.priority() > 0) {
            final var own = config.bridgeAt(port);
            monitors.forEach((at, monitor) -> {
                if (monitor instanceof VrrpMonitor other && !config.bridgeAt(at).equals(own)) {
                    others.add(other);
                }
            });
            // All of them are asked, so that the attachments of a better one wait together.
            if (!others.stream().filter(other -> other.standsAgainst(advertisement, now)).toList().isEmpty()) {
                return Discard.FOREIGN;
            }
        }
        final var discard = speaker.heard(sign, now);
        if (discard == null) {
            if (sign instanceof VrrpAdvertisement advertisement) {
                others.forEach(other -> other.stepDown(advertisement, now));
            }
            settle();
        }
        return discard;
    }

    /** Where some bridge is a VRRP master, those of which nothing is known are its backups. */
    private void settle() {
        if (monitors.values().stream().anyMatch(monitor -> monitor.health() == Health.ALIVE)) {
            monitors.values().forEach(monitor -> {
                if (monitor instanceof VrrpMonitor vrrp) {
                    vrrp.rest();
                }
            });
        }
    }

    /** Another system reports; tells whether that is another thing than it said, and not only longer valid. */
    boolean reported(final DualBridge config, final String bridge, final @Nullable String tracker,
            final boolean healthy, final long until, final long now) {
        if (tracker == null) {
            return config.bridges().stream().filter(b -> b.name().equals(bridge))
                .flatMap(b -> b.attachments().stream())
                .filter(attachment -> monitors.get(attachment.port()).reported(healthy, until, now))
                .count() > 0;
        }
        return (healthy ? failing.remove(new Reported(bridge, tracker))
            : failing.put(new Reported(bridge, tracker), until)) == null != healthy;
    }

    /**
     * Judges by a new configuration from now on.
     *
     * @param before the configuration until now
     * @param after the new one
     * @param active the active attachment; a change of rules is no failure of it
     */
    void adopt(final DualBridge before, final DualBridge after, final @Nullable PortRef active, final long now) {
        bridges = after.bridges();
        peers.clear();
        after.places().forEach((port, place) -> Optional.ofNullable(place.attachment().peer())
            .ifPresent(peer -> peers.put(port, peer)));
        final var oldPlaces = before.places();
        final var old = new HashMap<>(monitors);
        monitors.clear();
        final var sameRules = after.heartbeat().with(Paths.ANY).equals(before.heartbeat().with(Paths.ANY))
            && after.policy().hold().linkNanos() == before.policy().hold().linkNanos();
        after.places().forEach((port, place) -> {
            final var known = old.get(port);
            final var oldPlace = oldPlaces.get(port);
            if (known != null && oldPlace != null && sameRules && after.bridges().get(place.bridge()).target()
                        .equals(before.bridges().get(oldPlace.bridge()).target())) {
                monitors.put(port, known);
                return;
            }
            final var monitor = begin(port, after.heartbeat(), after, known, now);
            if (port.equals(active) && known != null && (known.health() == Health.DEAD
                    || known.health() == Health.BACKUP && after.heartbeat().method().follows())) {
                if (monitor.health() == Health.UNKNOWN) {
                    // Other rules are no sign of life.
                    monitor.assume(known.health(), now);
                }
            } else if (!isDown(port) && (port.equals(active)
                    || known != null && known.health() == Health.ALIVE && !after.heartbeat().method().follows())) {
                // Judged anew by the new rules, and healthy until then.
                monitor.assumeAlive(now);
            }
            if (known != null) {
                monitor.keepReport(known, now);
            }
        });
        after.targets().keySet().forEach(key -> {
            final var known = old.get(key);
            if (known != null && sameRules) {
                monitors.put(key, known);
            } else {
                final var monitor = begin(key, after.heartbeat().ofTargets(), after, known, now);
                if (known != null && !isDown(key)) {
                    monitor.assume(known.health(), now);
                }
            }
        });
        noteLinks(now);
        final var names = after.bridges().stream().map(Bridge::name).toList();
        forgetReports(after);
        names.forEach(name -> failures.computeIfAbsent(name, key -> new Failures()));
        failures.keySet().retainAll(Set.copyOf(names));
        tracked.keySet().retainAll(Set.copyOf(names));
    }

    private void forgetReports(final DualBridge config) {
        failing.keySet().removeIf(reported -> config.bridges().stream().noneMatch(bridge ->
            bridge.name().equals(reported.bridge) && bridge.trackers().stream().anyMatch(tracker ->
                tracker.isReported() && tracker.name().equals(reported.tracker))));
    }

    /** Takes what another one was told, of trackers and of bridges. */
    void inherit(final BridgeHealth former, final DualBridge config, final long now) {
        failing.putAll(former.failing);
        forgetReports(config);
        former.monitors.forEach((port, known) -> monitor(port).ifPresent(monitor -> monitor.keepReport(known, now)));
    }

    private Monitor begin(final PortRef key, final HeartbeatSettings settings, final DualBridge config,
            final @Nullable Monitor known, final long now) {
        final var monitor = Monitor.of(key, settings, config.policy().hold().linkNanos(),
            config.phaseNanos(config.heartbeat().intervalNanos()),
            known == null ? firstRound(now) : known.round(), now);
        if (known != null) {
            monitor.keepLink(known);
        }
        if (connected.contains(key.datapath())) {
            monitor.connectionChanged(true, now);
        }
        if (isDown(key)) {
            monitor.linkChanged(false, now);
        }
        monitors.put(key, monitor);
        return monitor;
    }

    /** Numbers of rounds grow with time, so that no answer to what a forgotten monitor asked can be replayed. */
    private static long firstRound(final long now) {
        return Math.max(0, now) / ROUND_NANOS;
    }
}
