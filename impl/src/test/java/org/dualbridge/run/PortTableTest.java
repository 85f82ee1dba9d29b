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

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PortTableTest {
    private static final PortRef PORT = new PortRef(1, 7);
    private static final PortRef OTHER = new PortRef(2, 7);
    private static final Mac ADDRESS = Mac.parse("52:54:00:00:00:07");
    private static final Mac OTHER_ADDRESS = Mac.parse("52:54:00:00:00:08");

    private final PortTable table = new PortTable();

    @BeforeEach
    void bothPortsAreUp() {
        assertTrue(table.put(PORT, true, ADDRESS));
        assertTrue(table.put(OTHER, true, OTHER_ADDRESS));
    }

    @Test
    void whatWasHeardIsNoNewsFromTheInventory() {
        assertEquals(Optional.of(PORT), table.heard(7, ADDRESS, false));
        assertTrue(table.isDown(PORT));
        assertFalse(table.put(PORT, false, ADDRESS));
        assertTrue(table.isDown(PORT));
        assertEquals(List.of(OTHER), table.outer(2));
        assertEquals(List.of(), table.outer(1));
    }

    @Test
    void lateEchoesDoNotUndoWhatWasHeardSince() {
        table.heard(7, ADDRESS, false);
        assertEquals(Optional.of(PORT), table.heard(7, ADDRESS, true));

        assertFalse(table.put(PORT, false, ADDRESS));
        assertFalse(table.isDown(PORT));
        assertFalse(table.put(PORT, true, ADDRESS));
        assertTrue(table.put(PORT, false, ADDRESS), "this one was not heard before");
    }

    @Test
    void echoesThatComeTogetherAreOne() {
        table.heard(7, ADDRESS, false);
        table.heard(7, ADDRESS, true);

        assertFalse(table.put(PORT, true, ADDRESS));
        assertTrue(table.put(PORT, false, ADDRESS), "this one was not heard before");
        assertTrue(table.isDown(PORT));
    }

    @Test
    void sameStateAgainIsNoNews() {
        assertEquals(Optional.empty(), table.heard(7, ADDRESS, true));
    }

    @Test
    void portOfWhoKnowsWhichSwitchWaitsForTheInventory() {
        assertTrue(table.put(OTHER, true, ADDRESS));

        assertEquals(Optional.empty(), table.heard(7, ADDRESS, false));
        assertEquals(Optional.empty(), table.heard(8, ADDRESS, false));
        assertFalse(table.isDown(PORT));
        assertTrue(table.put(PORT, false, ADDRESS));
    }

    @Test
    void removedPortIsDownUntilItIsThereAgain() {
        assertTrue(table.remove(PORT));

        assertTrue(table.isDown(PORT));
        assertEquals(List.of(), table.outer(1));
        assertEquals(Optional.empty(), table.heard(7, ADDRESS, false));
        assertEquals(Optional.empty(), table.address(PORT));
        assertEquals(Optional.of(OTHER_ADDRESS), table.address(OTHER));

        assertTrue(table.put(PORT, true, ADDRESS));
        assertFalse(table.isDown(PORT));
    }

    @Test
    void removalThatWasHeardIsNoNewsFromTheInventory() {
        assertEquals(Optional.of(PORT), table.heard(7, ADDRESS, false));

        assertFalse(table.remove(PORT));
        assertTrue(table.isDown(PORT));
        assertTrue(table.put(PORT, true, ADDRESS));
    }

    @Test
    void removalThatWasHeardIsNoNewsWhereThePortIsThereAgain() {
        table.heard(7, ADDRESS, false);
        table.heard(7, ADDRESS, true);

        assertFalse(table.remove(PORT));
        assertFalse(table.isDown(PORT));
        assertFalse(table.put(PORT, true, ADDRESS));
    }

    @Test
    void portsThatAreGoneWithTheirSwitchAreNoNews() {
        table.disconnected(1);

        assertFalse(table.remove(PORT));
        assertFalse(table.isDown(PORT));
        assertTrue(table.remove(OTHER), "the other switch is there");
    }

    @Test
    void portIsRemovedFromASwitchThatConnectedAgain() {
        table.disconnected(1);
        table.put(PORT, true, ADDRESS);
        table.connected(1);

        assertTrue(table.remove(PORT));
    }

    /** The inventory tells of a port 10 to 30 ms late, so also after the switch has gone. */
    @Test
    void lateWordOfAPortDoesNotBringItsSwitchBack() {
        table.disconnected(1);
        table.put(PORT, true, ADDRESS);

        assertFalse(table.remove(PORT));
        assertFalse(table.isDown(PORT));
    }

    @Test
    void portsOfASwitchThatWasGoneForAMomentAreNoNews() {
        table.disconnected(1);
        table.connected(1);

        assertFalse(table.remove(PORT), "the inventory forgets the one before");
        assertTrue(table.put(PORT, true, ADDRESS));
        assertTrue(table.remove(PORT));
    }

    @Test
    void whatASwitchRemovedIsNotKnownWhenItIsGone() {
        table.remove(PORT);
        table.disconnected(2);
        assertTrue(table.isDown(PORT));

        table.disconnected(1);
        assertFalse(table.isDown(PORT));
    }

    @Test
    void portWhereABridgeIsAttachedIsNotAnOuterOne() {
        table.attach(Set.of(PORT), Set.of(PORT));
        assertEquals(List.of(), table.outer(1));

        table.attach(Set.of(), Set.of());
        assertEquals(List.of(PORT), table.outer(1));
    }
}
