/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.dualbridge.core.DualBridge.Pace;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Intake intake = new Intake(new Pace(10, 10));

    private int taken(final long node, final int id, final int frames, final long now) {
        int taken = 0;
        for (int i = 0; i < frames; i++) {
            taken += intake.takes(node, id, now) ? 1 : 0;
        }
        return taken;
    }

    private Map<Integer, Long> drained() {
        final var counts = new HashMap<Integer, Long>();
        intake.drain(counts::put);
        return counts;
    }

    @Test
    void floodOfOneSwitchIsBoundedAndCountedOnce() {
        assertEquals(10, taken(1, 7, 100, SECOND));
        assertTrue(intake.takes(2, 7, SECOND), "another switch has its own measure");
        assertEquals(Map.of(7, 90L), drained());
        assertEquals(Map.of(), drained());
    }

    @Test
    void switchWhoseFramesWereTooManyIsToldOnce() {
        taken(1, 7, 11, SECOND);
        taken(2, 7, 10, SECOND);
        assertEquals(Set.of(1L), intake.drainCrowded());
        assertEquals(Set.of(), intake.drainCrowded());
    }

    @Test
    void dualBridgesOfASwitchShareItsMeasure() {
        assertEquals(10, taken(1, 7, 10, SECOND));
        assertFalse(intake.takes(1, 8, SECOND));
        assertTrue(intake.takes(1, 8, 2 * SECOND));
        assertEquals(Map.of(8, 1L), drained());
    }
}
