/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.RIGHT;
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Method;

/** Any history of bridges that fail and recover. */
class LastBridgePropertyTest {
    private static final List<PortRef> PORTS = List.of(LEFT, RIGHT, new PortRef(3, 1));
    private static final DualBridge CONFIG = Samples.withDamping(Samples.withHold(Samples.with(Method.ARP,
        Samples.bridge("left", 50, null, new Attachment(PORTS.get(0), null)),
        Samples.bridge("right", 100, null, new Attachment(PORTS.get(1), null)),
        Samples.bridge("third", 100, null, new Attachment(PORTS.get(2), null))), new Hold(0, 600 * SECONDS, SECONDS)),
        new Damping(2, 600 * SECONDS, 600 * SECONDS));

    /** A bridge that fails, or recovers, and then a while. */
    record Turn(int bridge, long millis) {
        void happen(final World world) {
            final var port = PORTS.get(bridge);
            if (!world.alive.remove(port)) {
                world.alive.add(port);
            }
            world.run(millis * MILLIS);
        }
    }

    @Provide
    static Arbitrary<Turn> turns() {
        return Combinators.combine(Arbitraries.integers().between(0, 2), Arbitraries.oneOf(
            Arbitraries.longs().between(0, 1000), Arbitraries.longs().between(1000, 20_000))).as(Turn::new);
    }

    @Property(tries = 300)
    void healthTimeAndDampingNeverKeepOutTheLastHealthyBridge(
            @ForAll @Size(max = 20) final List<@From("turns") Turn> turns, @ForAll @IntRange(max = 2) final int last) {
        final var world = World.settled(CONFIG);
        turns.forEach(turn -> turn.happen(world));
        world.alive.clear();
        world.alive.add(PORTS.get(last));
        world.run(3 * SECONDS);

        assertEquals(PORTS.get(last), world.active());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }
}
