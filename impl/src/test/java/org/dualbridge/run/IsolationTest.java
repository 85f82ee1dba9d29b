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

import com.google.common.util.concurrent.Futures;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.dualbridge.openflow.SwitchRpcs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IsolationTest {
    private static final PortRef PORT = new PortRef(1, 7);
    private static final Mac ADDRESS = Mac.parse("52:54:00:00:00:07");

    private final FlowSwitch device = new FlowSwitch();
    private final Loop loop = new Loop("loop", Thread.NORM_PRIORITY);
    private final PortTable ports = new PortTable();
    private final Set<Long> connected = new HashSet<>(Set.of(1L));
    private final List<String> refusals = new ArrayList<>();
    private final Isolation isolation = new Isolation(new SwitchRpcs(device), ports, loop, connected::contains);
    private final Consumer<String> who = refusals::add;

    @BeforeEach
    void portIsKnown() {
        ports.put(PORT, true, ADDRESS);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private <T> T on(final Callable<T> work) throws Exception {
        return Futures.submit(work, loop).get(10, TimeUnit.SECONDS);
    }

    /** Does something, and waits until the switch has answered. */
    private void after(final Runnable work) throws Exception {
        on(() -> {
            work.run();
            return true;
        });
        on(() -> true);
    }

    private boolean isInForce() throws Exception {
        return on(() -> isolation.isInForce(PORT));
    }

    @Test
    void isInForceFromItsConfirmationToThatOfItsEnd() throws Exception {
        assertFalse(on(() -> {
            isolation.set(PORT, true, who);
            return isolation.isInForce(PORT);
        }));
        assertTrue(isInForce());
        after(() -> isolation.set(PORT, false, who));
        assertFalse(isInForce());
        assertEquals(List.of(), refusals);
    }

    @Test
    void refusedIsolationIsToldAndNotInForce() throws Exception {
        device.refusesPorts = true;
        after(() -> isolation.set(PORT, true, who));
        assertFalse(isInForce());
        assertEquals(List.of("openflow:1:7: isolation: table full"), refusals);
    }

    @Test
    void refusedEndIsToldOnceAndTriedAgain() throws Exception {
        after(() -> isolation.set(PORT, true, who));
        device.refusesPorts = true;
        after(() -> isolation.set(PORT, false, who));
        after(() -> isolation.tryAgain(1));
        after(() -> isolation.tryAgain(2));
        assertTrue(isInForce());
        assertEquals(List.of("openflow:1:7: end of isolation: table full"), refusals);
        assertEquals(3, device.portChanges);

        device.refusesPorts = false;
        after(() -> isolation.tryAgain(1));
        assertFalse(isInForce());
        after(() -> isolation.tryAgain(1));
        assertEquals(4, device.portChanges);
    }

    @Test
    void refusedOrderIsToldAgainOnceHoweverOftenItWasTriedMeanwhile() throws Exception {
        device.refusesPorts = true;
        after(() -> isolation.set(PORT, true, who));
        for (int i = 0; i < 5; i++) {
            after(() -> isolation.tryAgain(1));
        }
        assertEquals(6, device.portChanges);
        Thread.sleep(1500);
        assertEquals(7, on(() -> device.portChanges));
    }

    @Test
    void endWaitsUntilThePortIsKnown() throws Exception {
        after(() -> isolation.set(PORT, true, who));
        ports.remove(PORT);
        after(() -> isolation.set(PORT, false, who));
        after(() -> isolation.portKnown(PORT, false));
        assertEquals(List.of("openflow:1:7: end of isolation: its hardware address is not known"), refusals);
        assertTrue(isInForce());

        ports.put(PORT, true, ADDRESS);
        after(() -> isolation.portKnown(PORT, false));
        assertFalse(isInForce());
        assertEquals(2, device.portChanges);
    }

    @Test
    void portThatIsNotKnownYetIsNothingToTellWhereNothingWasIsolated() throws Exception {
        ports.remove(PORT);
        after(() -> isolation.set(PORT, false, who));
        assertEquals(List.of(), refusals);
        assertEquals(0, device.portChanges);

        ports.put(PORT, true, ADDRESS);
        after(() -> isolation.portKnown(PORT, false));
        assertEquals(1, device.portChanges);
    }

    @Test
    void switchIsToldWhenItHasConnected() throws Exception {
        after(() -> isolation.set(PORT, true, who));
        connected.clear();
        after(() -> isolation.disconnected(1));
        assertFalse(isInForce());
        after(() -> isolation.set(PORT, false, who));
        assertEquals(1, device.portChanges);

        connected.add(1L);
        after(() -> isolation.tryAgain(1));
        assertEquals(2, device.portChanges);
        assertEquals(List.of(), refusals);
    }

    @Test
    void portIsSilentAsLongAsAnybodyWantsThat() throws Exception {
        final Consumer<String> other = refusals::add;
        after(() -> isolation.set(PORT, true, who));
        after(() -> isolation.set(PORT, true, other));
        after(() -> isolation.set(PORT, false, who));
        assertTrue(isInForce());

        // The switch may have forgotten it.
        connected.clear();
        after(() -> isolation.disconnected(1));
        connected.add(1L);
        after(() -> isolation.set(PORT, false, who));
        assertTrue(isInForce());
        after(() -> isolation.set(PORT, false, other));
        assertFalse(isInForce());
    }

    @Test
    void portThatIsMadeAnewIsSilencedAnew() throws Exception {
        after(() -> isolation.set(PORT, true, who));
        after(() -> isolation.portRemoved(PORT));
        assertFalse(isInForce());
        after(() -> isolation.portKnown(PORT, true));
        assertTrue(isInForce());
        assertEquals(2, device.portChanges);

        after(() -> isolation.set(PORT, false, who));
        after(() -> isolation.portKnown(PORT, true));
        assertFalse(isInForce());
        assertEquals(3, device.portChanges);
    }

    @Test
    void refusedOrderIsToldAgainAfterASecondThoughWhoWantedItIsGone() throws Exception {
        after(() -> isolation.set(PORT, true, who));
        device.refusesPorts = true;
        after(() -> isolation.set(PORT, false, who));
        after(() -> isolation.leave(who));
        device.refusesPorts = false;
        final var begin = System.nanoTime();
        while (isInForce() && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10)) {
            Thread.sleep(10);
        }
        assertFalse(isInForce());
        assertEquals(3, device.portChanges);
        assertEquals(1, refusals.size());
    }
}
