/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.DualBridge.HaMode;

/** Any ranks. */
class RankPropertyTest {
    /** Few values, so that ties come often. */
    @Provide
    static Arbitrary<Rank> ranks() {
        return Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(true, false),
            Arbitraries.of(HaMode.class), Arbitraries.of(true, false), Arbitraries.of(1, 2, 100, 65535),
            Arbitraries.of(0, 1, 98, 255), Arbitraries.integers().between(0, 7))
            .as(Rank::new);
    }

    @Property
    void twoBridgesNeverHaveTheSameRank(@ForAll("ranks") final Rank one, @ForAll("ranks") final Rank other) {
        Assume.that(one.position() != other.position());

        assertNotEquals(0, one.compareTo(other));
    }

    @Property
    void orderIsTotal(@ForAll("ranks") final Rank first, @ForAll("ranks") final Rank second,
            @ForAll("ranks") final Rank third) {
        assertEquals(Integer.signum(first.compareTo(second)), -Integer.signum(second.compareTo(first)));
        assertEquals(0, first.compareTo(first));
        if (first.compareTo(second) <= 0 && second.compareTo(third) <= 0) {
            assertTrue(first.compareTo(third) <= 0);
        }
    }

    @Example
    void itsOwnTrackersDemoteAlsoBeforeOneThatOthersHoldBack() {
        final var active = new Rank(false, false, HaMode.AUTO, false, 100, 50, 0);
        final var other = new Rank(false, false, HaMode.AUTO, false, 50, 60, 1);

        assertEquals(Optional.of(Reason.TRACKER), active.demotedBy(other));
        assertEquals(Optional.empty(), new Rank(false, false, HaMode.AUTO, false, 111, 50, 0).demotedBy(other));
    }

    @Property
    void onlyABetterOneDemotes(@ForAll("ranks") final Rank active, @ForAll("ranks") final Rank other) {
        assertTrue(active.demotedBy(other).isEmpty() || other.compareTo(active) < 0);
    }
}
