/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Granularity;

/**
 * In which order frames to the hosts are diverted to a new bridge, while the old one passes them still. First the new
 * bridge, which opens its way down, then the switch of its attachment, then those one cable away, and so on: so no
 * switch sends frames to one that would send them back.
 *
 * <p>That takes a planned move, a hosts' LAN that passes nothing from one bridge to another, and a new bridge that is
 * an OpenFlow switch and fences itself: of another one nobody knows whether it passes frames before it is active. Where
 * flows are per VLAN, or where MAC tables are followed, switches tell by a port whether a frame is for the hosts or
 * from them, so both ways have to move together.
 */
final class Diversion {
    private Diversion() {
        // plans only
    }

    /**
     * Plans a diversion.
     *
     * @param config the configuration
     * @param move the move
     * @param connected the switches that are connected
     * @param down ports whose links are down
     * @return the switches that are told, turn by turn; empty where both ways move together
     */
    static Deque<Set<Long>> of(final DualBridge config, final Move move, final Set<Long> connected,
            final Set<PortRef> down) {
        final var turns = new ArrayDeque<Set<Long>>();
        final var to = move.after().active();
        final var node = config.bridgeAt(to).map(Bridge::node).orElse(null);
        final var forwarding = config.forwarding();
        if (!forwarding.diverts() || !forwarding.isFlow() || forwarding.granularity() != Granularity.HOST
                || forwarding.fence() != Fence.BRIDGE || config.proxies() || to == null || node == null
                || !connected.contains(node) || move.before().active() == null || !move.planned() || !move.oldAlive()
                || move.to().equals(move.from())) {
            return turns;
        }
        turns.add(Set.of(node));
        final var left = new HashSet<>(config.switches());
        Set<Long> turn = Set.of(to.datapath());
        while (!turn.isEmpty()) {
            turns.add(turn);
            left.removeAll(turn);
            turn = neighbours(config, turn, left, down);
        }
        if (!left.isEmpty()) {
            // No way leads there now.
            turns.add(left);
        }
        return turns;
    }

    private static Set<Long> neighbours(final DualBridge config, final Set<Long> of, final Set<Long> among,
            final Set<PortRef> down) {
        return config.links().stream()
            .filter(link -> !down.contains(link.endA()) && !down.contains(link.endB()))
            .flatMap(link -> Set.of(link.endA(), link.endB()).stream()
                .filter(end -> of.contains(end.datapath()))
                .map(end -> end.equals(link.endA()) ? link.endB() : link.endA()))
            .map(PortRef::datapath)
            .filter(among::contains)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
