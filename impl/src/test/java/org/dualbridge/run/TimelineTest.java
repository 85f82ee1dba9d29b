/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Mac;
import org.dualbridge.run.HostLearner.Heard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MILLIS = Samples.MILLIS;
    private static final long MOVED = 40 * MILLIS;

    private final Loop clock = new Loop("test", Thread.NORM_PRIORITY);
    private final Timeline timeline = new Timeline(new Move(new Intent(6, Samples.LEFT), new Intent(7, Samples.RIGHT),
        false, false, Reason.NO_RESPONSE, "openflow:1:1", "left", "right", 0, 35 * MILLIS));

    private static Key host(final int number) {
        return new Key(new Mac(Samples.FIRST_HOST.bits() + number), 0);
    }

    private static Heard heard(final PortRef port, final int host, final long at) {
        return new Heard(port, host(host), at);
    }

    private Takeover hear(final Heard... heard) {
        timeline.heard(List.of(heard), Samples.RIGHT);
        return timeline.takeover(clock);
    }

    /** With the hosts 0 to 2. */
    private void move(final boolean learns) {
        timeline.tablesMoved(MOVED);
        timeline.hosts(3, () -> ImmutableSet.of(host(0), host(1), host(2)), learns);
    }

    @AfterEach
    void close() {
        clock.close();
    }

    @Test
    void hostsThatSpeakBehindTheNewAttachmentAreConfirmedOnce() {
        move(true);
        assertEquals(0, hear().confirmed());
        final var one = hear(heard(Samples.RIGHT, 1, MOVED), heard(Samples.RIGHT, 1, 60 * MILLIS));
        assertEquals(List.of(3, 1, 40_000L), List.of(one.hosts(), one.confirmed(), one.lastConfirmed()));
        final var all = hear(heard(Samples.RIGHT, 0, 70 * MILLIS), heard(Samples.RIGHT, 2, 80 * MILLIS));
        assertEquals(List.of(3, 3, 80_000L), List.of(all.hosts(), all.confirmed(), all.lastConfirmed()));
        assertEquals(all, hear(heard(Samples.RIGHT, 2, 90 * MILLIS)));
    }

    @Test
    void whatCameElsewhereOrEarlierOrOfNewHostsConfirmsNothing() {
        move(true);
        final var takeover = hear(heard(Samples.LEFT, 0, 50 * MILLIS), heard(Samples.RIGHT, 1, MOVED - 1),
            heard(Samples.RIGHT, 3, 50 * MILLIS));
        assertEquals(0, takeover.confirmed());
        assertNull(takeover.lastConfirmed());
    }

    @Test
    void nobodyIsConfirmedBeforeTheTablesHaveMoved() {
        final var takeover = hear(heard(Samples.RIGHT, 0, 50 * MILLIS));
        assertNull(takeover.hosts());
        assertNull(takeover.confirmed());
    }

    @Test
    void nobodyIsConfirmedWhereHostsAreNotLearned() {
        move(false);
        final var takeover = hear(heard(Samples.RIGHT, 0, 50 * MILLIS));
        assertEquals(3, takeover.hosts());
        assertNull(takeover.confirmed());
    }
}
