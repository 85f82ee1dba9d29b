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

import java.util.List;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.Event.Confirmed;
import org.dualbridge.core.Event.Step;
import org.junit.jupiter.api.Test;

/** Two bridges that are OpenFlow switches, 11 on the left and 12 on the right. */
class TakeoverTest {
    private static final DualBridge CONFIG = Samples.with(Method.REFLECT,
        Samples.bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1))),
        Samples.bridge("right", 100, 12L, new Attachment(RIGHT, new PortRef(12, 1))));

    private final World world = World.settled(CONFIG);

    private void crash() {
        world.mute.add(11L);
        world.alive.remove(LEFT);
        world.run(400 * MILLIS);
    }

    private List<Action> silences() {
        return world.writes.stream().filter(Action.Silence.class::isInstance).toList();
    }

    @Test
    void nothingIsRedirectedBeforeTheFenceIsConfirmed() {
        world.mute.add(1L);
        crash();

        assertEquals(List.of("Fence"), world.wanted());

        world.tell(new Confirmed(world.epoch(), Step.FENCE, 1, true));

        assertEquals(List.of("Fence", "Redirect"), world.wanted());
        assertTrue(((Action.Redirect) world.actions.get(1)).fenced());

        world.tell(new Confirmed(world.epoch(), Step.REDIRECT, 1, true));

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted());
        assertTrue(((Action.Announce) world.actions.get(2)).moved());
    }

    @Test
    void failoverGoesOnAfterASecondWithoutConfirmation() {
        world.mute.add(1L);
        crash();
        world.run(2 * SECONDS);

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted().subList(0, 5));
        assertFalse(((Action.Redirect) world.actions.get(1)).fenced());
        assertFalse(((Action.Announce) world.actions.get(2)).moved());
    }

    @Test
    void switchThatLeavesIsNotWaitedFor() {
        world.mute.add(1L);
        crash();
        world.tell(new Event.SwitchDisconnected(1));

        // That it is gone is told, too.
        assertEquals(List.of("Fence", "Redirect", "Publish", "Announce", "Remember", "Publish"), world.wanted());
        assertFalse(((Action.Redirect) world.actions.get(1)).fenced());
    }

    @Test
    void switchThatConnectsMeanwhileGetsOnlyFences() {
        world.tell(new Event.SwitchDisconnected(2));
        world.tell(new Event.SwitchConnected(2));
        final var intent = world.machine.intent();
        assertEquals(new Action.WriteTables(2L, intent, true, false), world.writes.getFirst());

        world.mute.add(1L);
        crash();
        world.forgetActions();
        world.tell(new Event.SwitchDisconnected(12));
        world.tell(new Event.SwitchConnected(12));

        assertEquals(List.of(new Action.WriteTables(12L, world.machine.intent(), false, false)),
            world.writes);
    }

    @Test
    void frozenBridgeIsReachedAgainWhenItConfirmsItsFence() {
        crash();

        assertEquals(List.of(new Action.Silence(LEFT, true)), silences());

        world.tell(new Confirmed(world.epoch() - 1, Step.FENCE, 11, true));
        world.tell(new Confirmed(world.epoch(), Step.FENCE, 12, true));

        assertEquals(1, silences().size(), "that was told before, or by another");

        world.tell(new Confirmed(world.epoch(), Step.FENCE, 11, true));

        assertEquals(new Action.Silence(LEFT, false), silences().getLast());
        assertEquals(new Action.Relearn(true), world.writes.getLast());
        world.run(200 * MILLIS);
        assertEquals(new Action.Relearn(false), world.writes.getLast());
    }

    @Test
    void frozenBridgeThatConnectsAnewConfirmsItsTables() {
        crash();
        world.tell(new Event.SwitchDisconnected(11));
        world.forgetActions();
        world.mute.clear();
        world.tell(new Event.SwitchConnected(11));

        assertTrue(((Action.WriteTables) world.writes.getFirst()).asked());
        assertEquals(List.of(new Action.Silence(LEFT, false)), silences());
    }

    @Test
    void switchThatRestartedKeepsAPortSilent() {
        crash();
        world.tell(new Event.SwitchDisconnected(1));
        world.forgetActions();
        world.tell(new Event.SwitchConnected(1));

        assertEquals(List.of(new Action.Silence(LEFT, true)), silences());
    }

    @Test
    void silenceEndsWithTheDualBridge() {
        crash();

        assertEquals(List.of(new Action.Silence(LEFT, false)), world.machine.close());
    }

    @Test
    void cutCableIsRoutedAroundUnlessATakeoverDoesThat() {
        final var cable = new PortRef(1, 10);
        world.tell(new Event.LinkChanged(cable, false));

        assertEquals(new Action.Reroute(world.machine.intent(), true), world.writes.getLast());
        assertEquals(List.of(), world.moves());

        world.mute.add(1L);
        crash();
        world.tell(new Event.LinkChanged(cable, true));

        assertEquals(new Action.Reroute(world.machine.intent(), false), world.writes.getLast());
    }
}
