/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.NextHop;
import org.dualbridge.table.TablePlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of a takeover a few hundred times to the first switch that connects, where they change nothing:
 * a group that no flow uses, a flow for a port that no switch has. A virtual machine that never ran them takes a
 * millisecond for each, ten times what it takes later, and the first takeover is the one that counts.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int TIMES = 400;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** No dual bridge has this group: their identifiers do not reach it. */
    private static final long GROUP = 0xdaff_ffffL;

    private final SwitchRpcs rpcs;
    private final Loop loop;
    private boolean done;

    Rehearsal(final SwitchRpcs rpcs, final Loop loop) {
        this.rpcs = rpcs;
        this.loop = loop;
    }

    void on(final long node) {
        if (!done) {
            done = true;
            rpcs.createGroup(node, GROUP, NextHop.NOWHERE);
            again(node, 1, loop.now());
        }
    }

    private void again(final long node, final int time, final long startedAt) {
        if (time > TIMES) {
            rpcs.deleteGroup(node, GROUP);
            rpcs.barrier(node);
            LOG.info("takeover rehearsed on {} for {} ms", PortRef.node(node),
                TimeUnit.NANOSECONDS.toMillis(loop.now() - startedAt));
            return;
        }
        rpcs.add(node, 0, TablePlan.nothing(), Cookie.REHEARSAL, 0);
        rpcs.pointGroup(node, GROUP, NextHop.to(time % 2 == 0 ? OptionalLong.empty() : OptionalLong.of(1)));
        rpcs.barrier(node);
        rpcs.remove(node, 0, TablePlan.nothing(), 0, 0);
        rpcs.barrier(node);
        loop.at(loop.now() + PAUSE_NANOS, () -> again(node, time + 1, startedAt));
    }
}
