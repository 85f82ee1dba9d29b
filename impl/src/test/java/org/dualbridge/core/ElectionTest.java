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
import org.dualbridge.core.DualBridge.Method;
import org.junit.jupiter.api.Test;

class ElectionTest {
    @Test
    void bestPriorityWinsTheFirstElection() {
        final var world = new World(Samples.with(Method.ARP,
            Samples.bridge("worse", 200, null, new Attachment(RIGHT, null)),
            Samples.bridge("better", 50, null, new Attachment(LEFT, null))));
        world.run(3 * SECONDS);

        assertEquals(1, world.moves().size());
        assertEquals(Reason.STARTUP, world.moves().getFirst().reason());
        assertEquals(new Intent(1, LEFT), world.machine.intent());
        assertEquals(Role.ACTIVE, world.role("better"));
        assertEquals(Role.STANDBY, world.role("worse"));
        assertEquals(Condition.PROTECTED, world.condition());
        assertEquals(0, world.machine.snapshot().failovers());
    }

    @Test
    void preferredBridgeWinsBeforeAnyPriority() {
        assertEquals(RIGHT, World.settled(Samples.withPreferred(Samples.plain(), "right")).active());
    }

    @Test
    void nothingIsElectedBeforeAnyBridgeAnswered() {
        final var world = new World(Samples.plain());
        world.alive.clear();
        world.run(10 * SECONDS);

        assertNull(world.active());
        assertEquals(List.of(), world.moves());
        assertEquals(Condition.INITIALIZING, world.condition());
    }

    @Test
    void worseBridgeIsElectedOnlyAfterTheBetterOneHadItsChance() {
        final var world = new World(Samples.plain());
        world.alive.remove(LEFT);
        world.run(900 * MILLIS);

        assertNull(world.active());

        world.run(2 * SECONDS);

        assertEquals(RIGHT, world.active());
    }

    @Test
    void betterBridgeThatAnswersInTimeIsElectedAlthoughItWasSlower() {
        final var world = new World(Samples.plain());
        world.alive.remove(LEFT);
        world.run(400 * MILLIS);
        world.alive.add(LEFT);
        world.run(3 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(1, world.moves().size());
    }

    @Test
    void bridgeWhoseOwnSwitchIsNotConnectedIsNotElected() {
        final var world = new World(Samples.openFlow(Method.REFLECT));
        world.tell(new Event.SwitchDisconnected(11));
        world.run(5 * SECONDS);

        assertEquals(RIGHT, world.active());
    }

    @Test
    void rememberedBridgeIsActiveAfterARestartWithoutAnyFence() {
        final var world = new World(Samples.withFailback(Samples.plain(), false, 0), new Intent(7, RIGHT));

        assertEquals(Role.ACTIVE, world.role("right"));
        assertEquals(Reason.RESTORED, world.bridge("right").reason());

        world.run(60 * SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(new Intent(7, RIGHT), world.machine.intent());
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void rememberedBridgeThatDiedMeanwhileIsReplaced() {
        final var world = new World(Samples.plain(), new Intent(7, LEFT));
        world.alive.remove(LEFT);
        world.run(3 * SECONDS);

        assertEquals(new Intent(8, RIGHT), world.machine.intent());
    }

    @Test
    void rememberedAttachmentThatIsNoLongerConfiguredIsReplaced() {
        final var world = new World(Samples.plain(), new Intent(7, new PortRef(9, 9)));
        world.run(3 * SECONDS);

        assertEquals(new Intent(8, LEFT), world.machine.intent());
    }

    @Test
    void candidateThatDiesBeforeTheElectionLeavesTheMachineWaitingForTimeToCome() {
        final var world = new World(Samples.plain());
        world.alive.remove(LEFT);
        world.run(500 * MILLIS);
        world.tell(new Event.LinkChanged(RIGHT, false));
        world.run(2 * SECONDS);

        assertTrue(world.machine.wakeAt() > world.now);
    }
}
