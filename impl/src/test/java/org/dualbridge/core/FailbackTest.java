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
import java.util.Optional;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.Event.Step;
import org.junit.jupiter.api.Test;

class FailbackTest {
    private final World world = failedOver(Samples.plain());

    /** The better bridge failed and just came back. */
    private static World failedOver(final DualBridge config) {
        final var world = World.settled(config);
        world.alive.remove(LEFT);
        world.run(2 * SECONDS);
        assertEquals(RIGHT, world.active());
        world.alive.add(LEFT);
        world.run(500 * MILLIS);
        assertEquals(Role.STANDBY, world.role("left"));
        assertEquals(Reason.RECOVERED, world.bridge("left").reason());
        world.forgetActions();
        return world;
    }

    @Test
    void betterBridgeReturnsAfterTheDelayAndNotBefore() {
        world.run(9 * SECONDS);

        assertEquals(List.of(), world.moves());

        world.run(2 * SECONDS);

        final var move = world.moves().getFirst();
        assertEquals(Reason.PRIORITY, move.reason());
        assertTrue(move.planned());
        assertEquals(LEFT, world.active());
        assertEquals(Reason.PREEMPTED, world.bridge("right").reason());
        assertEquals(1, world.machine.snapshot().switchovers());
        assertEquals(1, world.machine.snapshot().failovers());
    }

    @Test
    void failureDuringTheDelayBeginsItAnew() {
        world.run(8 * SECONDS);
        world.alive.remove(LEFT);
        world.run(SECONDS);
        world.alive.add(LEFT);
        world.run(9 * SECONDS);

        assertEquals(List.of(), world.moves());

        world.run(2 * SECONDS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void manualFailbackNeverHappensByItself() {
        final var manual = failedOver(Samples.withFailback(Samples.plain(), false, 0));
        manual.run(3600 * SECONDS / 10);

        assertEquals(List.of(), manual.moves());
        assertEquals(RIGHT, manual.active());
        assertEquals(Condition.PROTECTED, manual.condition());
    }

    @Test
    void failbackWaitsForASwitchThatCouldNotBeFenced() {
        final var bridges = failedOver(Samples.openFlow(Method.REFLECT));
        bridges.tell(new Event.SwitchDisconnected(12));
        bridges.run(30 * SECONDS);

        assertEquals(List.of(), bridges.moves());

        bridges.tell(new Event.SwitchConnected(12));
        bridges.run(SECONDS);

        assertEquals(LEFT, bridges.active());
    }

    @Test
    void switchoverIsDoneAtOnceOnRequest() {
        final var epoch = world.epoch();

        assertEquals(Optional.empty(), world.machine.switchoverRefusal("left"));
        world.tell(new Event.SwitchoverRequested("left"));

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted().subList(0, 5));
        final var move = world.moves().getFirst();
        assertTrue(move.planned());
        assertEquals(Reason.OPERATOR, move.reason());
        assertEquals(new Intent(epoch + 1, LEFT), world.machine.intent());
        assertEquals(Role.STANDBY, world.role("right"));
        assertEquals(1, world.machine.snapshot().switchovers());
        assertEquals(1, world.machine.snapshot().flipFlops());
    }

    @Test
    void switchoverThatCannotBeDoneIsRefusedWithTheReason() {
        assertTrue(world.machine.switchoverRefusal("nobody").orElseThrow().contains("'nobody' is no bridge"));
        assertTrue(world.machine.switchoverRefusal("right").orElseThrow().contains("active already"));

        world.tell(new Event.SwitchDisconnected(2));

        assertTrue(world.machine.switchoverRefusal("left").orElseThrow().contains("openflow:2"));

        world.alive.remove(LEFT);
        world.run(SECONDS);

        assertTrue(world.machine.switchoverRefusal("left").orElseThrow().contains("no attachment that is healthy"));
    }

    @Test
    void switchoverToABridgeThatIsNotHealthyIsNotDone() {
        world.alive.remove(LEFT);
        world.run(SECONDS);
        world.tell(new Event.SwitchoverRequested("left"));

        assertEquals(List.of(), world.moves());
        assertEquals(RIGHT, world.active());
    }

    @Test
    void plannedMoveWhoseFenceWasNotConfirmedIsTakenBack() {
        final var epoch = world.epoch();
        final var before = world.machine.snapshot();
        world.refusing.add(1L);
        world.tell(new Event.SwitchoverRequested("left"));

        assertEquals(new Intent(epoch + 2, RIGHT), world.machine.intent());
        assertEquals(List.of(true, false), world.moves().stream().map(Action.Move::planned).toList());
        assertEquals(List.of("Fence", "Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted());
        assertEquals(Role.ACTIVE, world.role("right"));
        assertEquals(Role.STANDBY, world.role("left"));
        assertEquals(before.failovers(), world.machine.snapshot().failovers(), "nothing failed");
    }

    @Test
    void bridgeThatTakesNoPartAndHangsHoldsNobodyUp() {
        final var third = new PortRef(2, 2);
        final var three = World.settled(Samples.with(Method.ARP,
            Samples.bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1))),
            Samples.bridge("right", 100, 12L, new Attachment(RIGHT, new PortRef(12, 1))),
            Samples.bridge("third", 200, 13L, new Attachment(third, new PortRef(13, 1)))));
        three.mute.add(13L);
        three.tell(new Event.SwitchoverRequested("right"));
        three.run(5 * SECONDS);

        assertEquals(RIGHT, three.active());
        assertEquals(1, three.moves().size());

        three.mute.add(11L);
        three.tell(new Event.SwitchoverRequested("left"));
        three.tell(new Event.SwitchDisconnected(13));
        assertEquals(LEFT, three.active(), "still waits for the one that is to be opened");
        assertEquals(2, three.moves().size());
    }

    @Test
    void bridgeThatAnOvertakenMoveHasNotFencedIsWaitedFor() {
        final var three = World.settled(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1))),
            Samples.bridge("right", 100, 12L, new Attachment(RIGHT, new PortRef(12, 1))),
            Samples.bridge("third", 200, 13L, new Attachment(new PortRef(2, 2), new PortRef(13, 1)))));
        List.of("left", "right", "third").forEach(bridge -> three.tell(
            new Event.HealthReported(bridge, null, true, three.now + 100 * SECONDS)));
        three.run(3 * SECONDS);
        three.forgetActions();
        three.mute.add(11L);
        three.tell(new Event.SwitchoverRequested("right"));
        three.run(100 * MILLIS);
        three.tell(new Event.SwitchoverRequested("third"));
        three.run(900 * MILLIS);

        assertEquals(List.of("Fence", "Fence"), three.wanted(), "none is opened");

        three.tell(new Event.Confirmed(three.epoch(), Step.FENCE, 11, true));
        assertTrue(three.wanted().contains("Redirect"));
    }

    @Test
    void unconfirmedFenceOfAnEarlierMoveChangesNothing() {
        world.tell(new Event.SwitchoverRequested("left"));
        world.forgetActions();
        world.tell(new Event.Confirmed(world.epoch() - 1, Step.FENCE, 1, false));

        assertEquals(List.of(), world.actions);
        assertEquals(LEFT, world.active());
    }

    @Test
    void failbackThatWasCalledOffIsTriedAgainByTimeAloneMoreAndMoreRarely() {
        world.refusing.add(1L);
        world.run(11 * SECONDS);
        assertEquals(2, world.moves().size());
        assertEquals(RIGHT, world.active());
        assertEquals(0, world.machine.snapshot().switchovers(), "not done, so it does not count");
        assertEquals(Reason.RESTORED, world.bridge("left").reason());
        world.forgetActions();
        world.run(8 * SECONDS);
        assertEquals(List.of(), world.moves());

        world.run(2 * SECONDS);
        assertEquals(2, world.moves().size(), "there and back");

        world.run(18 * SECONDS);
        assertEquals(2, world.moves().size());
        world.run(2 * SECONDS);
        assertEquals(4, world.moves().size());
        assertEquals(RIGHT, world.active());
        final var flipFlops = world.machine.snapshot().flipFlops();
        world.forgetActions();
        world.run(30 * SECONDS);
        assertEquals(List.of(), world.moves());

        world.refusing.clear();
        world.tell(new Event.Reconfigured(Samples.withHosts(Samples.plain(), Samples.hosts(6, 0))));
        world.tell(new Event.ProbeFailed(LEFT));
        assertEquals(List.of(), world.moves());

        world.tell(new Event.Reconfigured(Samples.withFailback(Samples.plain(), true, 9 * SECONDS)));
        assertEquals(LEFT, world.active(), "something is new");
        assertEquals(1, world.machine.snapshot().switchovers());
        assertEquals(flipFlops + 1, world.machine.snapshot().flipFlops());
    }

    @Test
    void newsDoesNotMakeOneFailbackAfterAnotherBeCalledOff() {
        world.refusing.add(1L);
        world.run(11 * SECONDS);
        world.forgetActions();
        for (int i = 0; i < 600; i++) {
            world.tell(new Event.LinkChanged(new PortRef(7, 7), i % 2 == 0));
            world.run(100 * MILLIS);
        }

        assertTrue(world.moves().size() <= 2 * 6, "1, 2, 4, 8, 16, 32 s: " + world.moves().size());
        assertTrue(world.moves().size() >= 2 * 4, "but news is one: " + world.moves().size());
    }

    @Test
    void failbackThatWasCalledOffIsNotTriedAgainByTheSameReport() {
        final var reported = World.settled(Samples.withTracker(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))), "right", new Tracker("x", null, 10)));
        reported.tell(new Event.HealthReported("right", null, true, reported.now + 100 * SECONDS));
        reported.run(3 * SECONDS);
        reported.refusing.add(1L);
        reported.tell(new Event.HealthReported("left", null, true, reported.now + 100 * SECONDS));
        reported.tell(new Event.HealthReported("right", "x", false, reported.now + 100 * SECONDS));
        reported.run(11 * SECONDS);
        assertEquals(RIGHT, reported.active());
        assertEquals(2, reported.moves().stream().filter(move -> !move.before().equals(new Intent(0, null))).count());
        reported.forgetActions();

        reported.tell(new Event.HealthReported("left", null, true, reported.now + 100 * SECONDS));
        reported.tell(new Event.HealthReported("right", "x", false, reported.now + 100 * SECONDS));
        reported.run(8 * SECONDS);
        assertEquals(List.of(), reported.moves());

        reported.refusing.clear();
        reported.tell(new Event.HealthReported("right", "x", true, reported.now + 100 * SECONDS));
        reported.run(3 * SECONDS);
        assertEquals(LEFT, reported.active(), "after the failback delay");
    }

    @Test
    void whatAnOperatorAskedForStaysForAMomentHoweverShortTheDelayIs() {
        final var eager = World.settled(Samples.withFailback(Samples.plain(), true, 0));
        eager.tell(new Event.SwitchoverRequested("right"));
        eager.run(900 * MILLIS);

        assertEquals(RIGHT, eager.active());

        eager.run(200 * MILLIS);

        assertEquals(LEFT, eager.active());
    }
}
