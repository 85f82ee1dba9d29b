/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What switches may hold of dual bridges that were removed, or do without them, while they were away: they are rid of
 * it when they connect. On the loop's thread; forgotten with the controller.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final SwitchRpcs rpcs;
    private final Loop loop;
    /** Groups by datapath id, and id of the dual bridge. */
    private final Map<Long, Map<Integer, Long>> groups = new HashMap<>();

    Leftovers(final SwitchRpcs rpcs, final Loop loop) {
        this.rpcs = rpcs;
        this.loop = loop;
    }

    /** A dual bridge has nothing more to do with a switch that is away. */
    void add(final long node, final int id, final long group) {
        groups.computeIfAbsent(node, key -> new HashMap<>()).put(id, group);
    }

    /** A dual bridge looks after a switch from now on, and removes itself what is left there. */
    void forget(final long node, final int id) {
        final var left = groups.get(node);
        if (left != null) {
            left.remove(id);
        }
    }

    /** A switch has connected. */
    void remove(final long node) {
        Map.copyOf(groups.getOrDefault(node, Map.of())).forEach((id, group) -> {
            final var removals = List.of(
                rpcs.removeAll(node, new Cookie(id, 0, Placement.DEFAULT).own(), Cookie.OWN_MASK),
                rpcs.deleteGroup(node, group), rpcs.barrier(node));
            Outcome.then(Futures.transform(Futures.allAsList(removals), outcomes -> outcomes.stream()
                .filter(outcome -> !outcome.isDone()).findFirst().orElseGet(outcomes::getLast),
                MoreExecutors.directExecutor()), outcome -> {
                    if (outcome.isDone()) {
                        forget(node, id);
                        LOG.info("{}: flows and group of a dual bridge that was removed are gone", PortRef.node(node));
                    } else {
                        LOG.warn("{}: removal of flows and group of a dual bridge that was removed: {}",
                            PortRef.node(node), outcome.detail());
                    }
                }, loop);
        });
    }
}
