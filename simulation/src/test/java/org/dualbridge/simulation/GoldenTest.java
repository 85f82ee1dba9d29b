/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the papers tell, as scripts, each with the trace that is expected of it; {@code -Dgolden.rewrite} writes what is
 * traced now in its place, to be read and committed.
 */
class GoldenTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final String TRACE = "\n--- trace\n";

    static Stream<String> scripts() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void traceIsAsItIsWrittenDown(final String name) throws IOException {
        final var file = FOLDER.resolve(name);
        final var text = Files.readString(file);
        final var end = text.indexOf(TRACE);
        assertTrue(end >= 0, name + " has no line '--- trace'");
        final var script = text.substring(0, end);
        final var trace = new Script(script.lines().toList()).run();
        if (System.getProperty("golden.rewrite") != null) {
            Files.writeString(file, script + TRACE + trace);
            return;
        }
        assertEquals(text.substring(end + TRACE.length()), trace, name);
    }
}
