/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.PortRef;

/** Ways through the fabric: from every switch the next port on a shortest path to an attachment. */
final class Fabric {
    /** Neighbour by switch and port, ports ascending, so that equal paths are always chosen alike. */
    private final Map<Long, Map<Long, PortRef>> links = new HashMap<>();
    /** Port by switch, for each switch that was asked for. */
    private final Map<Long, Map<Long, Long>> ways = new HashMap<>();

    /**
     * Knows the cables of a configuration.
     *
     * @param config the configuration
     * @param down ports whose links are down; no way leads there
     */
    Fabric(final DualBridge config, final Set<PortRef> down) {
        config.links().stream()
            .filter(link -> !down.contains(link.endA()) && !down.contains(link.endB()))
            .forEach(link -> {
                add(link.endA(), link.endB());
                add(link.endB(), link.endA());
            });
    }

    private void add(final PortRef near, final PortRef far) {
        links.computeIfAbsent(near.datapath(), node -> new TreeMap<>()).put(near.number(), far);
    }

    /**
     * Finds the port that leads to an attachment.
     *
     * @param node datapath id of the switch that asks
     * @param to the attachment
     * @return the attachment's own port on its switch, the port of a link on others, empty where no way leads there
     */
    OptionalLong nextHop(final long node, final PortRef to) {
        if (node == to.datapath()) {
            return OptionalLong.of(to.number());
        }
        final var port = ways.computeIfAbsent(to.datapath(), this::towards).get(node);
        return port == null ? OptionalLong.empty() : OptionalLong.of(port);
    }

    /** Breadth first to all others: the first link that reaches a switch is its way back. */
    private Map<Long, Long> towards(final long datapath) {
        final var towards = new HashMap<Long, Long>();
        final var queue = new ArrayDeque<Long>();
        queue.add(datapath);
        while (!queue.isEmpty()) {
            final var near = queue.remove();
            for (final var far : links.getOrDefault(near, Map.of()).values()) {
                if (far.datapath() != datapath && !towards.containsKey(far.datapath())) {
                    towards.put(far.datapath(), portTo(near, far.datapath()));
                    queue.add(far.datapath());
                }
            }
        }
        return towards;
    }

    /** Of parallel cables both ends take the same one, or frames could circle while a move is half done. */
    private long portTo(final long near, final long node) {
        final var isLower = near < node;
        return links.get(near).entrySet().stream()
            .filter(cable -> cable.getValue().datapath() == node)
            .min(Comparator.comparing(cable -> isLower ? cable.getKey() : cable.getValue().number()))
            .orElseThrow().getValue().number();
    }
}
