/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.Event.Step;
import org.dualbridge.core.Snapshot.BridgeView;

/** Bridges, switches and the clock around a machine, for tests: time passes only when it is told to. */
final class World {
    private static final long LATENCY = Samples.MILLIS;

    /** Attachments whose bridges answer. */
    final Set<PortRef> alive = new HashSet<>(Set.of(Samples.LEFT, Samples.RIGHT));
    /** Switches that are connected, but neither hear nor say anything. */
    final Set<Long> stuck = new HashSet<>();
    /** Switches that neither confirm what they are told nor are known not to do it. */
    final Set<Long> mute = new HashSet<>();
    /** Switches that are known not to do what they are told. */
    final Set<Long> refusing = new HashSet<>();
    /** What the machine wanted done since {@link #forgetActions()}, less probes and requests for confirmation. */
    final List<Action> actions = new ArrayList<>();
    /** Of that, what concerns the switches apart from a takeover. */
    final List<Action> writes = new ArrayList<>();
    /** The newest round per attachment. */
    final Map<PortRef, Long> rounds = new HashMap<>();
    /** When the last answer per attachment was told to the machine. */
    final Map<PortRef, Long> lastAnswer = new HashMap<>();

    final DualBridgeMachine machine;
    long now = 1_000 * Samples.SECONDS;

    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));

    private record Due(long at, Event event) {
    }

    World(final DualBridge config, final Intent remembered) {
        machine = new DualBridgeMachine(config, remembered, now);
        config.nodes().forEach(node -> tell(new Event.SwitchConnected(node)));
    }

    World(final DualBridge config) {
        this(config, new Intent(0, null));
    }

    /** Starts with the better bridge active and the other one ready; the next probes leave half an interval later. */
    static World settled(final DualBridge config) {
        final var world = new World(config);
        world.run(3 * Samples.SECONDS + 50 * Samples.MILLIS);
        world.forgetActions();
        return world;
    }

    List<Action> tell(final Event event) {
        if (event instanceof Event.ProbeAnswered(var port, var round, var mask)) {
            lastAnswer.put(port, now);
        }
        final var confirmed = new ArrayList<Event.Confirmed>();
        final var wanted = new ArrayList<>(machine.handle(event, now));
        for (final var action : wanted) {
            switch (action) {
                case Action.Divert(var move, var asked) -> {
                    actions.add(action);
                    asked.forEach(node -> confirmed.add(confirmation(Step.DIVERT, node)));
                }
                case Action.Fence(var move, var asked, var diverted) -> {
                    actions.add(action);
                    asked.forEach(node -> confirmed.add(confirmation(Step.FENCE, node)));
                }
                case Action.Redirect(var move, var asked, var fenced) -> {
                    actions.add(action);
                    asked.forEach(node -> confirmed.add(confirmation(Step.REDIRECT, node)));
                }
                case Action.WriteTables write -> {
                    writes.add(write);
                    if (write.asked()) {
                        confirmed.add(confirmation(Step.TABLES, write.node()));
                    }
                }
                case Action.Reroute reroute -> writes.add(reroute);
                case Action.Silence silence -> writes.add(silence);
                case Action.Relearn relearn -> writes.add(relearn);
                case Action.SendProbe(var port, var round) -> {
                    rounds.put(port, round);
                    if (alive.contains(port) && !stuck.contains(port.datapath())) {
                        due.add(new Due(now + LATENCY, new Event.ProbeAnswered(port, round, -1L)));
                    }
                }
                case Action.ConfirmChannel(var port, var round) -> {
                    if (!stuck.contains(port.datapath())) {
                        due.add(new Due(now + LATENCY, new Event.ChannelConfirmed(port, round, now)));
                    }
                }
                default -> actions.add(action);
            }
        }
        confirmed.stream().filter(confirmation -> !mute.contains(confirmation.node()))
            .forEach(confirmation -> wanted.addAll(tell(confirmation)));
        return wanted;
    }

    private Event.Confirmed confirmation(final Step step, final long node) {
        return new Event.Confirmed(epoch(), step, node, !refusing.contains(node));
    }

    /** Lets time pass. */
    void run(final long nanos) {
        final var end = now + nanos;
        int events = 0;
        while (true) {
            final var next = due.peek();
            final var wakeAt = machine.wakeAt();
            final var at = Math.max(now, next == null ? wakeAt : Math.min(wakeAt, next.at));
            if (at > end) {
                break;
            }
            now = at;
            if (next != null && next.at <= wakeAt) {
                tell(due.remove().event);
            } else {
                tell(new Event.TimePassed());
            }
            assertTrue(events++ < 100_000, "the machine wants time again and again without any passing");
        }
        now = end;
    }

    /** Lets the controller do nothing for a while; what came meanwhile is told after the time. */
    void freeze(final long nanos) {
        now += nanos;
        tell(new Event.TimePassed());
    }

    void forgetActions() {
        actions.clear();
        writes.clear();
    }

    /** Names the kinds of actions wanted. */
    List<String> wanted() {
        return actions.stream().map(action -> action.getClass().getSimpleName()).toList();
    }

    /** Lists the moves that were begun. */
    List<Action.Move> moves() {
        return actions.stream()
            .map(action -> action instanceof Action.Fence fence ? fence.move()
                : action instanceof Action.Divert divert ? divert.move() : null)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    }

    PortRef active() {
        return machine.intent().active();
    }

    long epoch() {
        return machine.intent().epoch();
    }

    Condition condition() {
        return machine.snapshot().condition();
    }

    BridgeView bridge(final String name) {
        return machine.snapshot().bridges().stream().filter(view -> view.name().equals(name)).findFirst()
            .orElseThrow();
    }

    Role role(final String name) {
        return bridge(name).role();
    }
}
