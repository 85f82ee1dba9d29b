/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.table.ShellTable;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Fence;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridges;
import org.eclipse.jdt.annotation.NonNullByDefault;
import org.eclipse.jdt.annotation.Nullable;

/** {@code dualbridge:show}: the bridges, their roles, and the last takeover, in 80 columns. */
@Service
@Command(scope = "dualbridge", name = "show", description = "Show dual bridges, roles and last takeovers")
@NonNullByDefault({})
public final class ShowCommand implements Action {
    private static final int BRIDGE_COLUMNS = 20;

    @Reference
    private DualBridges dualBridges;
    @Reference
    private Session session;
    @Argument(name = "name", description = "Name of a dual bridge; all if left out")
    private @Nullable String name;

    @Override
    public @Nullable Object execute() {
        final var now = Instant.now();
        final var console = session.getConsole();
        final var shown = dualBridges.status().stream()
            .filter(status -> name == null || name.equals(status.name()))
            .toList();
        if (shown.isEmpty()) {
            console.println(name == null ? "No dual bridge is configured."
                : "There is no dual bridge '" + name + "'.");
        }
        shown.forEach(status -> show(status, now, console));
        return null;
    }

    static void show(final DualBridgeStatus status, final Instant now, final PrintStream console) {
        console.printf("%s: %s, epoch %d%n", status.name(), word(status.condition()), status.epoch());
        final var table = new ShellTable();
        table.column("bridge").maxSize(BRIDGE_COLUMNS);
        table.column("role").maxSize(10);
        table.column("since").maxSize(9);
        table.column("reason").maxSize(11);
        table.column("attachment").maxSize(24);
        status.bridges().forEach(bridge -> {
            final var attachment = bridge.attachments().stream()
                .filter(a -> a.nodeConnector().equals(status.activeAttachment()))
                .findFirst().orElse(bridge.attachments().getFirst());
            table.addRow().addContent(bridge.name(), word(bridge.role()), ago(bridge.since(), now),
                word(bridge.reason()), attachment.nodeConnector());
        });
        table.print(console);
        if (status.syncGroup() != null) {
            console.printf("sync group: %s%n", status.syncGroup());
        }
        status.bridges().forEach(bridge -> {
            final var until = bridge.heldOutUntil();
            if (until != null && until.isAfter(now)) {
                console.printf("held out: %s, %s more%n", brief(bridge.name()), ago(now, until));
            }
            if (bridge.maintenance() != Maintenance.NONE) {
                console.printf("maintenance: %s, %s%n", brief(bridge.name()), word(bridge.maintenance()));
            }
            bridge.failingTrackers().forEach(tracker ->
                console.printf("failing tracker: %s of %s%n", brief(tracker), brief(bridge.name())));
            bridge.attachments().stream().filter(AttachmentStatus::late).forEach(attachment ->
                console.printf("late: %s at %s%n", brief(bridge.name()), attachment.nodeConnector()));
            bridge.attachments().stream().filter(attachment -> attachment.fences().contains(Fence.ISOLATE))
                .forEach(attachment ->
                    console.printf("isolated: %s at %s%n", brief(bridge.name()), attachment.nodeConnector()));
        });
        final var refused = status.counters().tables().refusedNow();
        if (refused > 0) {
            console.printf("refused by switches: %d %s, tried again%n", refused, refused == 1 ? "entry" : "entries");
        }
        final var takeover = status.lastTakeover();
        if (takeover != null) {
            console.printf("last takeover: %s -> %s (%s) %s ago,%n  decided after %s, tables moved after %s%n",
                takeover.from() == null ? "none" : takeover.from(), takeover.to(), word(takeover.reason()),
                ago(takeover.at(), now), millis(takeover.decided()), millis(takeover.tablesMoved()));
            if (takeover.confirmed() != null && takeover.hosts() != null) {
                console.printf("  confirmed: %d of %d hosts%s%n", takeover.confirmed(), takeover.hosts(),
                    takeover.lastConfirmed() == null ? "" : ", the last after " + millis(takeover.lastConfirmed()));
            }
        }
    }

    private static String word(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String brief(final String bridge) {
        return bridge.length() <= BRIDGE_COLUMNS ? bridge : bridge.substring(0, BRIDGE_COLUMNS - 3) + "...";
    }

    private static String millis(final @Nullable Long micros) {
        return micros == null ? "?" : String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
    }

    private static String ago(final Instant then, final Instant now) {
        final var seconds = Math.max(0, Duration.between(then, now).toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
