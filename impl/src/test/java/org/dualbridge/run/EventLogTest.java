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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.api.LogEntry;
import org.dualbridge.api.LogEntry.Kind;
import org.dualbridge.core.Intent;
import org.dualbridge.core.Snapshot;
import org.dualbridge.core.Snapshot.BridgeView;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final EventLog log = new EventLog(() -> NOW, () -> 7);

    private static Snapshot snapshot(final Role role, final Reason reason, final Health health, final boolean late,
            final String... failing) {
        return new Snapshot(new Intent(7, null), Condition.PROTECTED, ImmutableList.of(new BridgeView("A", role, reason,
            0, 0, 0, 1, 0, ImmutableList.of(new AttachmentStatus("openflow:1:1", health, true, late, 0, Set.of())),
            List.of(failing), Maintenance.NONE)), 0, 0, 0);
    }

    private List<String> told() {
        return log.read().stream().map(LogEntry::text).toList();
    }

    @Test
    void whatIsNotAsItWasIsToldOnce() {
        log.note(snapshot(Role.INITIALIZE, Reason.STARTUP, Health.UNKNOWN, false));
        assertEquals(List.of(), told());

        log.note(snapshot(Role.ACTIVE, Reason.STARTUP, Health.ALIVE, false));
        log.note(snapshot(Role.ACTIVE, Reason.STARTUP, Health.ALIVE, true));
        log.note(snapshot(Role.ACTIVE, Reason.STARTUP, Health.ALIVE, true));
        log.note(snapshot(Role.FAULT, Reason.NO_RESPONSE, Health.DEAD, true, "lan", "gateway"));
        log.note(snapshot(Role.FAULT, Reason.NO_RESPONSE, Health.DEAD, false, "lan"));

        assertEquals(List.of("A at openflow:1:1 is alive", "A: initialize -> active (startup)",
            "A at openflow:1:1 is late", "A at openflow:1:1 is dead", "tracker gateway of A fails",
            "tracker lan of A fails", "A: active -> fault (no-response)", "tracker gateway of A holds"), told());
        final var last = log.read().get(6);
        assertEquals(new LogEntry(7, NOW, 7, Kind.ROLE, "A", Role.ACTIVE, Role.FAULT, Reason.NO_RESPONSE, last.text()),
            last);
    }

    @Test
    void roleFromBeforeARestartIsTold() {
        log.note(snapshot(Role.ACTIVE, Reason.RESTORED, Health.ALIVE, false));

        assertEquals(List.of("A: none -> active (restored)"), told());
        assertNull(log.read().getFirst().before());
    }

    @Test
    void takeoverIsToldWithItsTimes() {
        log.moved(new Takeover(7, Reason.NO_RESPONSE, "1:1", "A", "B", NOW, 35_000, 36_000L, 41_000L, null, null,
            5, null, null), false, List.of());
        log.moved(new Takeover(8, Reason.OPERATOR, "switchover", null, "A", NOW, 0, null, null, null, null, null,
            null, null), true, List.of());

        assertEquals(List.of("A -> B (no-response): decided 35000, fenced 36000, tables moved 41000 us",
            "none -> A (operator, planned): decided 0, fenced never, tables moved never us"), told());
    }

    @Test
    void switchesThatCouldNotBeToldOfATakeoverAreNamed() {
        log.moved(new Takeover(7, Reason.NO_RESPONSE, "1:1", "A", "B", NOW, 35_000, 36_000L, 41_000L, null, null,
            null, null, null), false, List.of(2L, 3L));

        assertEquals(List.of("A -> B (no-response): decided 35000, fenced 36000, tables moved 41000 us, not on "
            + "openflow:2, openflow:3, not connected"), told());
    }

    @Test
    void newestHundredAreKeptAndNumbersGoOn() {
        for (int i = 1; i <= 250; i++) {
            log.add(Kind.SWITCH, "number " + i);
        }

        assertEquals(100, log.read().size());
        assertEquals(151, log.read().getFirst().number());
        assertEquals("number 250", log.read().getLast().text());
    }

    @Test
    void entriesThatASwitchRefusesOneAfterTheOtherFillNoLog() {
        log.refused("openflow:1: HOST flow: table full");
        log.refused("openflow:1: HOST flow: table full");
        log.add(Kind.SWITCH, "openflow:1 connected");
        log.refused("openflow:1: group: unknown");

        assertEquals(3, log.read().size());
    }

    @Test
    void newsAreNewsUntilTheyAreRead() {
        assertFalse(log.hasNews());
        log.add(Kind.CONFIGURATION, "configured");
        assertTrue(log.hasNews());
        log.read();
        assertFalse(log.hasNews());
    }
}
