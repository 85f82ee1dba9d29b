/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What happened, line by line, in seconds since the start. */
final class Trace {
    private static final long START = 1000 * Clock.SECONDS;

    private final StringBuilder text = new StringBuilder();
    private final Hasher hasher = Hashing.murmur3_128().newHasher();
    private final Map<String, String> states = new HashMap<>();
    private final boolean keepsText;

    Trace(final boolean keepsText) {
        this.keepsText = keepsText;
    }

    void line(final long now, final String line) {
        hash(now, line);
        tell(now, line);
    }

    /** A state; it is told only where it differs from the last one of the same name. */
    void state(final long now, final String name, final String state) {
        final var line = name + ": " + state;
        hash(now, line);
        if (!state.equals(states.put(name, state))) {
            tell(now, line);
        }
    }

    private void hash(final long now, final String line) {
        hasher.putLong(now).putString(line, StandardCharsets.UTF_8);
    }

    /** Tells what is no part of the fingerprint. */
    void tell(final long now, final String line) {
        if (keepsText) {
            text.append(String.format(Locale.ROOT, "%8.3f  %s%n", (now - START) / 1e9, line));
        }
    }

    /** A number that differs between different traces. */
    String fingerprint() {
        return hasher.hash().toString();
    }

    String text() {
        return text.toString();
    }
}
