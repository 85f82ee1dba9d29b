/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.Optional;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;

/**
 * What marks the flows that one dual bridge has on one switch.
 *
 * <pre>
 *  0xdb | id of the dual bridge, 24 bits | kind, 8 bits | section, 12 bits | generation, 12 bits
 *  0xdb | 0, 24 bits | 0, 8 bits | table, 8 bits | base priority, 16 bits         shared
 * </pre>
 *
 * <p>The section divides flows evenly, so that they can be read in portions. The generation tells those of an earlier
 * life. Ordinary forwarding, and what discovers links, is shared by all dual bridges of a switch; its cookie tells
 * where it was meant to be.
 *
 * @param id of the dual bridge
 * @param generation changes with each connection
 * @param placement where the flows are put
 */
record Cookie(int id, int generation, Placement placement) {
    static final long MARK = 0xdbL << 56;
    /** The bits that tell whose a flow is. */
    static final long OWN_MASK = 0xffff_ffffL << 32;
    static final long BASE = MARK | (long) Kind.BASE.ordinal() << 24;
    static final long BASE_MASK = OWN_MASK | 0xffL << 24;
    /** Of a flow that is there for a moment, to rehearse with. */
    static final long REHEARSAL = MARK | 0xffL << 24;
    static final int GENERATION_BITS = 12;
    static final int SECTION_BITS = 12;

    private static final long MARK_MASK = 0xffL << 56;

    long of(final FlowEntry flow) {
        return flow.kind() == Kind.BASE ? base()
            : own() | (long) flow.kind().ordinal() << 24 | section(hash(flow)) | generation;
    }

    long base() {
        return BASE | (long) placement.table() << 16 | placement.basePriority();
    }

    /**
     * The cookie to remove a flow by, if it is this dual bridge's. The switch compares the bits of {@link #OWN_MASK}
     * only; but the OpenFlow plugin keeps each flow that it has sent until one with the same cookie is removed.
     */
    long whole(final FlowEntry flow) {
        return own() | of(flow) & ~OWN_MASK;
    }

    /** What the cookies of all flows of the dual bridge begin with. */
    long own() {
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

    /** Tells whether it is that of a flow that all dual bridges share. */
    static boolean isBase(final long cookie) {
        return (cookie & BASE_MASK) == BASE;
    }

    /** Tells what a flow of ours is for, empty if it is none. */
    static Optional<Kind> kind(final long cookie) {
        final var kind = (int) (cookie >>> 24) & 0xff;
        return (cookie & MARK_MASK) == MARK && kind < Kind.values().length ? Optional.of(Kind.values()[kind])
            : Optional.empty();
    }
}
