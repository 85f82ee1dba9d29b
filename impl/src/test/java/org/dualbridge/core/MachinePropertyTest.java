/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.Event.Step;
import org.dualbridge.frame.VrrpAdvertisement;

/**
 * Any events at any times, in any order: bridges and switches need not make sense. Each switch has an attachment of
 * each bridge, so a bridge may also move within itself.
 */
class MachinePropertyTest {
    private static final int BRIDGES = 3;
    private static final int SWITCHES = 2;

    /** What happens. */
    enum What { WAKE, WAKE_OFTEN, ANSWER, HEAR, FAIL_PROBE, DOWN, UP, CONNECT, DISCONNECT, RECONFIGURE, REPORT,
        SWITCH_OVER, FAIL_FENCE }

    /** What happens to whom, and what passes then, or before. */
    record Turn(What what, int member, int bridge, int node, long nanos) {
        PortRef port() {
            return new PortRef(1L + node, 1L + BRIDGES * member + bridge);
        }

        String name() {
            return name(bridge);
        }

        static String name(final int bridge) {
            return String.valueOf((char) ('A' + bridge));
        }
    }

    @Provide
    static Arbitrary<Turn> turns() {
        final var times = Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 10 * MILLIS),
            Arbitraries.just(100 * MILLIS), Arbitraries.longs().between(0, 500 * MILLIS),
            Arbitraries.longs().between(0, 20 * SECONDS));
        return Combinators.combine(Arbitraries.of(What.class), Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, BRIDGES - 1), Arbitraries.integers().between(0, SWITCHES - 1), times)
            .as(Turn::new);
    }

    @Provide
    static Arbitrary<HeartbeatSettings> heartbeats() {
        return Combinators.combine(Arbitraries.of(Method.ARP, Method.PORT, Method.EXTERNAL, Method.RESPONDER),
            Arbitraries.integers().between(1, 4), Arbitraries.of(0, 4), Arbitraries.integers().between(1, 3),
            Arbitraries.of(0L, 100 * MILLIS), Arbitraries.of(Paths.class))
            .as((method, misses, window, recovers, warn, paths) -> new HeartbeatSettings(method, 100 * MILLIS, misses,
                window == 0 ? 0 : misses + window, recovers, 5 * MILLIS, warn, paths));
    }

    @Provide
    static Arbitrary<Policy> policies() {
        final var holds = Arbitraries.of(0L, SECONDS, 5 * SECONDS);
        return Combinators.combine(Arbitraries.of("A", "B", ""), Arbitraries.of(true, false), holds, holds, holds,
            holds, Arbitraries.of(0, 2))
            .as((preferred, automatic, delay, link, health, initialDead, changes) -> new Policy(
                preferred.isEmpty() ? null : preferred, new Failback(automatic, delay),
                new Hold(link, health, initialDead), new Damping(changes, 10 * SECONDS, 5 * SECONDS)));
    }

    private static DualBridge config(final int member, final HeartbeatSettings heartbeat, final Policy policy) {
        final var bridges = IntStream.range(0, BRIDGES)
            .mapToObj(bridge -> Samples.bridge(Turn.name(bridge), bridge, heartbeat.method() == Method.ARP
                ? 11L + bridge : null, IntStream.range(0, SWITCHES)
                    .mapToObj(node -> new Attachment(new Turn(What.WAKE, member, bridge, node, 0).port(), null))
                    .toArray(Attachment[]::new)))
            .toArray(Bridge[]::new);
        return Samples.withPolicy(Samples.withHeartbeat(Samples.named(Samples.with(heartbeat.method(), bridges),
            "db" + member), heartbeat), policy);
    }

    /** Some machines, what they were told, and what must be true of what they say. */
    private static final class Told {
        /** A step of a move, which may become a failover on its way. */
        private record Done(Intent before, Intent after, String step) {
            Done(final Action.Move move, final String step) {
                this(move.before(), move.after(), step);
            }
        }

        private final Map<String, DualBridgeMachine> machines;
        private final Map<String, DualBridge> configs = new HashMap<>();
        private final Map<String, Intent> intents = new HashMap<>();
        private final Map<PortRef, Long> rounds = new HashMap<>();
        private final Map<PortRef, Event> asked = new HashMap<>();
        /** What switches were asked to confirm. */
        private final Map<String, Deque<Event.Confirmed>> unconfirmed = new HashMap<>();
        /** How far the last move is. */
        private final Map<String, Done> steps = new HashMap<>();
        private long now = 1000 * SECONDS;

        Told(final List<DualBridge> members) {
            machines = members.stream().collect(Collectors.toMap(DualBridge::name,
                config -> new DualBridgeMachine(config, new Intent(0, null), now)));
            members.forEach(config -> configs.put(config.name(), config));
            DualBridgeMachine.group(List.copyOf(machines.values()), now);
            machines.keySet().forEach(name -> configs.get(name).nodes()
                .forEach(node -> tell(name, new Event.SwitchConnected(node))));
        }

        void happen(final Turn turn) {
            final var name = "db" + turn.member % machines.size();
            final var own = new Turn(turn.what, turn.member % machines.size(), turn.bridge, turn.node, 0);
            final var port = own.port();
            switch (turn.what) {
                case WAKE -> now += turn.nanos;
                case WAKE_OFTEN -> runUntil(now + turn.nanos);
                case ANSWER -> {
                    final var confirmed = asked.remove(port);
                    if (confirmed != null) {
                        tell(name, confirmed);
                    }
                    tell(name, new Event.ProbeAnswered(port, rounds.getOrDefault(port, 0L), -1));
                }
                case HEAR -> {
                    final var confirmed = asked.remove(port);
                    if (confirmed != null && turn.nanos % 2 == 0) {
                        tell(name, confirmed);
                    }
                    tell(name, new Event.Heard(port, configs.get(name).heartbeat().method() == Method.VRRP
                        ? new VrrpAdvertisement((int) (turn.nanos % 256), turn.bridge, 100 * MILLIS) : null));
                }
                case FAIL_PROBE -> tell(name, new Event.ProbeFailed(port));
                case DOWN -> tell(name, new Event.LinkChanged(port, false));
                case UP -> tell(name, new Event.LinkChanged(port, true));
                case CONNECT -> node(turn).forEach(node -> tell(name, new Event.SwitchConnected(node)));
                case DISCONNECT -> node(turn).forEach(node -> tell(name, new Event.SwitchDisconnected(node)));
                case RECONFIGURE -> {
                    final var mode = HaMode.values()[(int) (turn.nanos % 3)];
                    configs.computeIfPresent(name, (key, config) -> Samples.withHaMode(config, turn.name(), mode));
                    tell(name, new Event.Reconfigured(configs.get(name)));
                }
                case REPORT -> tell(name, new Event.HealthReported(turn.name(), null, turn.nanos % 3 != 0,
                    now + turn.nanos));
                case SWITCH_OVER -> tell(name, new Event.SwitchoverRequested(turn.name()));
                default -> confirm(name, false);
            }
            if (turn.nanos % 3 != 0) {
                machines.keySet().forEach(each -> confirm(each, true));
            }
            catchUp();
        }

        /** Switches confirm what they were asked to, also what they were asked thereupon; or the first does not. */
        private void confirm(final String name, final boolean done) {
            final var open = unconfirmed.getOrDefault(name, new ArrayDeque<>());
            while (!open.isEmpty()) {
                final var next = open.remove();
                tell(name, new Event.Confirmed(next.epoch(), next.step(), next.node(), done));
                if (!done) {
                    return;
                }
            }
        }

        private static List<Long> node(final Turn turn) {
            return turn.nanos % 2 == 0 ? List.of(1L + turn.node) : List.of(11L + turn.bridge);
        }

        private void runUntil(final long end) {
            for (long at = wakeAt(); at <= end; at = wakeAt()) {
                now = Math.max(now, at);
                catchUp();
            }
            now = end;
        }

        private long wakeAt() {
            return machines.values().stream().mapToLong(DualBridgeMachine::wakeAt).min().orElseThrow();
        }

        /** Each that wants time gets it, and must be content soon. */
        private void catchUp() {
            for (int i = 0; wakeAt() <= now; i++) {
                assertTrue(i < 10, "wants time again and again without any passing");
                machines.forEach((name, machine) -> {
                    if (machine.wakeAt() <= now) {
                        tell(name, new Event.TimePassed());
                    }
                });
            }
        }

        private void tell(final String name, final Event event) {
            check(name, machines.get(name).handle(event, now));
            machines.get(name).peers().forEach(peer -> check(peer, machines.get(peer).takePending()));
            final var sides = machines.entrySet().stream()
                .flatMap(entry -> configs.get(entry.getKey()).bridgeAt(entry.getValue().intent().active())
                    .stream())
                .map(Bridge::name).collect(Collectors.toSet());
            assertTrue(sides.size() <= 1, () -> "the group is on several sides: " + sides + " after " + event);
        }

        private Health health(final String name, final PortRef attachment) {
            return machines.get(name).snapshot().bridges().stream().flatMap(bridge -> bridge.attachments().stream())
                .filter(status -> status.nodeConnector().equals(attachment.toString()))
                .findFirst().orElseThrow().health();
        }

        private void ask(final String name, final Action.Move move, final Step step, final Set<Long> nodes) {
            final var open = unconfirmed.computeIfAbsent(name, key -> new ArrayDeque<>());
            nodes.forEach(node -> open.add(new Event.Confirmed(move.after().epoch(), step, node, true)));
        }

        private void begun(final String name, final Action.Move move) {
            assertEquals(intents.getOrDefault(name, new Intent(0, null)), move.before());
            assertEquals(move.before().epoch() + 1, move.after().epoch());
            assertTrue(configs.get(name).heartbeat().method() != Method.VRRP
                || health(name, move.after().active()) == Health.ALIVE, "to one that is no VRRP master");
            intents.put(name, move.after());
        }

        private void check(final String name, final List<Action> actions) {
            for (int i = 0; i < actions.size(); i++) {
                switch (actions.get(i)) {
                    case Action.SendProbe(var port, var round) -> rounds.put(port, round);
                    case Action.ConfirmChannel(var port, var round) ->
                        asked.put(port, new Event.ChannelConfirmed(port, round, now));
                    case Action.Divert(var move, var nodes) -> {
                        assertTrue(move.planned() && move.oldAlive(), "only where the old bridge passes frames");
                        if (!new Done(move, "Divert").equals(steps.put(name, new Done(move, "Divert")))) {
                            begun(name, move);
                        }
                        ask(name, move, Step.DIVERT, nodes);
                    }
                    case Action.Fence(var move, var nodes, var diverted) -> {
                        final var isDiverted = new Done(move, "Divert").equals(steps.put(name,
                            new Done(move, "Fence")));
                        assertEquals(isDiverted, diverted);
                        if (!isDiverted) {
                            begun(name, move);
                        }
                        ask(name, move, Step.FENCE, nodes);
                    }
                    case Action.Redirect(var move, var nodes, var fenced) -> {
                        assertEquals(new Done(move, "Fence"), steps.put(name, new Done(move, "Redirect")));
                        assertTrue(fenced || !move.planned(), "opened, though the old bridge may pass frames");
                        ask(name, move, Step.REDIRECT, nodes);
                    }
                    case Action.Announce(var move, var moved) ->
                        assertEquals(new Done(move, "Redirect"), steps.put(name, new Done(move, "Announce")));
                    case Action.Remember(var intent) -> {
                        assertTrue(actions.get(i - 1) instanceof Action.Announce(var move, var moved)
                            && move.after().equals(intent));
                        assertTrue(actions.get(i + 1) instanceof Action.Publish);
                    }
                    case Action.WriteTables write -> {
                        final var step = steps.get(name);
                        assertFalse(write.opens() && step != null && (step.step.equals("Fence")
                                || step.step.equals("Divert") && !write.intent().equals(step.before())),
                            "opened before the fence was confirmed");
                    }
                    case Action.Reroute reroute -> {
                    }
                    case Action.Silence silence -> {
                    }
                    case Action.Relearn relearn -> {
                    }
                    case Action.Publish publish -> {
                    }
                    case Action.CountDiscard discard -> {
                    }
                }
            }
            assertTrue(actions.stream().filter(Action.Fence.class::isInstance).count() <= 1, "two moves at once");
            assertEquals(intents.getOrDefault(name, new Intent(0, null)), machines.get(name).intent());
        }
    }

    /** Bridges that elect their master themselves are in no sync group. */
    @Property(tries = 1000)
    void pairThatElectsItselfIsFollowedInOrder(@ForAll("policies") final Policy policy,
            @ForAll @Size(max = 60) final List<@From("turns") Turn> turns) {
        final var told = new Told(List.of(config(0, new HeartbeatSettings(Method.VRRP, 100 * MILLIS, 3, 0, 1,
            5 * MILLIS, 0), policy)));
        turns.forEach(told::happen);
    }

    @Property(tries = 2000)
    void movesAreInOrderOneByOneAndTimeGoesOn(@ForAll @IntRange(min = 1, max = 3) final int members,
            @ForAll("heartbeats") final HeartbeatSettings heartbeat, @ForAll("policies") final Policy policy,
            @ForAll @Size(max = 60) final List<@From("turns") Turn> turns) {
        final var told = new Told(IntStream.range(0, members).mapToObj(i -> config(i, heartbeat, policy)).toList());
        turns.forEach(told::happen);
    }
}
