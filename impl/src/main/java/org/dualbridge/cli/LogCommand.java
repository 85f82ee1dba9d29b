/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.cli;

import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridges;
import org.eclipse.jdt.annotation.NonNullByDefault;
import org.eclipse.jdt.annotation.Nullable;

/** {@code dualbridge:log}: what happened to dual bridges, in 80 columns. */
@Service
@Command(scope = "dualbridge", name = "log", description = "Show what happened to dual bridges")
@NonNullByDefault({})
public final class LogCommand implements Action {
    private static final String INDENT = " ".repeat(26);

    @Reference
    private DualBridges dualBridges;
    @Reference
    private Session session;
    @Argument(name = "name", description = "Name of a dual bridge; all if left out")
    private @Nullable String name;

    @Override
    public @Nullable Object execute() {
        final var shown = dualBridges.status().stream()
            .filter(status -> name == null || name.equals(status.name()))
            .toList();
        if (shown.isEmpty()) {
            session.getConsole().println(name == null ? "No dual bridge is configured."
                : "There is no dual bridge '" + name + "'.");
        }
        shown.forEach(status -> show(status, session.getConsole()));
        return null;
    }

    static void show(final DualBridgeStatus status, final PrintStream console) {
        console.printf("%s:%n", status.name());
        status.log().forEach(entry -> {
            // Broken at spaces, so that a line has 80 columns at most; a name alone is 64 at most.
            final var lines = entry.text().replaceAll("(.{1,54}|\\S+)(?: |$)", "$1\n" + INDENT).strip();
            console.printf("%-26s%s%n", entry.time().truncatedTo(ChronoUnit.MILLIS), lines);
        });
    }
}
