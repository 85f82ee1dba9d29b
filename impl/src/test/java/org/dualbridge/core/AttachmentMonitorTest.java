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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;
import org.junit.jupiter.api.Test;

/** Ways to judge an attachment beside plain misses in a row. */
class AttachmentMonitorTest {
    private static World world(final Method method, final int window, final long warnNanos) {
        return World.settled(Samples.withHeartbeat(Samples.plain(),
            new HeartbeatSettings(method, 100 * MILLIS, 3, window, 3, 5 * MILLIS, warnNanos)));
    }

    private static AttachmentStatus left(final World world) {
        return world.bridge("left").attachments().getFirst();
    }

    /** One that probes each 100 ms, connected and taken for alive. */
    private static AttachmentMonitor alive(final int missCount, final long timeoutMillis) {
        final var monitor = new AttachmentMonitor(LEFT, new HeartbeatSettings(Method.ARP, 100 * MILLIS, missCount, 0,
            1, timeoutMillis * MILLIS, 0), 0, 0, 0, 0);
        monitor.connectionChanged(true, 0);
        monitor.assumeAlive(0);
        return monitor;
    }

    /** Every second probe is lost. */
    private static void loseEverySecond(final World world) {
        for (int i = 0; i < 50; i++) {
            world.alive.remove(LEFT);
            world.run(100 * MILLIS);
            world.alive.add(LEFT);
            world.run(100 * MILLIS);
        }
    }

    @Test
    void answeredProbesNeedNoJudgement() {
        final var world = world(Method.ARP, 0, 0);
        final var probeAt = world.machine.wakeAt();
        world.run(probeAt - world.now + 2 * MILLIS);

        assertEquals(probeAt + 100 * MILLIS, world.machine.wakeAt());
    }

    @Test
    void bridgeThatAnswersLaterThanTheTimeoutIsAlive() {
        final var monitor = new AttachmentMonitor(LEFT, new HeartbeatSettings(Method.ARP, 100 * MILLIS, 3, 0, 3,
            3 * MILLIS, 0), 0, 0, 0, 0);
        monitor.linkChanged(true, 0);
        monitor.connectionChanged(true, 0);
        final var actions = new ArrayList<Action>();
        for (int i = 0; i < 10; i++) {
            monitor.advance(i * 100 * MILLIS, actions);
            monitor.advance(i * 100 * MILLIS + 3 * MILLIS, actions);
            monitor.answer(monitor.round(), -1, i * 100 * MILLIS + 50 * MILLIS);

            assertEquals(i < 2 ? Health.UNKNOWN : Health.ALIVE, monitor.health(), "after answer " + i);
        }
    }

    @Test
    void probesOfManyDualBridgesAreSpreadOverTheInterval() {
        final var phases = IntStream.rangeClosed(1, 100)
            .mapToObj(number -> new World(Samples.with(Method.ARP,
                Samples.bridge("left", 50, null, new Attachment(new PortRef(1, number), null)),
                Samples.bridge("right", 100, null, new Attachment(RIGHT, null)))))
            .map(world -> world.machine.wakeAt() - world.now)
            .sorted().toList();

        for (int i = 1; i < phases.size(); i++) {
            assertTrue(phases.get(i) - phases.get(i - 1) < 3 * MILLIS, phases.toString());
        }
        assertTrue(phases.getLast() - phases.getFirst() > 95 * MILLIS, phases.toString());
    }

    @Test
    void missesThatAreNotInARowAreNoFailureWithoutAWindow() {
        final var world = world(Method.ARP, 0, 0);
        loseEverySecond(world);

        assertEquals(List.of(), world.moves());
    }

    @Test
    void missesWithinTheWindowAreAFailure() {
        final var world = world(Method.ARP, 6, 0);
        loseEverySecond(world);

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
        assertEquals(1, world.moves().size());
    }

    @Test
    void twoMissesOfSixAreNoFailure() {
        final var world = world(Method.ARP, 6, 0);
        for (int i = 0; i < 20; i++) {
            world.alive.remove(LEFT);
            world.run(200 * MILLIS);
            world.alive.add(LEFT);
            world.run(500 * MILLIS);
        }

        assertEquals(List.of(), world.moves());
    }

    @Test
    void stuckSwitchIsNoFailureWithAWindowEither() {
        final var world = world(Method.ARP, 6, 0);
        world.stuck.add(LEFT.datapath());
        world.run(10 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.BLIND, world.condition());
    }

    @Test
    void oneMissInAWindowNeedsAWitnessOfItsOwn() {
        final var world = World.settled(Samples.withHeartbeat(Samples.plain(),
            new HeartbeatSettings(Method.ARP, 100 * MILLIS, 1, 4, 3, 5 * MILLIS, 0)));
        world.stuck.add(LEFT.datapath());
        world.run(10 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Condition.BLIND, world.condition());

        world.stuck.clear();
        world.run(SECONDS);
        world.alive.remove(LEFT);
        world.run(SECONDS);
        assertEquals(RIGHT, world.active());
    }

    @Test
    void silenceIsWarnedOfBeforeItIsAFailure() {
        final var world = world(Method.ARP, 0, 120 * MILLIS);
        assertFalse(left(world).late());
        world.alive.remove(LEFT);
        world.run(220 * MILLIS);

        assertTrue(left(world).late());
        assertEquals(1, left(world).lateHeartbeats());
        assertEquals(List.of("Publish"), world.wanted());
        assertEquals(List.of(), world.moves());

        world.alive.add(LEFT);
        world.run(SECONDS);

        assertFalse(left(world).late());
        assertEquals(1, left(world).lateHeartbeats());
    }

    @Test
    void withoutProbesTheLinkTellsTheHealth() {
        final var world = world(Method.PORT, 0, 0);
        assertEquals(LEFT, world.active());
        assertEquals(0, world.rounds.size());

        world.tell(new Event.LinkChanged(LEFT, false));
        assertEquals(RIGHT, world.active());
        world.tell(new Event.LinkChanged(LEFT, true));
        assertEquals(Health.ALIVE, left(world).health());
    }

    @Test
    void anotherSystemTellsTheHealth() {
        final var world = world(Method.EXTERNAL, 0, 0);
        assertEquals(Condition.INITIALIZING, world.condition());

        world.tell(new Event.HealthReported("left", null, true, world.now + 60 * SECONDS));
        world.tell(new Event.HealthReported("right", null, true, world.now + 100 * SECONDS));
        assertEquals(LEFT, world.active());
        world.tell(new Event.HealthReported("left", null, false, world.now + 60 * SECONDS));
        assertEquals(RIGHT, world.active());
    }

    @Test
    void systemThatHasGoneSilentProvesNothing() {
        final var world = world(Method.EXTERNAL, 0, 0);
        world.tell(new Event.HealthReported("left", null, true, world.now + 10 * SECONDS));
        world.tell(new Event.HealthReported("right", null, true, world.now + 100 * SECONDS));
        world.forgetActions();
        world.run(50 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Condition.BLIND, world.condition());
        assertEquals(List.of("Publish"), world.wanted());
    }

    @Test
    void reportThatRunsOutWhileTheLinkIsDownWantsNoMoreTime() {
        final var world = world(Method.EXTERNAL, 0, 0);
        world.tell(new Event.HealthReported("left", null, true, world.now + 10 * SECONDS));
        world.tell(new Event.LinkChanged(LEFT, false));
        world.run(20 * SECONDS);

        assertEquals(Health.DEAD, left(world).health());
        assertTrue(world.machine.wakeAt() > world.now);

        world.tell(new Event.LinkChanged(LEFT, true));
        assertFalse(left(world).judged());
    }

    @Test
    void judgementThatIsLateWaitsForTheAnswersThatCameMeanwhile() {
        final var world = World.settled(Samples.withHeartbeat(Samples.plain(), 1));
        world.run(50 * MILLIS);
        world.freeze(20 * MILLIS);
        world.run(SECONDS);

        assertEquals(List.of(), world.wanted(), "not even blind for a moment");
    }

    @Test
    void witnessThatTookTooLongProvesNothing() {
        final var monitor = alive(1, 5);
        monitor.advance(0, new ArrayList<>());
        monitor.advance(5 * MILLIS, new ArrayList<>());
        monitor.confirmed(1, 5 * MILLIS, 106 * MILLIS);

        assertEquals(Health.ALIVE, monitor.health());

        monitor.advance(106 * MILLIS, new ArrayList<>());
        monitor.advance(111 * MILLIS, new ArrayList<>());
        monitor.confirmed(2, 111 * MILLIS, 112 * MILLIS);

        assertEquals(Health.DEAD, monitor.health());
    }

    @Test
    void witnessThatCameRightBehindLateOnesProvesNothing() {
        final var monitor = alive(2, 50);
        monitor.advance(0, new ArrayList<>());
        monitor.advance(50 * MILLIS, new ArrayList<>());
        monitor.confirmed(1, 50 * MILLIS, 51 * MILLIS);
        final var asked = new ArrayList<Action>();
        for (long at = 100 * MILLIS; at <= 950 * MILLIS; at += 50 * MILLIS) {
            monitor.advance(at, asked);
        }
        final var witnesses = asked.stream().filter(Action.ConfirmChannel.class::isInstance)
            .map(Action.ConfirmChannel.class::cast).map(Action.ConfirmChannel::round).toList();

        assertEquals(List.of(2L, 5L, 8L), witnesses, "the others were lost, perhaps");

        witnesses.forEach(round -> monitor.confirmed(round, (round * 100 - 50) * MILLIS, 951 * MILLIS));

        assertEquals(Health.ALIVE, monitor.health());

        monitor.answer(10, -1, 952 * MILLIS);
        monitor.advance(1000 * MILLIS, new ArrayList<>());

        assertEquals(Health.ALIVE, monitor.health());
    }

    /** A switch that hands up more than it may drops some of all, answers and witnesses alike. */
    @Test
    void missesBeforeAWitnessThatWasLostDoNotCount() {
        final var monitor = alive(3, 5);
        monitor.setJudged(true);
        final var deadAt = new ArrayList<Long>();
        for (long at = 0; at < 1000 && deadAt.isEmpty(); at++) {
            final var now = at * MILLIS;
            final var asked = new ArrayList<Action>();
            monitor.advance(now, asked);
            // The first one is lost.
            asked.stream().filter(Action.ConfirmChannel.class::isInstance).map(Action.ConfirmChannel.class::cast)
                .filter(witness -> witness.round() > 1)
                .forEach(witness -> monitor.confirmed(witness.round(), now, now));
            if (monitor.health() == Health.DEAD) {
                deadAt.add(at);
            } else {
                assertEquals(at < 205, monitor.judged(), "at " + at);
            }
        }

        assertEquals(List.of(505L), deadAt, "three misses since the one at 205 ms that nobody witnessed");
    }

    @Test
    void witnessThatWasLostBeforeTheLastAnswerDelaysNothing() {
        final var monitor = alive(3, 5);
        long deadAt = 0;
        for (long at = 0; at < 3000 && deadAt == 0; at++) {
            final var now = at * MILLIS;
            final var actions = new ArrayList<Action>();
            monitor.advance(now, actions);
            for (final var action : actions) {
                if (action instanceof Action.SendProbe(var port, var round) && round > 1 && round < 11) {
                    monitor.answer(round, -1, now);
                } else if (action instanceof Action.ConfirmChannel(var port, var round) && round > 1) {
                    monitor.confirmed(round, now, now);
                }
            }
            deadAt = monitor.health() == Health.DEAD ? at : 0;
        }

        assertEquals(1205, deadAt, "three probes since the one at 900 ms, and 5 ms");
    }

    @Test
    void newRulesAreNoSignOfLife() {
        final var world = World.settled(Samples.plain());
        world.alive.clear();
        world.run(SECONDS);
        assertEquals(Role.FAULT, world.role("left"));

        world.tell(new Event.Reconfigured(Samples.withHeartbeat(Samples.plain(), 4)));
        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Condition.DOWN, world.condition());
        world.run(SECONDS);
        assertEquals(Role.FAULT, world.role("left"));

        world.tell(new Event.Reconfigured(Samples.withHeartbeat(Samples.plain(),
            new HeartbeatSettings(Method.PORT, 100 * MILLIS, 3, 0, 3, 5 * MILLIS, 0))));
        assertEquals(Role.ACTIVE, world.role("left"), "by these, its link is all that counts");
    }
}
