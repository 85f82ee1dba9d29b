/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/** Runs many seeds; the command line of {@code ./dualbridge simulate}. */
@SuppressWarnings("checkstyle:RegexpSinglelineJava")
public final class Main {
    private static final int WRONG_USE = 2;
    private static final long PORTION = 1000;

    private Main() {
        // runs only
    }

    /**
     * Runs seeds, and stops at the first violation.
     *
     * @param args {@code --seeds N}, {@code --from SEED}; or {@code --trace SEED}, which tells what happens
     */
    public static void main(final String[] args) {
        long seeds = 10_000;
        long from = 0;
        try {
            for (int i = 0; i < args.length; i += 2) {
                final var value = Long.parseLong(args[i + 1]);
                switch (args[i]) {
                    case "--seeds" -> seeds = value;
                    case "--from" -> from = value;
                    case "--trace" -> {
                        final var result = Simulation.run(value, true);
                        System.out.print(result.trace());
                        System.exit(result.violation().isPresent() ? 1 : 0);
                    }
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
        } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException e) {
            System.err.println("dualbridge simulate: " + e.getMessage()
                + "; use --seeds N, --from SEED or --trace SEED");
            System.exit(WRONG_USE);
        }
        final var begin = System.nanoTime();
        final var moves = new LongAdder();
        for (long first = from; first < from + seeds; first += PORTION) {
            final var end = Math.min(from + seeds, first + PORTION);
            final var failed = LongStream.range(first, end).parallel()
                .mapToObj(seed -> Simulation.run(seed, false))
                .peek(result -> moves.add(result.moves()))
                .filter(result -> result.violation().isPresent())
                .toList();
            if (!failed.isEmpty()) {
                failed.forEach(result -> System.out.println("seed " + result.seed() + ": "
                    + result.violation().orElseThrow()));
                System.out.println("replay it: ./dualbridge simulate --trace " + failed.getFirst().seed());
                System.exit(1);
            }
            System.out.printf("%d of %d seeds, %d role changes, no violation, %.0f s%n", end - from, seeds,
                moves.sum(), (System.nanoTime() - begin) / 1e9);
        }
    }
}
