/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dualbridge.simulation.bench.TakeoverBenchmark.Held;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.Blackhole;

/** That the benchmark measures takeovers; it throws where there is none. */
class TakeoverBenchmarkTest {
    @Test
    void everyTurnIsATakeover() {
        final var sink = new Blackhole(
            "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");
        final var benchmark = new TakeoverBenchmark();
        benchmark.hosts = 3;
        benchmark.prepare();
        for (int turn = 0; turn < 4; turn++) {
            benchmark.takeover(sink);
        }
    }

    @Test
    void everyHostIsHeld() {
        assertEquals(100, Held.of(101).flows().size() - Held.of(1).flows().size());
    }
}
