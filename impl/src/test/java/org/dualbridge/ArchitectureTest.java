/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final Path ROOT = Path.of("src", "main", "java", "org", "dualbridge");
    private static final String OUTSIDE =
        "org\\.opendaylight\\.|org\\.slf4j\\.|java\\.util\\.concurrent\\.(?!TimeUnit\\b)";
    private static final String CLOCK_OR_THREAD =
        "System\\.(nanoTime|currentTimeMillis)|\\bThread\\b|Instant\\.now|synchronized\\b|\\bvolatile\\b";

    /** Lines of code of a package, without comments, that a pattern is found in. */
    private static List<String> found(final String name, final String pattern) throws IOException {
        final var regex = Pattern.compile(pattern);
        try (Stream<Path> files = Files.list(ROOT.resolve(name))) {
            final var sources = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            assertFalse(sources.isEmpty());
            return sources.stream()
                .flatMap(file -> read(file).lines()
                    .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/*"))
                    .filter(line -> regex.matcher(line).find())
                    .map(line -> file.getFileName() + ": " + line.strip()))
                .toList();
        }
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "core", "table", "frame" })
    void innerPackagesKnowNeitherOpenDaylightNorLoggersNorThreads(final String name) throws IOException {
        assertEquals(List.of(), found(name, OUTSIDE));
    }

    @ParameterizedTest
    @ValueSource(strings = { "core", "table", "frame" })
    void innerPackagesAreGivenTheTime(final String name) throws IOException {
        assertEquals(List.of(), found(name, CLOCK_OR_THREAD));
    }

    @ParameterizedTest
    @CsvSource({
        "frame, core|table|openflow|run|config|datastore|cli",
        "core, table|openflow|run|config|datastore|cli",
        "table, openflow|run|config|datastore|cli",
        "config, openflow|run|datastore|cli",
        "datastore, openflow|config|cli",
    })
    void dependenciesPointInward(final String name, final String outer) throws IOException {
        assertEquals(List.of(), found(name, "org\\.dualbridge\\.(" + outer + ")\\b"));
    }
}
