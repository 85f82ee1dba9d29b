/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.frame.BfdControl;
import org.dualbridge.frame.BfdControl.State;
import org.dualbridge.frame.HostFrame.V4;

/** Any states of one BFD session, and any silence between its packets. */
class BfdPropertyTest {
    private static final long INTERVAL = 100 * Samples.MILLIS;
    private static final long TIMEOUT = 5 * Samples.MILLIS;
    private static final long STEP = 10 * Samples.MILLIS;

    private static BfdMonitor monitor(final int recoverCount) {
        final var monitor = new BfdMonitor(Samples.LEFT, new HeartbeatSettings(Method.BFD_PASSIVE, INTERVAL, 3, 0,
            recoverCount, TIMEOUT, 0), 0, 0, 0);
        monitor.connectionChanged(true, 0);
        return monitor;
    }

    private static BfdControl packet(final State state, final int multiplier) {
        return new BfdControl(new V4(1), state, 7, multiplier, INTERVAL);
    }

    /** Lets time pass; a switch answers at once, or not. */
    private static void pass(final BfdMonitor monitor, final long from, final long to, final boolean answers) {
        for (long now = from; now < to; now += STEP) {
            final var actions = new ArrayList<Action>();
            monitor.advance(now, actions);
            final var at = now;
            if (answers) {
                actions.stream().map(Action.ConfirmChannel.class::cast)
                    .forEach(asked -> monitor.confirmed(asked.round(), at, at));
            }
        }
    }

    @Property
    void aliveAfterSoManyThatAreUpInARowAndDeadByAnyOther(@ForAll @Size(max = 100) final List<State> states,
            @ForAll @IntRange(min = 1, max = 4) final int recoverCount) {
        final var monitor = monitor(recoverCount);
        var inARow = 0;
        var expected = Health.UNKNOWN;
        for (int i = 0; i < states.size(); i++) {
            monitor.heard(packet(states.get(i), 3), i * INTERVAL);
            inARow = states.get(i) == State.UP ? inARow + 1 : 0;
            expected = inARow == 0 ? Health.DEAD : inARow >= recoverCount ? Health.ALIVE : expected;

            assertEquals(expected, monitor.health(), "after packet " + (i + 1));
            pass(monitor, i * INTERVAL, (i + 1) * INTERVAL, true);
        }
    }

    @Property
    void deadBySilenceForItsDetectionTimeOnly(@ForAll @IntRange(min = 1, max = 20) final int multiplier,
            @ForAll @IntRange(max = 300) final int steps) {
        final var monitor = monitor(1);
        monitor.heard(packet(State.UP, multiplier), 0);
        final var silence = steps * STEP;
        pass(monitor, STEP, silence + 1, true);

        // Asked at the first step when the time is over.
        final var detection = Math.max(3, multiplier) * INTERVAL + TIMEOUT;
        assertEquals(silence >= detection ? Health.DEAD : Health.ALIVE, monitor.health());
    }

    @Property
    void deadNeverWithoutWitnesses(@ForAll @IntRange(max = 1000) final int steps) {
        final var monitor = monitor(1);
        monitor.heard(packet(State.UP, 3), 0);
        pass(monitor, STEP, steps * STEP, false);

        assertEquals(Health.ALIVE, monitor.health());
    }
}
