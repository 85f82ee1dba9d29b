/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.MaskedMac;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacCoverTest {
    private static final long FIRST = 0x5254_0000_0000L;
    private static final long LAST = 0xffff_ffff_ffffL;

    private static Set<Mac> sequence(final long from, final int count) {
        return LongStream.range(from, from + count).mapToObj(Mac::new).collect(Collectors.toSet());
    }

    private static long matches(final Collection<MaskedMac> cover, final Mac mac) {
        return cover.stream().filter(block -> block.matches(mac)).count();
    }

    /** Every address matches once; addresses that differ in one bit, or by one, match only if they are covered too. */
    private static List<MaskedMac> assertExact(final Set<Mac> macs) {
        final var cover = MacCover.of(macs);
        for (final var mac : macs) {
            assertEquals(1, matches(cover, mac), mac::toString);
            final var near = new HashSet<>(Set.of(new Mac(mac.bits() - 1 & LAST), new Mac(mac.bits() + 1 & LAST)));
            for (int bit = 0; bit < 48; bit++) {
                near.add(new Mac(mac.bits() ^ 1L << bit));
            }
            near.forEach(other -> assertEquals(macs.contains(other) ? 1 : 0, matches(cover, other),
                other::toString));
        }
        // No block has more members than there are addresses.
        assertEquals(macs.size(), cover.stream().mapToLong(block -> 1L << 48 - Long.bitCount(block.mask().bits()))
            .sum());
        return cover;
    }

    @Test
    void noAddressesNeedNoBlock() {
        assertEquals(List.of(), MacCover.of(List.of()));
    }

    @Test
    void oneAddressIsMatchedExactly() {
        final var mac = Mac.parse("52:54:00:12:34:56");

        assertEquals(List.of(MaskedMac.exact(mac)), MacCover.of(List.of(mac)));
        assertTrue(MacCover.of(List.of(mac, mac)).getFirst().isExact());
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 7, 8, 9, 255, 256, 257 })
    void sequenceIsCoveredExactlyWhereverItBegins(final int count) {
        for (int offset = 0; offset < 5; offset++) {
            assertExact(sequence(FIRST + offset, count));
        }
    }

    @Test
    void alignedPowerOfTwoIsOneBlock() {
        assertEquals(1, assertExact(sequence(FIRST, 512)).size());
    }

    @Test
    void tenThousandAddressesInSequenceMakeAHandfulOfBlocks() {
        assertEquals(5, MacCover.of(sequence(FIRST, 10_000)).size());
        assertTrue(MacCover.of(sequence(FIRST + 1, 10_000)).size() <= 2 * 14);
    }

    @Test
    void bothEndsOfTheAddressSpaceAreCovered() {
        assertExact(sequence(0, 5));
        assertExact(sequence(LAST - 4, 5));
    }

    @Test
    void anySetIsCoveredExactly() {
        final var random = new Random(1);
        for (int i = 0; i < 100; i++) {
            final var macs = random.longs(1 + random.nextInt(60), FIRST, FIRST + 80).mapToObj(Mac::new)
                .collect(Collectors.toSet());
            random.longs(5, 0, LAST).mapToObj(Mac::new).forEach(macs::add);
            assertExact(macs);
        }
    }
}
