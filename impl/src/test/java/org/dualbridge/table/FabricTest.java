/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.RIGHT;
import static org.dualbridge.core.Samples.link;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.junit.jupiter.api.Test;

class FabricTest {
    private static TablePlan fabric(final Link... links) {
        return new TablePlan(Samples.withFabric(Samples.plain(), Mode.FLOW, Samples.hosts(1, 0), links));
    }

    @Test
    void switchOfTheAttachmentHandsFramesToItsPort() {
        assertEquals(OptionalLong.of(1), fabric(link(1, 10, 2, 10)).nextHop(1, LEFT));
    }

    @Test
    void otherSwitchHandsFramesToTheCable() {
        final var fabric = fabric(link(1, 10, 2, 20));

        assertEquals(OptionalLong.of(20), fabric.nextHop(2, LEFT));
        assertEquals(OptionalLong.of(10), fabric.nextHop(1, RIGHT));
    }

    @Test
    void framesCrossALineOfSwitches() {
        final var fabric = fabric(link(1, 10, 3, 31), link(3, 32, 4, 41), link(2, 20, 4, 42));

        assertEquals(OptionalLong.of(42), fabric.nextHop(4, RIGHT));
        assertEquals(OptionalLong.of(32), fabric.nextHop(3, RIGHT));
        assertEquals(OptionalLong.of(10), fabric.nextHop(1, RIGHT));
        assertEquals(OptionalLong.of(41), fabric.nextHop(4, LEFT));
    }

    @Test
    void shortestWayIsTaken() {
        final var fabric = fabric(link(1, 10, 3, 31), link(3, 32, 2, 20), link(1, 11, 2, 21));

        assertEquals(OptionalLong.of(11), fabric.nextHop(1, RIGHT));
        assertEquals(OptionalLong.of(21), fabric.nextHop(2, LEFT));
    }

    @Test
    void ringLeadsToTheAttachmentFromEverySwitch() {
        final var fabric = fabric(link(1, 10, 2, 20), link(2, 21, 3, 30), link(3, 31, 4, 40), link(4, 41, 1, 11));

        assertEquals(OptionalLong.of(20), fabric.nextHop(2, LEFT));
        assertEquals(OptionalLong.of(41), fabric.nextHop(4, LEFT));
        assertTrue(fabric.nextHop(3, LEFT).isPresent());
    }

    @Test
    void parallelCablesAreChosenAlikeWhateverTheirOrder() {
        assertEquals(fabric(link(1, 10, 2, 20), link(1, 11, 2, 21)).nextHop(2, LEFT),
            fabric(link(1, 11, 2, 21), link(1, 10, 2, 20)).nextHop(2, LEFT));
    }

    @Test
    void crossedParallelCablesAreOneWayForBothEnds() {
        final var fabric = fabric(link(1, 2, 2, 3), link(1, 3, 2, 2));

        assertEquals(OptionalLong.of(2), fabric.nextHop(1, RIGHT));
        assertEquals(OptionalLong.of(3), fabric.nextHop(2, LEFT));
    }

    @Test
    void switchThatIsNotCabledHasNoWay() {
        final var fabric = fabric(link(3, 30, 4, 40));

        assertEquals(OptionalLong.empty(), fabric.nextHop(3, LEFT));
        assertEquals(OptionalLong.empty(), fabric.nextHop(2, LEFT));
    }

    @Test
    void attachmentsAndCablesAreInner() {
        final var fabric = fabric(link(1, 10, 2, 20));

        assertTrue(fabric.isInner(LEFT));
        assertTrue(fabric.isInner(new PortRef(1, 10)));
        assertTrue(fabric.isInner(new PortRef(2, 20)));
        assertFalse(fabric.isInner(new PortRef(1, 20)));
    }
}
