/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.MaskedMac;

/**
 * Covers a set of MAC addresses exactly, by the fewest aligned blocks, as routes cover addresses (RFC 4632).
 *
 * <p>Hypervisors hand out addresses in sequence, so thousands of hosts make a handful of flows. Fewer flows also make
 * fewer entries in a software switch's cache, and a changed group takes effect only as fast as those are revalidated.
 */
final class MacCover {
    private static final int BITS = 48;
    private static final long ALL = (1L << BITS) - 1;

    private MacCover() {
        // computes only
    }

    /**
     * Computes the cover.
     *
     * @param macs addresses, in any order
     * @return disjoint blocks that include each of them and nothing else, ascending
     */
    static ImmutableList<MaskedMac> of(final Collection<Mac> macs) {
        final var sorted = macs.stream().mapToLong(Mac::bits).sorted().distinct().toArray();
        final var cover = ImmutableList.<MaskedMac>builder();
        int at = 0;
        while (at < sorted.length) {
            // The largest block that is aligned here and whose last member follows without a gap.
            int size = 0;
            while (size < BITS && fits(sorted, at, size + 1)) {
                size++;
            }
            cover.add(new MaskedMac(new Mac(sorted[at]), new Mac(ALL << size & ALL)));
            at += 1 << size;
        }
        return cover.build();
    }

    private static boolean fits(final long[] sorted, final int at, final int size) {
        if (size > 30 || (sorted[at] & (1L << size) - 1) != 0) {
            return false;
        }
        final var last = at + (1L << size) - 1;
        return last < sorted.length && sorted[(int) last] == sorted[at] + (1L << size) - 1;
    }
}
