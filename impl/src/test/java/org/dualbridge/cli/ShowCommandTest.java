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
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.BridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Counters;
import org.dualbridge.api.DualBridgeStatus.Fence;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.api.DualBridgeStatus.Tables;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.Test;

class ShowCommandTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void showsWhatIsHeldOutAndLateAndTheSyncGroup() {
        final var lines = show("db", "group", bridge("A", NOW.plusSeconds(125), true),
            bridge("B", NOW.minusSeconds(1), false));

        assertEquals(List.of("sync group: group", "held out: A, 2 min more", "maintenance: A, draining",
            "failing tracker: gateway of A", "late: A at openflow:1:1", "isolated: A at openflow:1:1"),
            lines.subList(lines.size() - 6, lines.size()));
    }

    @Test
    void showsNothingMoreWhereAllIsWell() {
        final var lines = show("db", null, bridge("A", null, false), bridge("B", null, false));

        assertEquals("db: protected, epoch 7", lines.getFirst());
        assertEquals(5, lines.size(), lines.toString());
    }

    @Test
    void tellsWhatSwitchesRefuse() {
        final var bridge = bridge("left", null, false);

        assertTrue(show("db", null, 2, bridge).contains("refused by switches: 2 entries, tried again"));
        assertTrue(show("db", null, 1, bridge).contains("refused by switches: 1 entry, tried again"));
        assertTrue(show("db", null, bridge).stream().noneMatch(line -> line.startsWith("refused")));
    }

    @Test
    void tellsHowManyHostsWereSeenSinceTheLastTakeover() {
        final var steps = "  decided after 34.6 ms, tables moved after 40.0 ms";
        assertEquals(List.of(steps, "  confirmed: 43 of 106 hosts, the last after 812.3 ms"), confirmed(43, 812_300L));
        assertEquals(List.of(steps, "  confirmed: 0 of 106 hosts"), confirmed(0, null));
        assertEquals(steps, confirmed(null, null).getLast(), "hosts are not learned");
    }

    @Test
    void fitsIn80ColumnsWithTheLongestNames() {
        final var name = "n".repeat(50);

        assertTrue(show("db", name, bridge(name, NOW.plusSeconds(90_000), true)).stream()
            .allMatch(line -> line.length() <= 80));
    }

    private static List<String> confirmed(final @Nullable Integer hosts, final @Nullable Long last) {
        final var lines = show("db", null, 0, new Takeover(7, Reason.NO_RESPONSE, "1:1", "A", "B",
            NOW.minusSeconds(10), 34_600, 37_300L, 40_000L, null, null, 106, hosts, last),
            bridge("A", null, false));
        return lines.subList(lines.size() - 2, lines.size());
    }

    private static BridgeStatus bridge(final String name, final @Nullable Instant heldOut, final boolean late) {
        return new BridgeStatus(name, Role.STANDBY, Reason.STARTUP, NOW, 1, 2, 100, heldOut,
            List.of(new AttachmentStatus("openflow:1:1", Health.ALIVE, true, late, 0,
                late ? Set.of(Fence.INGRESS, Fence.ISOLATE) : Set.of(Fence.INGRESS))),
            late ? List.of("gateway") : List.of(), late ? Maintenance.DRAINING : Maintenance.NONE);
    }

    private static List<String> show(final String name, final @Nullable String group, final BridgeStatus... bridges) {
        return show(name, group, 0, null, bridges);
    }

    private static List<String> show(final String name, final @Nullable String group, final int refused,
            final BridgeStatus... bridges) {
        return show(name, group, refused, null, bridges);
    }

    private static List<String> show(final String name, final @Nullable String group, final int refused,
            final @Nullable Takeover takeover, final BridgeStatus... bridges) {
        final var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            ShowCommand.show(new DualBridgeStatus(name, Condition.PROTECTED, 7, null, group, List.of(bridges),
                List.of(), new Counters(0, 0, 0, Map.of(), new Tables(3, refused, 0, null), Map.of(), 0), takeover,
                List.of()), NOW, out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
