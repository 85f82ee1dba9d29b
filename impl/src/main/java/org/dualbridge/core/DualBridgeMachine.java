/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Place;
import org.eclipse.jdt.annotation.Nullable;

/**
 * The failover machine of one dual bridge.
 *
 * <pre>
 *               recover-count answers,            better one gone, or
 *               another one is better             it is the better one
 *  INITIALIZE ------------------------&gt; STANDBY ----------------------&gt; ACTIVE
 *       |                                | ^ ^                          |  |
 *       | miss-count misses,             | | |    failback, switchover  |  |
 *       | link down            misses or | | +--------------------------+  |
 *       |                      link down | | recover-count answers         |
 *       +------------------------------&gt; FAULT &lt;---------------------------+
 *                                                  misses or link down
 * </pre>
 *
 * <p>Where all bridges are at fault, nothing moves: the last active one stays the one that frames are sent to, and the
 * first that recovers takes over, unless the active one recovers together with it. Where a switch cannot be heard, its
 * attachments keep their last judgement, and cannot be elected. Times are nanoseconds of any clock that only grows.
 */
public final class DualBridgeMachine {
    private static final long MIN_ELECTION_NANOS = 1_000_000_000;

    private final Map<PortRef, AttachmentMonitor> monitors = new LinkedHashMap<>();
    private final Map<String, RoleRecord> roles = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Set<PortRef> downLinks = new HashSet<>();

    private DualBridge config;
    private Map<PortRef, Place> places = Map.of();
    private Intent intent;
    private @Nullable Move lastMove;
    private @Nullable Condition lastCondition;
    /** When a bridge could first have been elected, but a better one was still being judged. */
    private long electableSince = Long.MAX_VALUE;
    private long movedAt;
    private long failovers;
    private long switchovers;
    private long flipFlops;

    /** Role of one bridge and how it came to it. */
    private static final class RoleRecord {
        private Role role = Role.INITIALIZE;
        private Reason reason = Reason.STARTUP;
        private long since;
        private long timesActive;
    }

    /** A move as far as later decisions need it. */
    private record Move(@Nullable PortRef from, PortRef to) {
    }

    /**
     * Starts the machine.
     *
     * @param config configuration
     * @param remembered what was active before a restart; epoch 0 and no attachment where nothing is known
     * @param now current time
     */
    public DualBridgeMachine(final DualBridge config, final Intent remembered, final long now) {
        this.config = config;
        intent = remembered;
        movedAt = now;
        adopt(config, now);
        final var active = monitors.get(remembered.active());
        if (active != null) {
            active.assumeAlive(now);
            final var role = roles.get(config.bridgeAt(remembered.active()).orElseThrow().name());
            role.role = Role.ACTIVE;
            role.reason = Reason.RESTORED;
        }
    }

    /**
     * Tells the machine what happened, or that time passed.
     *
     * @param event what happened
     * @param now current time
     * @return what is to be done, in this order
     */
    public List<Action> handle(final Event event, final long now) {
        final var actions = new ArrayList<Action>();
        switch (event) {
            case Event.TimePassed() -> monitors.values().forEach(monitor -> monitor.advance(now, actions));
            case Event.ProbeAnswered(var port, var round, var mask) -> monitor(port).ifPresent(monitor -> {
                final var discard = monitor.answer(round, mask, now);
                if (discard != null) {
                    actions.add(new Action.CountDiscard(discard));
                }
            });
            case Event.ProbeFailed(var port) -> monitor(port).ifPresent(AttachmentMonitor::forgive);
            case Event.LinkChanged(var port, var up) -> linkChanged(port, up, now);
            case Event.SwitchConnected(var node) -> connectionChanged(node, true, now);
            case Event.SwitchDisconnected(var node) -> connectionChanged(node, false, now);
            case Event.ChannelConfirmed(var port, var round, var askedAt) ->
                monitor(port).ifPresent(monitor -> monitor.confirmed(round, askedAt, now));
            case Event.Reconfigured(var newConfig) -> adopt(newConfig, now);
            case Event.SwitchoverRequested(var name) -> placeFor(name)
                .ifPresent(place -> move(place, true, Reason.OPERATOR, now, actions));
            case Event.FenceUnconfirmed(var epoch) -> {
                final var last = lastMove;
                final var from = last == null ? null : places.get(last.from);
                if (epoch == intent.epoch() && from != null) {
                    move(from, false, Reason.RESTORED, now, actions);
                }
            }
        }
        decide(now, actions);
        if ((updateRoles(now) || event instanceof Event.Reconfigured)
                && actions.stream().noneMatch(Action.Publish.class::isInstance)) {
            actions.add(new Action.Publish());
        }
        return actions;
    }

    /**
     * Tells when the machine next wants {@link Event.TimePassed}.
     *
     * @return a time, {@link Long#MAX_VALUE} for never
     */
    public long wakeAt() {
        var at = monitors.values().stream().mapToLong(AttachmentMonitor::wakeAt).min().orElse(Long.MAX_VALUE);
        if (intent.active() == null) {
            at = Math.min(at, electionAt());
        }
        return at;
    }

    /**
     * Tells what a switchover would be refused for.
     *
     * @param bridge name of the bridge that is to be active
     * @return the reason, empty if it would be done
     */
    public Optional<String> switchoverRefusal(final String bridge) {
        if (config.bridges().stream().noneMatch(b -> b.name().equals(bridge))) {
            return Optional.of("bridge: '" + bridge + "' is no bridge of '" + config.name() + "'");
        }
        final var place = placeFor(bridge);
        if (place.isEmpty()) {
            return Optional.of("bridge: '" + bridge + "' has no attachment that is healthy and can be programmed");
        }
        if (config.bridgeAt(intent.active()).filter(b -> b.name().equals(bridge)).isPresent()) {
            return Optional.of("bridge: '" + bridge + "' is active already");
        }
        final var missing = missingFor(place.orElseThrow());
        return missing.isEmpty() ? Optional.empty()
            : Optional.of("not connected, so that it cannot be fenced or redirected: "
                + String.join(", ", missing.stream().map(PortRef::node).toList()));
    }

    /**
     * Tells what the machine knows.
     *
     * @return the facts as they are now
     */
    public Snapshot snapshot() {
        return new Snapshot(intent, condition(), config.bridges().stream()
            .map(bridge -> {
                final var role = roles.get(bridge.name());
                return new Snapshot.BridgeView(bridge.name(), role.role, role.reason, role.since, role.timesActive,
                    bridge.attachments().stream()
                        .map(attachment -> {
                            final var monitor = monitors.get(attachment.port());
                            return new AttachmentStatus(attachment.port().toString(), monitor.health(),
                                monitor.judged());
                        })
                        .collect(ImmutableList.toImmutableList()));
            })
            .collect(ImmutableList.toImmutableList()), failovers, switchovers, flipFlops);
    }

    private Optional<AttachmentMonitor> monitor(final PortRef port) {
        return Optional.ofNullable(monitors.get(port));
    }

    private void linkChanged(final PortRef port, final boolean up, final long now) {
        if (up ? downLinks.remove(port) : downLinks.add(port)) {
            monitor(port).ifPresent(monitor -> monitor.linkChanged(up, now));
        }
    }

    private void connectionChanged(final long node, final boolean isConnected, final long now) {
        if (isConnected ? connected.add(node) : connected.remove(node)) {
            monitors.forEach((port, monitor) -> {
                if (port.datapath() == node) {
                    monitor.connectionChanged(isConnected, now);
                }
            });
        }
    }

    private void adopt(final DualBridge newConfig, final long now) {
        final var oldConfig = config;
        final var oldPlaces = places;
        config = newConfig;
        places = newConfig.places();
        final var old = new HashMap<>(monitors);
        monitors.clear();
        places.forEach((port, place) -> {
            final var known = old.get(port);
            final var before = oldPlaces.get(port);
            if (known != null && before != null && newConfig.heartbeat().equals(oldConfig.heartbeat())
                    && newConfig.bridges().get(place.bridge()).target()
                        .equals(oldConfig.bridges().get(before.bridge()).target())) {
                monitors.put(port, known);
                return;
            }
            final var monitor = new AttachmentMonitor(port, newConfig.heartbeat(), now);
            if (connected.contains(port.datapath())) {
                monitor.connectionChanged(true, now);
            }
            if (downLinks.contains(port)) {
                monitor.linkChanged(false, now);
            } else if (port.equals(intent.active()) || known != null && known.health() == Health.ALIVE) {
                // Judged anew by the new rules, and healthy until then: a change of rules is no failure.
                monitor.assumeAlive(now);
            }
            monitors.put(port, monitor);
        });
        final var names = new HashSet<String>();
        newConfig.bridges().forEach(bridge -> {
            names.add(bridge.name());
            roles.computeIfAbsent(bridge.name(), name -> {
                final var role = new RoleRecord();
                role.since = now;
                return role;
            });
        });
        roles.keySet().retainAll(names);
    }

    /** The first election waits until a better bridge had its chance, at least a second. */
    private long electionAt() {
        final var heartbeat = config.heartbeat();
        return electableSince == Long.MAX_VALUE ? electableSince : electableSince + Math.max(MIN_ELECTION_NANOS,
            heartbeat.intervalNanos() * (heartbeat.missCount() + heartbeat.recoverCount() + 1));
    }

    /** Better places first: preferred bridge, priority, order of bridges, order of attachments. */
    private Comparator<Place> byRank() {
        return Comparator.<Place, Boolean>comparing(place -> !bridge(place).name().equals(config.preferred()))
            .thenComparingInt(place -> bridge(place).priority())
            .thenComparingInt(Place::bridge)
            .thenComparingInt(Place::position);
    }

    private Bridge bridge(final Place place) {
        return config.bridges().get(place.bridge());
    }

    private boolean electable(final Place place) {
        final var node = bridge(place).node();
        return monitors.get(place.attachment().port()).usable() && (node == null || connected.contains(node));
    }

    private Stream<Place> electablePlaces() {
        return places.values().stream().filter(this::electable);
    }

    private Optional<Place> placeFor(final String bridge) {
        return electablePlaces().filter(place -> bridge(place).name().equals(bridge)).findFirst();
    }

    private void decide(final long now, final List<Action> actions) {
        final var best = electablePlaces().min(byRank()).orElse(null);
        if (best == null) {
            electableSince = Long.MAX_VALUE;
            return;
        }
        if (best.attachment().port().equals(intent.active())) {
            return;
        }
        final var active = places.get(intent.active());
        if (active == null) {
            final var top = places.values().stream().min(byRank()).orElseThrow();
            if (intent.active() != null) {
                move(best, false, Reason.PRIORITY, now, actions);
            } else {
                electableSince = Math.min(electableSince, now);
                if (top.bridge() == best.bridge() || now >= electionAt()) {
                    move(best, false, Reason.STARTUP, now, actions);
                }
            }
            return;
        }
        final var monitor = monitors.get(active.attachment().port());
        if (monitor.health() == Health.DEAD) {
            if (mayHaveDiedTogether(monitor, monitors.get(best.attachment().port()), now)) {
                return;
            }
            move(best, false, monitor.linkUp() ? Reason.NO_RESPONSE : Reason.LINK_DOWN, now, actions);
        } else if (config.failback().automatic() && monitor.judged() && byRank().compare(best, active) < 0
                && now - failbackSince(best) >= config.failback().delayNanos() && missingFor(best).isEmpty()) {
            move(best, true, Reason.PRIORITY, now, actions);
        }
    }

    /**
     * Where everything was silent, the cause may be common, and what comes back first is chance: the active one is
     * waited for as long as it takes to tell that it is dead. A link that is down will not come back by itself.
     */
    private boolean mayHaveDiedTogether(final AttachmentMonitor active, final AttachmentMonitor other,
            final long now) {
        final var heartbeat = config.heartbeat();
        return active.linkUp() && other.aliveSince() > active.deadSince()
            && now - other.aliveSince() < heartbeat.missCount() * heartbeat.intervalNanos();
    }

    private long failbackSince(final Place place) {
        return Math.max(movedAt, monitors.get(place.attachment().port()).aliveSince());
    }

    /** The switches that a planned move needs and that are not connected. */
    private Set<Long> missingFor(final Place to) {
        final var needed = new TreeSet<>(config.switches());
        Stream.of(Optional.of(bridge(to)), config.bridgeAt(intent.active()))
            .flatMap(Optional::stream)
            .flatMap(bridge -> Optional.ofNullable(bridge.node()).stream())
            .forEach(needed::add);
        needed.removeAll(connected);
        return needed;
    }

    private void move(final Place to, final boolean planned, final Reason reason, final long now,
            final List<Action> actions) {
        final var port = to.attachment().port();
        final var before = intent;
        final var oldBridge = config.bridgeAt(before.active()).map(Bridge::name).orElse(null);
        final var newBridge = bridge(to).name();
        final var oldMonitor = monitors.get(before.active());
        if (before.active() != null && !newBridge.equals(oldBridge)) {
            if (planned) {
                switchovers++;
            } else {
                failovers++;
            }
            if (lastMove != null && port.equals(lastMove.from)) {
                flipFlops++;
            }
        }
        lastMove = new Move(before.active(), port);
        movedAt = now;
        intent = new Intent(before.epoch() + 1, port);
        final var move = new Action.Move(before, intent, planned, reason, oldBridge, newBridge,
            planned || oldMonitor == null ? now : oldMonitor.lastSign(), now);
        actions.add(new Action.Fence(move));
        actions.add(new Action.Redirect(move));
        actions.add(new Action.Announce(move));
        actions.add(new Action.Remember(intent));
        become(newBridge, Role.ACTIVE, activeReason(before, reason), now);
        if (oldBridge != null && !oldBridge.equals(newBridge) && planned) {
            become(oldBridge, Role.STANDBY, reason == Reason.OPERATOR ? reason : Reason.PREEMPTED, now);
        }
        actions.add(new Action.Publish());
    }

    private static Reason activeReason(final Intent before, final Reason trigger) {
        return switch (trigger) {
            case NO_RESPONSE, LINK_DOWN -> before.active() == null ? Reason.STARTUP : Reason.PEER_FAILED;
            case STARTUP, RESTORED, PEER_FAILED, RECOVERED, PREEMPTED, PRIORITY, OPERATOR -> trigger;
        };
    }

    private boolean become(final String bridge, final Role role, final Reason reason, final long now) {
        final var current = roles.get(bridge);
        if (current.role == role) {
            return false;
        }
        current.role = role;
        current.reason = reason;
        current.since = now;
        if (role == Role.ACTIVE) {
            current.timesActive++;
        }
        return true;
    }

    private boolean updateRoles(final long now) {
        var changed = false;
        for (final var bridge : config.bridges()) {
            final var own = bridge.attachments().stream().map(a -> monitors.get(a.port())).toList();
            final var isActive = bridge.attachments().stream().anyMatch(a -> a.port().equals(intent.active()));
            final Role role;
            if (isActive) {
                role = monitors.get(intent.active()).health() == Health.DEAD ? Role.FAULT : Role.ACTIVE;
            } else if (own.stream().anyMatch(monitor -> monitor.health() == Health.ALIVE)) {
                role = Role.STANDBY;
            } else if (own.stream().allMatch(monitor -> monitor.health() == Health.DEAD)) {
                role = Role.FAULT;
            } else {
                role = Role.INITIALIZE;
            }
            final var reason = switch (role) {
                case FAULT -> own.stream().noneMatch(AttachmentMonitor::linkUp) ? Reason.LINK_DOWN
                    : Reason.NO_RESPONSE;
                case ACTIVE -> Reason.RECOVERED;
                case STANDBY -> roles.get(bridge.name()).role == Role.FAULT ? Reason.RECOVERED : Reason.STARTUP;
                case INITIALIZE -> Reason.STARTUP;
            };
            changed |= become(bridge.name(), role, reason, now);
        }
        final var condition = condition();
        changed |= condition != lastCondition;
        lastCondition = condition;
        return changed;
    }

    private Condition condition() {
        final var active = places.get(intent.active());
        if (active == null) {
            return Condition.INITIALIZING;
        }
        final var monitor = monitors.get(active.attachment().port());
        if (monitor.health() == Health.DEAD) {
            return Condition.DOWN;
        }
        if (!monitor.judged()) {
            return Condition.BLIND;
        }
        return electablePlaces().anyMatch(place -> place.bridge() != active.bridge()) ? Condition.PROTECTED
            : Condition.UNPROTECTED;
    }
}
