/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The same seeds on every machine; {@code -Dsimulation.seeds=N} runs more or fewer. */
class SimulationTest {
    private static final long SEEDS = Long.getLong("simulation.seeds", 10_000);
    private static final long PORTION = 2_000;

    @Test
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    void noSeedBreaksWhatMustAlwaysHold() {
        final var begin = System.nanoTime();
        long moves = 0;
        for (long from = 0; from < SEEDS; from += PORTION) {
            final var to = Math.min(SEEDS, from + PORTION);
            final var results = LongStream.range(from, to).parallel()
                .mapToObj(seed -> Simulation.run(seed, false))
                .toList();
            assertEquals("", results.stream()
                .flatMap(result -> result.violation().stream().map(violation -> "seed " + result.seed() + ": "
                    + violation + "; replay it: ./dualbridge simulate --trace " + result.seed()))
                .collect(Collectors.joining("\n")));
            moves += results.stream().mapToInt(Simulation.Result::moves).sum();
            System.out.printf("%d of %d seeds, %d role changes, no violation, %.0f s%n", to, SEEDS, moves,
                (System.nanoTime() - begin) / 1e9);
        }
        assertTrue(moves > 2 * SEEDS, "so little happens that nothing is proved: " + moves + " role changes");
    }

    @Test
    void seedDecidesEverything() {
        LongStream.range(0, 50).parallel().forEach(seed -> {
            final var first = Simulation.run(seed, true);
            final var second = Simulation.run(seed, true);
            assertEquals(first.trace(), second.trace(), "seed " + seed);
            assertEquals(first.fingerprint(), second.fingerprint(), "seed " + seed);
            assertEquals(first.fingerprint(), Simulation.run(seed, false).fingerprint(),
                "whether the trace is kept makes no difference to seed " + seed);
        });
    }

    @Test
    void otherSeedIsAnotherStory() {
        assertNotEquals(Simulation.run(1, false).fingerprint(), Simulation.run(2, false).fingerprint());
    }
}
