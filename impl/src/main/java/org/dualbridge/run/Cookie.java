/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.Optional;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;

/**
 * What is in the cookie of a flow of ours.
 *
 * <pre>
 *  0xdb | id of the dual bridge, 24 bits | kind, 8 bits | section, 12 bits | generation, 12 bits
 * </pre>
 *
 * <p>The section divides flows evenly, so that they can be read in portions. The generation tells those of an earlier
 * life. The switch's ordinary forwarding is nobody's: its cookies have the mark and the kind only.
 */
final class Cookie {
    static final long MARK = 0xdbL << 56;
    /** The bits that tell whose a flow is. */
    static final long OWN_MASK = 0xffff_ffffL << 32;
    static final long BASE = MARK | (long) Kind.BASE.ordinal() << 24;
    static final long BASE_MASK = OWN_MASK | 0xffL << 24;
    static final int GENERATION_BITS = 12;
    static final int SECTION_BITS = 12;

    private static final long MARK_MASK = 0xffL << 56;

    private Cookie() {
        // computes only
    }

    static long of(final int id, final int generation, final FlowEntry flow) {
        return flow.kind() == Kind.BASE ? BASE
            : own(id) | (long) flow.kind().ordinal() << 24 | section(hash(flow)) | generation;
    }

    /** What the cookies of all flows of a dual bridge begin with. */
    static long own(final int id) {
        return MARK | (long) id << 32;
    }

    static long section(final int number) {
        return (long) number << GENERATION_BITS;
    }

    private static int hash(final FlowEntry flow) {
        // Multiplied by the golden ratio, since addresses differ in few bits.
        return flow.match().hashCode() * 0x9e37_79b9 >>> Integer.SIZE - SECTION_BITS;
    }

    /** Tells which dual bridge a cookie belongs to, -1 for none. */
    static int id(final long cookie) {
        return (cookie & MARK_MASK) == MARK ? (int) (cookie >>> 32) & 0xff_ffff : -1;
    }

    /** Tells whether it is that of a flow that copies what hosts say. */
    static boolean isCopy(final long cookie) {
        return kind(cookie).filter(Kind.COPY::equals).isPresent();
    }

    /** Tells what a flow of ours is for, empty if it is none. */
    static Optional<Kind> kind(final long cookie) {
        final var kind = (int) (cookie >>> 24) & 0xff;
        return (cookie & MARK_MASK) == MARK && kind < Kind.values().length ? Optional.of(Kind.values()[kind])
            : Optional.empty();
    }
}
