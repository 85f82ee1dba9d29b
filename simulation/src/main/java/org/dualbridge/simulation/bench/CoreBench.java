/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation.bench;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dualbridge.simulation.bench.TakeoverBenchmark.Held;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures the core with JMH; the command line of {@code ./dualbridge bench core}. */
@SuppressWarnings("checkstyle:RegexpSinglelineJava")
public final class CoreBench {
    /** The most that 10,000 hosts may cost, as a ratio to one. */
    private static final double MAX_RATIO = 1.5;
    private static final int MAX_OCTETS = 1024;
    private static final int HOSTS = 10_000;
    private static final int COPIES = 10;

    private CoreBench() {
        // runs only
    }

    /**
     * Runs all, and exits with 1 if a limit is not held.
     *
     * @param args none
     * @throws RunnerException if JMH cannot run
     */
    public static void main(final String[] args) throws RunnerException {
        System.out.println("measuring takeovers, 4 times 8 s");
        final var results = new Runner(new OptionsBuilder().include(TakeoverBenchmark.class.getName())
            .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT).build()).run();
        final var micros = new TreeMap<Integer, Double>();
        final var octets = new TreeMap<Integer, Double>();
        System.out.println("\na takeover, decided and put into messages: one switch, two bridges\n");
        System.out.println(" hosts        us       +-   octets allocated");
        for (final var result : results) {
            final var hosts = Integer.valueOf(result.getParams().getParam("hosts"));
            micros.put(hosts, result.getPrimaryResult().getScore());
            octets.put(hosts, result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
            System.out.printf("%6d  %8.2f %8.2f   %16.0f%n", hosts, micros.get(hosts),
                result.getPrimaryResult().getScoreError(), octets.get(hosts));
        }
        System.out.println();
        final var held = octetsPerHost();
        final var verdicts = List.of(verdict("time, 10,000 hosts / 1", ratio(micros), MAX_RATIO),
            verdict("allocation, 10,000 hosts / 1", ratio(octets), MAX_RATIO),
            verdict("memory per host of 10,000, octets", held, MAX_OCTETS));
        System.exit(verdicts.contains(false) ? 1 : 0);
    }

    private static double ratio(final Map<Integer, Double> byHosts) {
        return byHosts.get(HOSTS) / byHosts.get(1);
    }

    private static boolean verdict(final String what, final double value, final double limit) {
        System.out.printf("%-34s %8.2f  limit %7.1f  %s%n", what, value, limit, value <= limit ? "OK" : "missed");
        return value <= limit;
    }

    /** What a host adds to the heap, in what the core holds. */
    private static double octetsPerHost() {
        final var copies = new Held[COPIES];
        copies[0] = Held.of(HOSTS);
        final var before = used();
        for (int i = 1; i < COPIES; i++) {
            copies[i] = Held.of(HOSTS);
        }
        final var after = used();
        Reference.reachabilityFence(copies);
        return (double) (after - before) / (COPIES - 1) / HOSTS;
    }

    private static long used() {
        final var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
