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
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.DualBridge.TrackerTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target that is asked through a port of a third switch; and what else is reported, and forgotten. */
class TrackerTargetTest {
    private static final PortRef UPLINK = new PortRef(3, 7);
    private static final PortRef GATEWAY = UPLINK.behind(5);
    private static final Tracker TRACKER = new Tracker("gateway", null, 60, new TrackerTarget(GATEWAY, 1, null, 0));

    private static World settled(final DualBridge plain) {
        final var world = new World(Samples.withTracker(plain, "left", TRACKER));
        world.alive.add(GATEWAY);
        world.run(3 * SECONDS + 50 * MILLIS);
        world.forgetActions();
        return world;
    }

    private static World settled() {
        return settled(Samples.plain());
    }

    private static void assertHandedOver(final World world) {
        assertEquals(RIGHT, world.active());
        assertEquals(Reason.TRACKER, world.moves().getFirst().reason());
        assertTrue(world.moves().getFirst().planned());
        assertEquals(110, world.bridge("left").priority());
        assertEquals(List.of("gateway"), world.bridge("left").failingTrackers());
    }

    @Test
    void bridgeWhoseTargetDoesNotAnswerHandsOverAndReturns() {
        final var world = settled();
        world.alive.remove(GATEWAY);
        world.run(SECONDS);
        assertHandedOver(world);
        assertEquals(Role.STANDBY, world.role("left"));

        world.alive.add(GATEWAY);
        world.run(9 * SECONDS);
        assertEquals(RIGHT, world.active());
        assertEquals(List.of(), world.bridge("left").failingTrackers());
        world.run(2 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, names = { "PORT", "REFLECT" })
    void targetIsAskedByArpHoweverBridgesAreAsked(final Method method) {
        final var world = settled(Samples.openFlow(method));
        world.alive.remove(GATEWAY);
        world.run(SECONDS);

        assertHandedOver(world);
    }

    @Test
    void targetIsAskedWhereHealthIsReported() {
        final var world = settled(Samples.openFlow(Method.EXTERNAL));
        List.of("left", "right").forEach(bridge ->
            world.tell(new Event.HealthReported(bridge, null, true, world.now + 600 * SECONDS)));
        world.run(3 * SECONDS);
        assertEquals(LEFT, world.active());
        world.forgetActions();
        world.alive.remove(GATEWAY);
        world.run(SECONDS);

        assertHandedOver(world);
    }

    @Test
    void switchThatIsNotHeardLeavesTheConditionAsItWas() {
        final var world = settled();
        world.stuck.add(3L);
        world.run(20 * SECONDS);
        assertEquals(List.of(), world.moves());

        world.tell(new Event.SwitchDisconnected(3));
        world.stuck.clear();
        world.alive.remove(GATEWAY);
        world.run(20 * SECONDS);
        assertEquals(List.of(), world.moves());

        world.tell(new Event.SwitchConnected(3));
        world.run(SECONDS);
        assertHandedOver(world);

        world.tell(new Event.SwitchDisconnected(3));
        world.alive.add(GATEWAY);
        world.run(20 * SECONDS);
        assertEquals(RIGHT, world.active(), "nobody knows that it answers again");
    }

    @Test
    void conditionHoldsUntilItIsJudgedAndFailsAtOnceWhereTheLinkGoesDown() {
        final var world = settled();
        world.tell(new Event.LinkChanged(UPLINK, false));
        assertHandedOver(world);

        final var unjudged = new World(Samples.withTracker(Samples.plain(), "left", TRACKER));
        unjudged.tell(new Event.SwitchDisconnected(3));
        unjudged.run(5 * SECONDS);
        assertEquals(LEFT, unjudged.active());
    }

    @Test
    void targetThatDoesNotAnswerStaysFailedWhereItIsJudgedByNewRules() {
        final var world = settled(Samples.withFailback(Samples.plain(), true, 0));
        world.alive.remove(GATEWAY);
        world.run(SECONDS);
        final var old = Samples.plain().heartbeat();
        world.tell(new Event.Reconfigured(Samples.withTracker(Samples.withHeartbeat(
            Samples.withFailback(Samples.plain(), true, 0), new HeartbeatSettings(old.method(), 200 * MILLIS, 5, 0, 3,
                5 * MILLIS, 0)), "left", TRACKER)));
        world.run(5 * SECONDS);

        assertEquals(RIGHT, world.active());
        assertEquals(1, world.moves().size());
    }

    @Test
    void twoTrackersOfOneTargetAskItOnce() {
        final var world = new World(Samples.withBridges(Samples.plain(), bridge -> Samples.withTracker(
            Samples.with(Method.ARP, bridge), bridge.name(), TRACKER).bridges().getFirst()));
        world.run(SECONDS);
        final long before = world.rounds.get(GATEWAY);
        world.run(3 * SECONDS);

        assertEquals(30, world.rounds.get(GATEWAY) - before, 2);
        assertEquals(LEFT, world.active(), "both have the same rank as before");
    }

    @Test
    void trackerThatIsNoLongerConfiguredIsForgotten() {
        final var config = Samples.withTracker(Samples.plain(), "left", new Tracker("power", null, 60));
        final var world = World.settled(config);
        world.tell(new Event.HealthReported("left", "power", false, world.now + 1000 * SECONDS));
        assertEquals(RIGHT, world.active());

        world.tell(new Event.Reconfigured(Samples.plain()));
        world.tell(new Event.Reconfigured(config));
        assertEquals(List.of(), world.bridge("left").failingTrackers());
    }

    @Test
    void conditionThatFailsIsToldAlsoWhereNoRoleChanges() {
        final var world = World.settled(Samples.withTracker(Samples.plain(), "left", new Tracker("power", null, 1)));
        world.tell(new Event.HealthReported("left", "power", false, world.now + SECONDS));

        assertEquals(List.of("Publish"), world.wanted());
        assertEquals(51, world.bridge("left").priority());

        world.forgetActions();
        world.run(2 * SECONDS);
        assertEquals(List.of("Publish"), world.wanted());
    }

    // ---- health that is reported ----

    private static World reported() {
        final var world = new World(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))));
        List.of("left", "right").forEach(bridge ->
            world.tell(new Event.HealthReported(bridge, null, true, world.now + 60 * SECONDS)));
        world.run(3 * SECONDS);
        world.forgetActions();
        return world;
    }

    @Test
    void reportIsStillValidWhereTheSwitchReconnectsOrTheLinkReturnsOrTheHeartbeatChanges() {
        final var world = reported();
        world.tell(new Event.SwitchDisconnected(1));
        assertEquals(Condition.BLIND, world.condition());
        world.tell(new Event.SwitchConnected(1));
        assertEquals(Condition.PROTECTED, world.condition());

        world.tell(new Event.LinkChanged(RIGHT, false));
        assertEquals(Condition.UNPROTECTED, world.condition());
        world.tell(new Event.LinkChanged(RIGHT, true));
        assertEquals(Condition.PROTECTED, world.condition());

        world.tell(new Event.Reconfigured(Samples.withHeartbeat(Samples.withPolicy(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))), Samples.plain().policy()), 7)));
        assertEquals(Condition.PROTECTED, world.condition());

        world.run(60 * SECONDS);
        assertEquals(Condition.BLIND, world.condition(), "all reports have expired");
        assertEquals(List.of(), world.moves());
    }

    @Test
    void reportThatExpiredMeanwhileDoesNotCount() {
        final var world = reported();
        world.tell(new Event.SwitchDisconnected(1));
        world.run(61 * SECONDS);
        world.tell(new Event.SwitchConnected(1));

        assertEquals(Condition.BLIND, world.condition());
    }
}
