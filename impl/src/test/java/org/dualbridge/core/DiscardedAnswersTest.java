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
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.junit.jupiter.api.Test;

class DiscardedAnswersTest {
    private final World world = World.settled(Samples.plain());

    private void assertDiscarded(final Discard reason, final long round, final long mask) {
        final var before = world.machine.snapshot();

        assertEquals(List.of(new Action.CountDiscard(reason)),
            world.tell(new Event.ProbeAnswered(LEFT, round, mask)));
        assertEquals(before, world.machine.snapshot());
    }

    /** Lets one probe of the attachment go unanswered. */
    private long missOne() {
        final var before = world.rounds.get(LEFT);
        world.alive.remove(LEFT);
        while (world.rounds.get(LEFT).equals(before)) {
            world.run(10 * MILLIS);
        }
        world.alive.add(LEFT);
        return before + 1;
    }

    @Test
    void secondAnswerToAProbeIsReplayed() {
        assertDiscarded(Discard.REPLAYED, world.rounds.get(LEFT), -1L);
        assertDiscarded(Discard.REPLAYED, world.rounds.get(LEFT) - 1, -1L);
    }

    @Test
    void secondAnswerThatCarriesFourBitsIsReplayed() {
        assertDiscarded(Discard.REPLAYED, world.rounds.get(LEFT) & 0xf, 0xf);
    }

    @Test
    void answerBehindANewerOneIsLate() {
        final var missed = missOne();
        world.run(150 * MILLIS);

        assertDiscarded(Discard.LATE, missed, -1L);
    }

    @Test
    void answerAfterTheBridgeWasJudgedDeadIsLate() {
        final var missed = missOne();
        world.alive.remove(LEFT);
        world.run(SECONDS);
        assertEquals(Role.FAULT, world.role("left"));

        assertDiscarded(Discard.LATE, missed, -1L);
    }

    @Test
    void answerToAProbeThatWasNeverSentIsForeign() {
        assertDiscarded(Discard.FOREIGN, world.rounds.get(LEFT) + 1, -1L);
        assertDiscarded(Discard.FOREIGN, 0, -1L);
        assertDiscarded(Discard.FOREIGN, -1, -1L);
        assertDiscarded(Discard.FOREIGN, Long.MIN_VALUE, -1L);
        assertDiscarded(Discard.FOREIGN, Long.MAX_VALUE, -1L);
    }

    @Test
    void replayedAnswersKeepNoDeadBridgeAlive() {
        final var round = world.rounds.get(LEFT);
        world.alive.remove(LEFT);
        for (int i = 0; i < 50; i++) {
            world.run(10 * MILLIS);
            world.tell(new Event.ProbeAnswered(LEFT, round, -1L));
        }

        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Samples.RIGHT, world.active());
    }

    @Test
    void replayedAnswersThatCarryFourBitsKeepNoDeadBridgeAlive() {
        final var round = world.rounds.get(LEFT);
        world.alive.remove(LEFT);
        for (int i = 0; i < 50; i++) {
            world.run(10 * MILLIS);
            world.tell(new Event.ProbeAnswered(LEFT, round & 0xf, 0xf));
        }

        assertEquals(Role.FAULT, world.role("left"));
    }

    @Test
    void answerAtAPortThatIsNoAttachmentIsIgnored() {
        assertEquals(List.of(), world.tell(new Event.ProbeAnswered(new PortRef(1, 99), 1, -1L)));
    }
}
