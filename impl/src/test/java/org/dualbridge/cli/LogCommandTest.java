/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Counters;
import org.dualbridge.api.DualBridgeStatus.Tables;
import org.dualbridge.api.LogEntry;
import org.dualbridge.api.LogEntry.Kind;
import org.junit.jupiter.api.Test;

class LogCommandTest {
    private static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123456Z");

    @Test
    void showsAnEntryPerLineAndBreaksLongOnes() {
        assertEquals(List.of("db:",
            "2026-11-22T10:00:00.123Z  openflow:1 connected",
            "2026-11-22T10:00:00.123Z  A -> B (no-response): decided 35000, fenced 36000,",
            "                          tables moved 41000 us"),
            show("openflow:1 connected", "A -> B (no-response): decided 35000, fenced 36000, tables moved 41000 us"));
    }

    @Test
    void fitsIn80ColumnsUnlessANameDoesNot() {
        final var name = "n".repeat(54);

        assertTrue(show(name + " -> " + name + " (no-response): decided 35000, fenced 36000").stream()
            .allMatch(line -> line.length() <= 80));
        assertEquals(26 + 64, show("n".repeat(64) + " is dead").get(1).length());
    }

    private static List<String> show(final String... texts) {
        final var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            LogCommand.show(new DualBridgeStatus("db", Condition.PROTECTED, 7, null, null, List.of(),
                List.of(), new Counters(0, 0, 0, Map.of(), new Tables(0, 0, 0, null), Map.of(), 0),
                null, Stream.of(texts).map(text ->
                    new LogEntry(1, TIME, 7, Kind.SWITCH, null, null, null, null, text)).toList()), out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
