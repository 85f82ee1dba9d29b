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

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Paths;
import org.junit.jupiter.api.Test;

/** Bridges that need all of their attachments: "left" has 0 and 1, "right" has 2 and 3; each switch has one of each. */
class PathsTest {
    private static final ImmutableList<PortRef> PORTS = ImmutableList.of(new PortRef(1, 1), new PortRef(2, 1),
        new PortRef(1, 2), new PortRef(2, 2));
    private static final DualBridge CONFIG = config(Paths.ALL);

    private static DualBridge config(final Paths paths) {
        final var plain = Samples.with(Method.ARP,
            Samples.bridge("left", 50, null, attachment(0), attachment(1)),
            Samples.bridge("right", 100, null, attachment(2), attachment(3)));
        return Samples.withHeartbeat(plain, plain.heartbeat().with(paths));
    }

    private static Attachment attachment(final int number) {
        return new Attachment(PORTS.get(number), null);
    }

    private static World settled(final DualBridge config, final int... dead) {
        final var world = new World(config);
        world.alive.clear();
        world.alive.addAll(PORTS);
        world.run(3 * SECONDS + 50 * MILLIS);
        world.forgetActions();
        IntStream.of(dead).forEach(number -> {
            world.alive.remove(PORTS.get(number));
            world.run(SECONDS);
        });
        return world;
    }

    private static List<Reason> reasons(final World world) {
        return world.moves().stream().map(Action.Move::reason).toList();
    }

    @Test
    void bridgeFailsWithASecondAttachmentWhereAnotherIsWhole() {
        final var world = settled(CONFIG, 1);

        assertEquals(PORTS.get(2), world.active());
        assertEquals(List.of(Reason.PATH_FAILED), reasons(world));
        final var move = world.moves().getFirst();
        assertFalse(move.planned());
        assertEquals(move.decidedAt(), move.lastSign(), "its fence is waited for, as that of a bridge that is alive");
        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Reason.NO_RESPONSE, world.bridge("left").reason());
        assertEquals(0, world.bridge("left").timesStandby());
        assertEquals(Reason.PEER_FAILED, world.bridge("right").reason());
        assertEquals(1, world.machine.snapshot().failovers());
        assertEquals(Condition.UNPROTECTED, world.condition());

        world.alive.add(PORTS.get(1));
        world.run(9 * SECONDS);
        assertEquals(PORTS.get(2), world.active(), "failback has its delay");
        assertEquals(Condition.PROTECTED, world.condition());
        world.run(3 * SECONDS);
        assertEquals(PORTS.get(0), world.active());
    }

    @Test
    void linkOfASecondAttachmentThatIsDownIsNoReasonToOpenTheOtherBridgeBeforeTheFence() {
        final var world = settled(CONFIG);
        world.tell(new Event.LinkChanged(PORTS.get(1), false));

        assertEquals(List.of(Reason.PATH_FAILED), reasons(world));
        assertEquals(Reason.LINK_DOWN, world.bridge("left").reason());
    }

    @Test
    void oneAttachmentIsEnoughWhereThatIsConfigured() {
        final var world = settled(config(Paths.ANY), 1);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void bridgeThatIsNotWholeIsNoProtection() {
        final var world = settled(CONFIG, 3);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.FAULT, world.role("right"));
        assertEquals(Condition.UNPROTECTED, world.condition());
        assertEquals("bridge: 'right' has an attachment that is not healthy",
            world.machine.switchoverRefusal("right").orElseThrow());
    }

    @Test
    void lastBridgeIsKeptAndMovesToTheAttachmentThatIsLeft() {
        final var world = settled(CONFIG, 3, 1);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));

        world.alive.add(PORTS.get(1));
        world.run(SECONDS);
        world.alive.remove(PORTS.get(0));
        world.run(SECONDS);

        assertEquals(PORTS.get(1), world.active());
        assertEquals(List.of(Reason.NO_RESPONSE), reasons(world));
    }

    @Test
    void halfABridgeTakesOverFromNone() {
        final var world = settled(CONFIG, 3, 1, 0);

        assertEquals(PORTS.get(2), world.active());
        assertEquals(List.of(Reason.NO_RESPONSE), reasons(world));
        assertEquals(Role.ACTIVE, world.role("right"));
    }

    @Test
    void halfABridgeIsNotLeftForAnotherHalfOfBetterRank() {
        final var world = settled(CONFIG, 1, 3);
        world.run(60 * SECONDS);

        assertEquals(PORTS.get(2), world.active());
        assertEquals(1, world.moves().size());
    }

    @Test
    void bridgeThatMayNotBeActiveIsNoReasonToLeaveHalfOfAnother() {
        final var world = settled(Samples.withHaMode(CONFIG, "right", HaMode.DISABLED), 0);

        assertEquals(PORTS.get(1), world.active());
    }

    @Test
    void firstElectionWaitsUntilAllAttachmentsOfTheBetterBridgeAreJudged() {
        final var world = new World(CONFIG);
        world.alive.clear();
        world.alive.addAll(PORTS);
        world.alive.remove(PORTS.get(1));
        world.run(3 * SECONDS);

        assertEquals(PORTS.get(2), world.active());
        assertEquals(1, world.moves().size());
    }

    @Test
    void changeOfTheRuleIsNoReasonToJudgeAnew() {
        final var world = settled(config(Paths.ANY), 1);
        world.tell(new Event.Reconfigured(CONFIG));

        assertEquals(PORTS.get(2), world.active());
        assertEquals(List.of(Reason.PATH_FAILED), reasons(world));
    }

    @Test
    void groupDoesNotGiveUpABridgeOfOneMemberForHalfABridgeOfAnother() {
        final var world = settled(CONFIG);
        final var third = new PortRef(3, 1);
        final var other = new DualBridgeMachine(Samples.named(Samples.with(Method.PORT,
            Samples.bridge("left", 50, null, new Attachment(third, null)),
            Samples.bridge("right", 100, null, new Attachment(new PortRef(3, 2), null))), "other"),
            new Intent(1, third), world.now);
        other.handle(new Event.SwitchConnected(3), world.now);
        other.handle(new Event.LinkChanged(new PortRef(3, 2), false), world.now);
        DualBridgeMachine.group(List.of(world.machine, other), world.now);
        world.alive.remove(PORTS.get(1));
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(third, other.intent().active());

        other.handle(new Event.LinkChanged(new PortRef(3, 2), true), world.now);
        assertEquals(new PortRef(3, 2), other.intent().active());
        assertEquals(PORTS.get(2), world.active());
    }

    @Provide
    static Arbitrary<Integer> attachments() {
        return Arbitraries.integers().between(0, PORTS.size() - 1);
    }

    @Property(tries = 300)
    void activeIsAWholeBridgeIfThereIsOneElseAnyThatWorks(
            @ForAll @Size(max = 20) final List<@From("attachments") Integer> turns) {
        final var world = settled(CONFIG);
        final var states = new ArrayList<List<PortRef>>();
        for (final int turn : turns) {
            if (!world.alive.remove(PORTS.get(turn))) {
                world.alive.add(PORTS.get(turn));
            }
            states.add(List.copyOf(world.alive));
            world.run(2 * SECONDS);

            final var active = PORTS.indexOf(world.active()) / 2;
            final var best = Math.max(works(world, 0), works(world, 1));
            assertEquals(best, works(world, active), () -> active + " is active after " + states);
            assertEquals(best > 0, world.alive.contains(world.active()), () -> "dead after " + states);
        }
    }

    /** How many attachments of a bridge work. */
    private static int works(final World world, final int bridge) {
        return (int) PORTS.subList(2 * bridge, 2 * bridge + 2).stream().filter(world.alive::contains).count();
    }
}
