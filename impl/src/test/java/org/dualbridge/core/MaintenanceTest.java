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
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Hold;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
    private static final DualBridge CONFIG = Samples.plain();

    private final World world = World.settled(CONFIG);

    private static void evacuate(final World of, final DualBridge config, final String bridge) {
        of.tell(new Event.Reconfigured(Samples.withMaintenance(config, bridge)));
    }

    private Optional<String> refusal(final String bridge) {
        return world.machine.evacuationRefusal(bridge, world.now);
    }

    @Test
    void activeBridgeIsFencedBeforeAnotherForwards() {
        assertEquals(Optional.empty(), refusal("left"));

        evacuate(world, CONFIG, "left");

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted().subList(0, 5));
        final var move = world.moves().getFirst();
        assertTrue(move.planned());
        assertEquals(Reason.MAINTENANCE, move.reason());
        assertEquals(RIGHT, world.active());
        assertEquals(Role.STANDBY, world.role("left"));
        assertEquals(Reason.MAINTENANCE, world.bridge("left").reason());
        assertEquals(Maintenance.EVACUATED, world.bridge("left").maintenance());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @Test
    void bridgeIsNotEvacuatedBeforeTheSwitchesConfirmed() {
        world.mute.addAll(List.of(1L, 2L));
        evacuate(world, CONFIG, "left");

        assertEquals(Maintenance.DRAINING, world.bridge("left").maintenance());
    }

    @Test
    void bridgeStaysOutWhateverHappensToTheOther() {
        evacuate(world, CONFIG, "left");
        world.alive.remove(RIGHT);
        world.run(10 * SECONDS);

        assertEquals(RIGHT, world.active());
        assertEquals(Condition.DOWN, world.condition());
        assertTrue(world.machine.switchoverRefusal("left").orElseThrow().contains("'left' is in maintenance"));
    }

    @Test
    void bridgeReturnsAsAfterAFailback() {
        evacuate(world, CONFIG, "left");
        world.run(20 * SECONDS);
        world.forgetActions();
        world.tell(new Event.Reconfigured(CONFIG));
        world.run(SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Reason.PRIORITY, world.moves().getFirst().reason());
        assertEquals(Maintenance.NONE, world.bridge("left").maintenance());
    }

    @Test
    void standbyInMaintenanceMovesNothing() {
        assertEquals(Optional.empty(), refusal("right"));

        evacuate(world, CONFIG, "right");

        assertEquals(List.of(), world.moves());
        assertEquals(Maintenance.EVACUATED, world.bridge("right").maintenance());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @Test
    void oneThatNobodyCouldReplaceIsDrainedWhenSomebodyCan() {
        world.alive.remove(RIGHT);
        world.run(SECONDS);

        assertTrue(refusal("left").orElseThrow().startsWith("bridge: no other bridge of 'db' could take over"));

        evacuate(world, CONFIG, "left");

        assertEquals(LEFT, world.active());
        assertEquals(Maintenance.DRAINING, world.bridge("left").maintenance());

        world.alive.add(RIGHT);
        world.run(500 * MILLIS);

        assertEquals(RIGHT, world.active());
        assertEquals(Maintenance.EVACUATED, world.bridge("left").maintenance());
    }

    @Test
    void refusalNamesTheSwitchThatCannotBeTold() {
        world.tell(new Event.SwitchDisconnected(2));

        assertEquals("bridge: no other bridge of 'db' could take over from 'left': none is healthy, not held out, and "
            + "can be programmed", refusal("left").orElseThrow());
    }

    @Test
    void bridgeOnStandbyByHaModeMayTakeOver() {
        final var standby = Samples.withHaMode(CONFIG, "right", HaMode.STANDBY);
        final var other = World.settled(standby);

        assertEquals(Optional.empty(), other.machine.evacuationRefusal("left", other.now));

        evacuate(other, standby, "left");

        assertEquals(RIGHT, other.active());
    }

    @Test
    void bridgeThatIsHeldOutMayNotTakeOver() {
        final var held = World.settled(Samples.withHold(CONFIG, new Hold(0, 60 * SECONDS, 0)));
        held.alive.remove(RIGHT);
        held.run(SECONDS);
        held.alive.add(RIGHT);
        held.run(SECONDS);

        assertTrue(held.machine.evacuationRefusal("left", held.now).isPresent());
    }

    @Test
    void bridgeInMaintenanceIsNotElectedFirst() {
        final var started = World.settled(Samples.withMaintenance(CONFIG, "left"));

        assertEquals(RIGHT, started.active());
    }
}
