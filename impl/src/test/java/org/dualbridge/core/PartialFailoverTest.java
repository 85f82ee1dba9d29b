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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A sync group none of whose sides is whole, judged by heartbeats: what fails together is noticed one by one. */
class PartialFailoverTest {
    /** Three misses and one interval. */
    private static final long SETTLE = 400 * MILLIS;
    private static final long NEWS = 300 * MILLIS;
    /** A switch that no attachment is at. */
    private static final long ELSEWHERE = 77;

    private final List<DualBridgeMachine> group;
    private long now = 1000 * SECONDS;

    PartialFailoverTest() {
        final var config = Samples.plain();
        group = IntStream.range(0, 6)
            .mapToObj(i -> new DualBridgeMachine(Samples.named(config, "db" + i), new Intent(0, null), now))
            .toList();
        DualBridgeMachine.group(group, now);
        group.forEach(member -> config.nodes().forEach(node -> tell(member, new Event.SwitchConnected(node))));
        runUntil(now + 10 * SECONDS);
        assertActive(LEFT);
        // One has no right side; with a left one less they are even, with two less the right side is better.
        link(0, RIGHT);
        link(1, LEFT);
        runUntil(now + 10 * SECONDS);
        assertActive(LEFT);
        link(2, LEFT);
    }

    private void assertActive(final PortRef port) {
        group.forEach(member -> assertEquals(port, member.intent().active()));
    }

    /** Has all probes answered at once. */
    private void tell(final DualBridgeMachine member, final Event event) {
        take(member, member.handle(event, now));
        group.forEach(peer -> take(peer, peer.takePending()));
    }

    private void take(final DualBridgeMachine member, final List<Action> actions) {
        for (final var action : actions) {
            if (action instanceof Action.SendProbe(var port, var round)) {
                tell(member, new Event.ProbeAnswered(port, round, -1L));
            }
        }
    }

    private void link(final int member, final PortRef port) {
        tell(group.get(member), new Event.LinkChanged(port, false));
    }

    private void runUntil(final long end) {
        while (true) {
            final var next = group.stream().mapToLong(DualBridgeMachine::wakeAt).min().orElseThrow();
            if (next > end) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            group.forEach(member -> tell(member, new Event.TimePassed()));
        }
    }

    @Test
    void groupMovesWhenNothingFailsAnyMore() {
        runUntil(now + SETTLE - MILLIS);
        assertActive(LEFT);

        runUntil(now + MILLIS);
        assertActive(RIGHT);
    }

    @Test
    void newsPutsThatOff() {
        runUntil(now + NEWS);
        tell(group.get(5), new Event.SwitchConnected(ELSEWHERE));
        runUntil(now + SETTLE - MILLIS);
        assertActive(LEFT);

        runUntil(now + MILLIS);
        assertActive(RIGHT);
    }

    @Test
    void newsWithoutEndPutsThatOffThreeTimes() {
        final var wanted = now;
        while (group.getFirst().intent().active().equals(LEFT)) {
            assertTrue(now < wanted + 5 * SECONDS, "never");
            runUntil(now + NEWS);
            tell(group.get(5), new Event.SwitchConnected(ELSEWHERE));
        }
        assertActive(RIGHT);
        assertTrue(now >= wanted + 4 * SETTLE && now < wanted + 4 * SETTLE + NEWS, "after " + (now - wanted) / MILLIS);
    }
}
