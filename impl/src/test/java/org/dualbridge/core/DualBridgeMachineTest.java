/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.RIGHT;
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DualBridgeMachineTest {
    private static final List<String> TAKEOVER = List.of("Fence", "Redirect", "Announce", "Remember", "Publish");

    private final World world = World.settled(Samples.plain());

    @Test
    void threeMissesWithWitnessMakeTheOtherBridgeTakeOverInTheDocumentedOrder() {
        final var epoch = world.epoch();

        world.alive.remove(LEFT);
        world.run(SECONDS);

        assertEquals(TAKEOVER, world.wanted().stream().distinct().toList());
        assertEquals(TAKEOVER, world.wanted().subList(0, 5));
        final var move = world.moves().getFirst();
        assertEquals(Reason.NO_RESPONSE, move.reason());
        assertEquals("left", move.from());
        assertEquals("right", move.to());
        assertEquals(new Intent(epoch + 1, RIGHT), move.after());
        assertEquals(move.after(), world.machine.intent());
        assertTrue(world.actions.contains(new Action.Remember(move.after())));
        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Role.ACTIVE, world.role("right"));
        assertEquals(Reason.PEER_FAILED, world.bridge("right").reason());
        assertEquals(Condition.UNPROTECTED, world.condition());
        assertEquals(1, world.machine.snapshot().failovers());
    }

    @Test
    void twoMissesAreNotEnough() {
        world.alive.remove(LEFT);
        world.run(200 * MILLIS);
        world.alive.add(LEFT);
        world.run(SECONDS);

        assertEquals(List.of(), world.actions);
    }

    @ParameterizedTest
    @ValueSource(ints = { 2, 3, 5, 100 })
    void detectionTakesNoLongerThanMissCountIntervalsAndTheTimeout(final int missCount) {
        final var slow = World.settled(Samples.withHeartbeat(Samples.plain(), missCount));

        slow.alive.remove(LEFT);
        slow.run(missCount * 100 * MILLIS + SECONDS);

        final var move = slow.moves().getFirst();
        assertEquals(slow.lastAnswer.get(LEFT), move.lastSign());
        final var took = move.decidedAt() - move.lastSign();
        assertTrue(took <= missCount * 100 * MILLIS + 5 * MILLIS, "took " + took);
        assertTrue(took > (missCount - 1) * 100 * MILLIS, "took " + took);
    }

    @Test
    void probesThatMayHaveLeftJustNowProveNothing() {
        world.alive.remove(LEFT);
        world.stuck.add(LEFT.datapath());
        // Probes leave after 50 ms and then every 100 ms; each is judged, and a witness asked for, 5 ms later.
        world.run(154 * MILLIS + MILLIS / 2);
        final var first = world.rounds.get(LEFT) - 1;
        // What was held up goes out with the first witness, just before the second one is asked for.
        world.tell(new Event.ChannelConfirmed(LEFT, first, world.now - 99 * MILLIS));
        world.run(MILLIS);
        world.tell(new Event.ChannelConfirmed(LEFT, first + 1, world.now - MILLIS / 2));
        world.run(100 * MILLIS);

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.BLIND, world.condition());

        world.tell(new Event.ChannelConfirmed(LEFT, first + 2, world.now - MILLIS / 2));

        assertEquals(RIGHT, world.active());
    }

    @Test
    void withoutWitnessNothingIsConcluded() {
        world.stuck.add(1L);
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(LEFT, world.active());
        assertEquals(Role.ACTIVE, world.role("left"));
        assertEquals(Condition.BLIND, world.condition());

        world.stuck.clear();
        world.run(SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void disconnectedSwitchIsNoReasonForATakeover() {
        world.tell(new Event.SwitchDisconnected(1));
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(LEFT, world.active());
        assertEquals(Condition.BLIND, world.condition());
    }

    @Test
    void standbyThatCannotBeHeardIsNotElected() {
        world.tell(new Event.SwitchDisconnected(2));
        world.alive.remove(LEFT);
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.DOWN, world.condition());
    }

    @Test
    void bridgesThatWereSilentTogetherKeepTheirRoles() {
        world.alive.clear();
        world.run(SECONDS);

        assertEquals(Condition.DOWN, world.condition());

        world.alive.add(RIGHT);
        world.run(200 * MILLIS);
        world.alive.add(LEFT);
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void whereBothBridgesDieNothingIsDoneAndTheFirstThatRecoversTakesOver() {
        world.alive.clear();
        world.run(5 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(LEFT, world.active());
        assertEquals(Condition.DOWN, world.condition());

        world.alive.add(RIGHT);
        world.run(SECONDS);

        assertEquals(1, world.moves().size());
        assertEquals(RIGHT, world.active());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @Test
    void lastActiveBridgeThatRecoversFirstStaysActiveWithoutAnyFence() {
        world.alive.clear();
        world.run(5 * SECONDS);
        world.alive.add(LEFT);
        world.run(SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));
        assertEquals(Role.FAULT, world.role("right"));
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @Test
    void linkThatGoesDownMakesTheOtherBridgeTakeOverAtOnce() {
        world.tell(new Event.LinkChanged(LEFT, false));

        assertEquals(TAKEOVER, world.wanted().subList(0, 5));
        final var move = world.moves().getFirst();
        assertEquals(Reason.LINK_DOWN, move.reason());
        assertEquals(world.now, move.decidedAt());
        assertEquals(RIGHT, world.active());
        assertEquals(Reason.LINK_DOWN, world.bridge("left").reason());
    }

    @Test
    void linkOfAStandbyThatGoesDownLeavesTheActiveBridgeUnprotected() {
        world.tell(new Event.LinkChanged(RIGHT, false));

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 3 })
    void controllerThatWasLateBlamesNoBridge(final int missCount) {
        final var busy = World.settled(Samples.withHeartbeat(Samples.plain(), missCount));

        for (int i = 0; i < 10; i++) {
            busy.freeze(5 * SECONDS);
            busy.run(130 * MILLIS);
        }
        busy.run(SECONDS);

        assertEquals(List.of(), busy.moves());
        assertEquals(LEFT, busy.active());
        assertEquals(Set.of(Role.ACTIVE, Role.STANDBY), Set.of(busy.role("left"), busy.role("right")));
    }

    @Test
    void probesThatCouldNotBeSentAreNoMisses() {
        world.alive.remove(LEFT);
        for (int i = 0; i < 20; i++) {
            world.run(100 * MILLIS);
            world.tell(new Event.ProbeFailed(LEFT));
        }

        assertEquals(List.of(), world.moves());
    }
}
