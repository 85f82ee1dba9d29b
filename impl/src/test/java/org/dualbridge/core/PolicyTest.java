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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Tracker;
import org.junit.jupiter.api.Test;

/** Rank, and what has to pass before a bridge counts. */
class PolicyTest {
    private static final PortRef UPLINK = new PortRef(1, 7);

    // ---- ha-mode ----

    @Test
    void activeBridgeThatIsPutOnStandbyHandsOverAtOnceUntilItIsPutBack() {
        final var world = World.settled(Samples.plain());
        world.tell(new Event.Reconfigured(Samples.withHaMode(Samples.plain(), "left", HaMode.STANDBY)));

        final var move = world.moves().getFirst();
        assertEquals(RIGHT, world.active());
        assertTrue(move.planned());
        assertEquals(Reason.OPERATOR, move.reason());
        assertEquals("ha-mode of left", move.trigger());
        assertEquals(Reason.OPERATOR, world.bridge("left").reason());
        assertEquals(Role.STANDBY, world.role("left"));

        world.run(60 * SECONDS);
        assertEquals(RIGHT, world.active());

        world.tell(new Event.Reconfigured(Samples.plain()));
        assertEquals(LEFT, world.active(), "it was healthy for longer than the delay");
    }

    @Test
    void bridgeOnStandbyTakesOverWhereNoOtherIsLeft() {
        final var standby = World.settled(Samples.withHaMode(Samples.plain(), "right", HaMode.STANDBY));
        standby.alive.remove(LEFT);
        standby.run(SECONDS);

        assertEquals(RIGHT, standby.active());
    }

    @Test
    void disabledBridgeIsNeverElected() {
        final var world = World.settled(Samples.withHaMode(Samples.plain(), "right", HaMode.DISABLED));

        assertEquals(Condition.UNPROTECTED, world.condition());

        world.alive.remove(LEFT);
        world.run(5 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Condition.DOWN, world.condition());
        assertEquals(List.of(), world.moves());
    }

    @Test
    void disabledBridgeIsNotElectedFirstEither() {
        final var config = Samples.withHaMode(Samples.withHaMode(Samples.plain(), "right", HaMode.DISABLED), "left",
            HaMode.DISABLED);

        assertNull(World.settled(config).active());
    }

    @Test
    void switchoverToABridgeThatIsRankedDownIsRefused() {
        final var world = World.settled(Samples.withHaMode(Samples.plain(), "right", HaMode.STANDBY));

        assertEquals("bridge: 'right' is ranked down by its ha-mode or its trackers",
            world.machine.switchoverRefusal("right").orElseThrow());
        world.tell(new Event.SwitchoverRequested("right"));
        assertEquals(List.of(), world.moves());
    }

    // ---- ordered list ----

    @Test
    void firstHealthyBridgeOfAnOrderedListIsActiveAndABetterOneReturnsAtOnce() {
        final var third = new PortRef(3, 1);
        final var list = World.settled(Samples.withFailback(Samples.with(Method.ARP,
            Samples.bridge("first", 100, null, new Attachment(LEFT, null)),
            Samples.bridge("second", 100, null, new Attachment(RIGHT, null)),
            Samples.bridge("third", 100, null, new Attachment(third, null))), true, 0));
        list.alive.add(third);
        list.run(SECONDS);
        list.forgetActions();

        list.alive.removeAll(List.of(LEFT, RIGHT));
        list.run(SECONDS);
        assertEquals(third, list.active());
        list.alive.add(RIGHT);
        list.run(SECONDS);
        assertEquals(RIGHT, list.active());
        list.alive.add(LEFT);
        list.run(SECONDS);
        assertEquals(LEFT, list.active());
        assertEquals(3, list.moves().size());
    }

    // ---- hold ----

    @Test
    void linkCountsOnlyWhenItWasUpLongEnough() {
        final var world = World.settled(Samples.withFailback(Samples.withHold(Samples.plain(),
            new Hold(5 * SECONDS, 0, SECONDS)), true, 0));
        world.tell(new Event.LinkChanged(LEFT, false));
        world.tell(new Event.LinkChanged(LEFT, true));
        world.run(4900 * MILLIS);

        assertEquals(RIGHT, world.active());
        assertEquals(Role.FAULT, world.role("left"));

        world.run(600 * MILLIS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void linkHasToBeUpLongEnoughAlsoWhereTheHeartbeatChangesMeanwhile() {
        final var held = Samples.withFailback(Samples.withHold(Samples.plain(),
            new Hold(5 * SECONDS, 0, SECONDS)), true, 0);
        final var world = World.settled(held);
        world.tell(new Event.LinkChanged(LEFT, false));
        world.tell(new Event.LinkChanged(LEFT, true));
        world.run(2 * SECONDS);
        world.tell(new Event.Reconfigured(Samples.withHeartbeat(held, new DualBridge.HeartbeatSettings(Method.ARP,
            50 * MILLIS, 3, 0, 3, 5 * MILLIS, 0))));
        world.run(2900 * MILLIS);
        assertEquals(RIGHT, world.active());

        world.run(600 * MILLIS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void reportCountsOnlyWhenTheLinkWasUpLongEnough() {
        final var world = new World(Samples.withFailback(Samples.withHold(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))), new Hold(5 * SECONDS, 0, SECONDS)),
            true, 0));
        List.of("left", "right").forEach(bridge -> world.tell(
            new Event.HealthReported(bridge, null, true, world.now + 100 * SECONDS)));
        world.run(10 * SECONDS);
        assertEquals(LEFT, world.active());
        world.tell(new Event.LinkChanged(LEFT, false));
        world.tell(new Event.LinkChanged(LEFT, true));
        world.run(4900 * MILLIS);

        assertEquals(RIGHT, world.active());

        world.run(200 * MILLIS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void bridgeThatFailedStaysOutForItsHealthTime() {
        final var world = failedAndBack(Samples.withHold(Samples.plain(), new Hold(0, 60 * SECONDS, SECONDS)));
        world.run(58 * SECONDS);

        assertEquals(RIGHT, world.active());
        assertTrue(world.bridge("left").heldOutUntil() > world.now);

        world.run(5 * SECONDS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void healthTimeNeverKeepsOutTheLastHealthyBridge() {
        final var world = failedAndBack(Samples.withHold(Samples.plain(), new Hold(0, 600 * SECONDS, SECONDS)));
        world.alive.remove(RIGHT);
        world.run(SECONDS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void healthTimeGivesWayToATrackerThatKeepsTheActiveBridgeOut() {
        final var world = failedAndBack(Samples.withTracker(Samples.withHold(Samples.plain(),
            new Hold(0, 600 * SECONDS, SECONDS)), "right", new Tracker("x", UPLINK, 0)));
        world.forgetActions();
        world.tell(new Event.LinkChanged(UPLINK, false));

        assertEquals(LEFT, world.active());
        assertEquals(Reason.TRACKER, world.moves().getFirst().reason());

        world.tell(new Event.LinkChanged(UPLINK, true));
        world.run(60 * SECONDS);
        assertEquals(LEFT, world.active());
        assertEquals(1, world.moves().size());
    }

    @Test
    void healthTimeGivesWayToAnOperatorWhoDisablesTheActiveBridge() {
        final var config = Samples.withHold(Samples.plain(), new Hold(0, 600 * SECONDS, SECONDS));
        final var world = failedAndBack(config);
        world.tell(new Event.Reconfigured(Samples.withHaMode(config, "right", HaMode.DISABLED)));

        assertEquals(LEFT, world.active());
    }

    @Test
    void healthyBridgeIsTakenBeforeOneThatIsHeldOut() {
        final var third = new PortRef(3, 1);
        final var world = failedAndBack(Samples.withHold(Samples.with(Method.ARP,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null)),
            Samples.bridge("third", 200, null, new Attachment(third, null))), new Hold(0, 600 * SECONDS, SECONDS)));
        world.alive.add(third);
        world.run(SECONDS);
        world.alive.remove(RIGHT);
        world.run(SECONDS);

        assertEquals(third, world.active());
    }

    @Test
    void bridgeThatNobodyHeardYetIsNotMissedBeforeTheInitialDeadTimeIsOver() {
        final var world = new World(Samples.withHold(Samples.plain(), new Hold(0, 0, 30 * SECONDS)),
            new Intent(7, LEFT));
        world.alive.remove(LEFT);
        world.run(29 * SECONDS);

        assertEquals(LEFT, world.active());

        world.run(2 * SECONDS);

        assertEquals(RIGHT, world.active());
    }

    @Test
    void afterAPowerCutTheBetterBridgeIsWaitedForAndThereIsOneElection() {
        final var world = new World(Samples.withHold(Samples.plain(), new Hold(0, 0, 30 * SECONDS)));
        world.alive.remove(LEFT);
        world.run(20 * SECONDS);
        world.alive.add(LEFT);
        world.run(60 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(1, world.moves().size());
    }

    private static World failedAndBack(final DualBridge config) {
        final var world = World.settled(config);
        world.alive.remove(LEFT);
        world.run(2 * SECONDS);
        assertEquals(RIGHT, world.active());
        world.alive.add(LEFT);
        world.run(SECONDS);
        assertEquals(Role.STANDBY, world.role("left"));
        return world;
    }

    // ---- damping ----

    @Test
    void bridgeThatFailsAgainAndAgainIsKeptOut() {
        final var config = Samples.withDamping(Samples.withFailback(Samples.plain(), true, 0),
            new Damping(3, 60 * SECONDS, 600 * SECONDS));
        final var world = World.settled(config);
        for (int i = 0; i < 10; i++) {
            world.alive.remove(LEFT);
            world.run(2 * SECONDS);
            world.alive.add(LEFT);
            world.run(2 * SECONDS);
        }

        assertEquals(5, world.moves().size(), "three failovers and two returns");
        assertEquals(RIGHT, world.active());

        world.alive.remove(RIGHT);
        world.run(SECONDS);

        assertEquals(LEFT, world.active(), "no other is left");
    }

    @Test
    void bridgeWhoseTrackerFailsAgainAndAgainIsKeptOut() {
        final var world = World.settled(Samples.withTracker(Samples.withDamping(
            Samples.withFailback(Samples.plain(), true, 0), new Damping(3, 60 * SECONDS, 600 * SECONDS)), "left",
            new Tracker("up", UPLINK, 60)));
        for (int i = 0; i < 10; i++) {
            world.tell(new Event.LinkChanged(UPLINK, false));
            world.run(2 * SECONDS);
            world.tell(new Event.LinkChanged(UPLINK, true));
            world.run(2 * SECONDS);
        }

        assertEquals(5, world.moves().size(), "away three times, and back twice");
        assertEquals(RIGHT, world.active());
    }

    // ---- trackers ----

    @Test
    void trackerThatRanksTheActiveBridgeDownMakesItHandOverAtOnceAndReturnAfterTheDelay() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("up", UPLINK, 60)));
        world.tell(new Event.LinkChanged(UPLINK, false));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.TRACKER, world.moves().getFirst().reason());
        assertEquals("tracker up", world.moves().getFirst().trigger());
        assertTrue(world.moves().getFirst().planned());
        assertEquals(110, world.bridge("left").priority());

        world.tell(new Event.LinkChanged(UPLINK, true));
        world.run(9 * SECONDS);
        assertEquals(RIGHT, world.active());
        world.run(2 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void trackerThatDoesNotChangeTheOrderChangesNothing() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("up", UPLINK, 49)));
        world.tell(new Event.LinkChanged(UPLINK, false));

        assertEquals(List.of(), world.moves());
    }

    @Test
    void negativeWeightCountsWhileTheConditionHolds() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "right", new Tracker("up", UPLINK, -60)));

        assertEquals(RIGHT, world.active());
        assertEquals(40, world.bridge("right").priority());
    }

    @Test
    void bridgeWhoseNegativeWeightIsGoneHandsOverAtOnceAndReturnsAfterTheDelay() {
        for (final var automatic : List.of(true, false)) {
            final var world = World.settled(Samples.withFailback(Samples.withTracker(Samples.plain(), "right",
                new Tracker("up", UPLINK, -60)), automatic, 10 * SECONDS));
            world.tell(new Event.LinkChanged(UPLINK, false));

            assertEquals(LEFT, world.active(), "right has 100 now, as configured");
            assertEquals(Reason.TRACKER, world.moves().getFirst().reason());
            assertEquals("tracker up", world.moves().getFirst().trigger());
            assertEquals(100, world.bridge("right").priority());

            world.tell(new Event.LinkChanged(UPLINK, true));
            world.run(9 * SECONDS);
            assertEquals(LEFT, world.active(), "that is a failback");
            world.run(2 * SECONDS);
            assertEquals(automatic ? RIGHT : LEFT, world.active());
        }
    }

    @Test
    void trackerWithoutWeightKeepsABridgeFromBeingElected() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "right", new Tracker("x", null, 0)));
        world.tell(new Event.HealthReported("right", "x", false, world.now + 100 * SECONDS));

        assertEquals(Condition.UNPROTECTED, world.condition());

        world.alive.remove(LEFT);
        world.run(5 * SECONDS);
        assertEquals(LEFT, world.active());
        world.run(96 * SECONDS);
        assertEquals(RIGHT, world.active(), "the report is no longer valid");
    }

    @Test
    void activeBridgeHandsOverWhereATrackerWithoutWeightFails() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("x", UPLINK, 0)));
        world.tell(new Event.LinkChanged(UPLINK, false));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.TRACKER, world.moves().getFirst().reason());
        assertTrue(world.moves().getFirst().planned());
        assertEquals("bridge: 'left' is kept out by a tracker without weight",
            world.machine.switchoverRefusal("left").orElseThrow());

        world.tell(new Event.LinkChanged(UPLINK, true));
        world.run(11 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void bridgeThatATrackerKeepsOutStaysActiveWhereNoOtherIsLeft() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("x", UPLINK, 0)));
        world.alive.remove(RIGHT);
        world.run(SECONDS);
        world.tell(new Event.LinkChanged(UPLINK, false));
        world.run(SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(List.of(), world.moves());
    }

    @Test
    void delayBeginsAnewWithEveryFailureOfATracker() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("up", UPLINK, 60)));
        for (int i = 0; i < 5; i++) {
            world.tell(new Event.LinkChanged(UPLINK, false));
            world.run(20 * SECONDS);
            world.tell(new Event.LinkChanged(UPLINK, true));
            world.run(5 * SECONDS);
        }

        assertEquals(RIGHT, world.active());
        assertEquals(1, world.moves().size());

        world.run(6 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void bridgeIsLetInAgainWhereTheRuleThatKeptItOutIsTakenBack() {
        final var world = failedAndBack(Samples.withHold(Samples.plain(), new Hold(0, 600 * SECONDS, SECONDS)));
        world.run(20 * SECONDS);
        assertEquals(RIGHT, world.active());

        world.tell(new Event.Reconfigured(Samples.plain()));
        assertEquals(LEFT, world.active());
    }

    @Test
    void attachmentsAreNotJudgedAnewForAnotherHealthTime() {
        final var world = World.settled(Samples.plain());
        world.tell(new Event.Reconfigured(Samples.withHold(Samples.plain(), new Hold(0, 60 * SECONDS, 0))));

        assertEquals(Condition.PROTECTED, world.condition());
    }

    // ---- methods that ask nobody ----

    @Test
    void lastSignOfLifeOfABridgeThatNobodyAsksIsItsLink() {
        final var world = World.settled(Samples.openFlow(Method.PORT));
        world.tell(new Event.LinkChanged(LEFT, false));

        assertEquals(world.now, world.moves().getFirst().lastSign());
    }
}
