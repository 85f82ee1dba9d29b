/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dualbridge.core.DualBridge.Pace;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final Pace PACE = new Pace(1000, 10);

    private final TokenBucket bucket = new TokenBucket();

    @Test
    void burstLeavesAtOnceAndTheRestAtTheRate() {
        for (int i = 0; i < 10; i++) {
            assertEquals(0, bucket.take(0, 1, PACE));
        }
        assertEquals(MILLIS, bucket.take(0, 1, PACE));
        assertEquals(3 * MILLIS, bucket.take(0, 2, PACE));
    }

    @Test
    void pauseFillsItUpToTheBurstAndNoFurther() {
        assertEquals(0, bucket.take(0, 10, PACE));
        assertEquals(4 * MILLIS, bucket.take(4 * MILLIS, 4, PACE));
        assertEquals(SECONDS, bucket.take(SECONDS, 10, PACE));
        assertEquals(SECONDS + MILLIS, bucket.take(SECONDS, 1, PACE));
    }

    @Test
    void moreThanFitsInWaitsUntilItIsFullAndIsPaidForAfterwards() {
        assertEquals(0, bucket.take(0, 1000, PACE));
        assertEquals(SECONDS, bucket.take(0, 10, PACE));
        assertEquals(SECONDS + 10 * MILLIS, bucket.take(0, 1000, PACE));
    }

    @Test
    void whoeverAsksFirstIsServedFirstAndEachAtItsOwnRate() {
        final var slow = new Pace(100, 1);
        assertEquals(0, bucket.take(0, 10, PACE));
        assertEquals(10 * MILLIS, bucket.take(0, 1, slow));
        assertEquals(20 * MILLIS, bucket.take(0, 10, PACE));
    }

    @Test
    void whoeverTakesFromSeveralWaitsForTheLatest() {
        final var other = new TokenBucket();
        assertEquals(0, bucket.take(0, 10, PACE));
        assertEquals(10 * MILLIS, TokenBucket.take(List.of(bucket, other), 0, 10, PACE));
        assertEquals(20 * MILLIS, other.take(0, 10, PACE), "what it gives leaves together with the rest");
        assertEquals(20 * MILLIS, bucket.take(0, 10, PACE));
    }

    @Test
    void whatIsRefusedIsNotPaidFor() {
        for (int i = 0; i < 10; i++) {
            assertTrue(bucket.takeNow(0, PACE));
        }
        for (int i = 0; i < 100_000; i++) {
            assertFalse(bucket.takeNow(0, PACE));
        }
        assertTrue(bucket.takeNow(MILLIS, PACE));
        assertFalse(bucket.takeNow(MILLIS, PACE));
    }

    @Property
    boolean noSpanHasMoreThanItsRateAndTheBurst(@ForAll @Size(min = 1, max = 50) final int[] pauses,
            @ForAll @IntRange(min = 1, max = 10) final int tokens) {
        final var filling = new TokenBucket();
        final var at = new ArrayList<Long>();
        long now = 0;
        for (final var pause : pauses) {
            now += Math.floorMod(pause, 20) * MILLIS;
            at.add(filling.take(now, tokens, PACE));
        }
        assertPaced(at, tokens);
        return true;
    }

    @Property
    boolean noneOfSeveralGivesMoreThanItsRateAndTheBurst(
            @ForAll @Size(min = 1, max = 50) final List<@IntRange(min = 1, max = 7) Integer> choices,
            @ForAll @IntRange(min = 0, max = 9) final int pause,
            @ForAll @IntRange(min = 1, max = 10) final int tokens) {
        final var buckets = List.of(new TokenBucket(), new TokenBucket(), new TokenBucket());
        final var at = new ArrayList<List<Long>>();
        buckets.forEach(any -> at.add(new ArrayList<>()));
        long now = 0;
        for (final var choice : choices) {
            final var chosen = IntStream.range(0, 3).filter(i -> (choice >> i & 1) == 1).boxed().toList();
            final var when = TokenBucket.take(chosen.stream().map(buckets::get).toList(), now, tokens, PACE);
            chosen.forEach(i -> at.get(i).add(when));
            now += pause * MILLIS;
        }
        at.forEach(times -> {
            times.sort(null);
            assertPaced(times, tokens);
        });
        return true;
    }

    private static void assertPaced(final List<Long> at, final int tokens) {
        for (int from = 0; from < at.size(); from++) {
            for (int to = from; to < at.size(); to++) {
                final var taken = (long) (to - from + 1) * tokens;
                assertTrue(taken <= PACE.burst() + (at.get(to) - at.get(from)) / MILLIS, at::toString);
            }
        }
    }
}
