/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.simulation.World.Driver;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;
import org.eclipse.jdt.annotation.Nullable;

/** What passes in each VLAN, whichever part of a dual bridge has it, and whichever had it before. */
final class Vlans {
    private Vlans() {
        // functions only
    }

    /**
     * Tells of two bridges that pass frames of a VLAN.
     *
     * @param config what is configured
     * @param parts its parts
     * @return which, empty if there are none, or some bridges are out of reach
     */
    static Optional<String> violation(final DualBridge config, final List<Driver> parts) {
        if (!parts.stream().allMatch(Driver::hasFenced)) {
            return Optional.empty();
        }
        for (final int vlan : EvenSplit.vlans(config)) {
            final var open = new ArrayList<Bridge>();
            for (final var bridge : config.bridges()) {
                if (passes(bridge, vlan, parts)) {
                    open.add(bridge);
                }
            }
            if (open.size() > 1 && open.stream().allMatch(parts.getFirst()::isInReach)) {
                return Optional.of(config.name() + ": bridges pass frames of VLAN " + vlan + ": "
                    + open.stream().map(Bridge::name).collect(Collectors.joining(", ")));
            }
        }
        return Optional.empty();
    }

    private static boolean passes(final Bridge bridge, final int vlan, final List<Driver> parts) {
        final var node = bridge.node();
        return (node == null || has(parts, node, Kind.FORWARD, null, vlan) && !has(parts, node, Kind.FENCE, null, vlan))
            && parts.getFirst().passable(bridge).stream().anyMatch(port ->
                !has(parts, port.datapath(), Kind.FENCE, port.number(), vlan));
    }

    /** Tells whether a switch has a flow for what comes in at a port, or for all, in a VLAN. */
    private static boolean has(final List<Driver> parts, final long node, final Kind kind, final @Nullable Long port,
            final int vlan) {
        for (final var part : parts) {
            for (final FlowEntry flow : part.flowsAt(node)) {
                final var match = flow.match();
                if (flow.kind() == kind && Objects.equals(match.inPort(), port)
                        && (match.vlan() == null || match.vlan() == vlan)) {
                    return true;
                }
            }
        }
        return false;
    }
}
