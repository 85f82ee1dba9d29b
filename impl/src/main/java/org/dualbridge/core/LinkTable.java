/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Link;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Which links between switches hold, of those that discovery tells.
 *
 * <p>A link holds once each end was heard at the other one: what is heard one way only may have passed a switch that
 * nobody controls. It holds until one of its ends is heard, both ways, at another port. Silence ends no link, since
 * frames get lost and controllers restart, and a cut cable is known by its ports.
 */
public final class LinkTable {
    /** Where the frames that leave by a port come in, as it was heard last. */
    private final Map<PortRef, PortRef> heard = new TreeMap<>();
    /** The other end, by each end. */
    private final Map<PortRef, PortRef> links = new TreeMap<>();

    /**
     * What no link may be discovered over.
     *
     * @param ports where bridges are attached, and their own ports there
     * @param nodes datapath ids of bridges that are OpenFlow switches
     * @param configured the other end of a cable that is configured, by each end
     */
    public record Bars(ImmutableSet<PortRef> ports, ImmutableSet<Long> nodes,
            ImmutableMap<PortRef, PortRef> configured) {
        /**
         * Collects them.
         *
         * @param all all dual bridges, as configured
         * @return the bars
         */
        public static Bars of(final Collection<DualBridge> all) {
            final var ports = ImmutableSet.<PortRef>builder();
            final var nodes = ImmutableSet.<Long>builder();
            final var configured = new HashMap<PortRef, PortRef>();
            for (final var config : all) {
                for (final var bridge : config.bridges()) {
                    final var own = bridge.node();
                    if (own != null) {
                        nodes.add(own);
                    }
                    for (final var attachment : bridge.attachments()) {
                        final var peer = attachment.peer();
                        ports.add(attachment.port());
                        if (peer != null) {
                            ports.add(peer);
                        }
                    }
                }
                config.links().forEach(link -> {
                    configured.put(link.endA(), link.endB());
                    configured.put(link.endB(), link.endA());
                });
            }
            return new Bars(ports.build(), nodes.build(), ImmutableMap.copyOf(configured));
        }

        private boolean isBarred(final PortRef port) {
            return ports.contains(port) || nodes.contains(port.datapath());
        }
    }

    /**
     * What is discovered for a dual bridge.
     *
     * @param discovery what
     * @param conflicts links that are not used, since another one is configured at one of their ends, which is named
     *     by the value
     */
    public record Found(Discovery discovery, ImmutableMap<Link, Link> conflicts) {
    }

    /**
     * Remembers links from before a restart. What was heard since counts more.
     *
     * @param remembered the links
     */
    public void restore(final Collection<Link> remembered) {
        remembered.stream()
            .filter(link -> !links.containsKey(link.endA()) && !links.containsKey(link.endB()))
            .forEach(link -> put(link.endA(), link.endB()));
    }

    /**
     * A frame that left by one port came in at another.
     *
     * @param from the port that it left by
     * @param to the port that it came in at
     */
    public void heard(final PortRef from, final PortRef to) {
        heard.put(from, to);
        settle(from, to);
    }

    /** Both ways, and between two switches: then it is a link, and nothing else leads to these ports any more. */
    private void settle(final PortRef from, final PortRef to) {
        if (from.equals(heard.get(to)) && from.datapath() != to.datapath() && !to.equals(links.get(from))) {
            remove(from);
            remove(to);
            put(from, to);
        }
    }

    /**
     * Nothing was heard for long of what leaves by a port.
     *
     * @param from the port
     * @param to the port that it came in at
     */
    public void silent(final PortRef from, final PortRef to) {
        heard.remove(from, to);
    }

    /** Forgets all links. */
    public void clear() {
        links.clear();
    }

    /** Takes for links again what is heard now. */
    public void resume() {
        Map.copyOf(heard).forEach(this::settle);
    }

    /**
     * Lists the links that hold.
     *
     * @return the links, each once
     */
    public ImmutableSet<Link> links() {
        return links.entrySet().stream().map(entry -> Link.between(entry.getKey(), entry.getValue()))
            .collect(ImmutableSet.toImmutableSet());
    }

    private void put(final PortRef one, final PortRef other) {
        links.put(one, other);
        links.put(other, one);
    }

    private void remove(final PortRef end) {
        final var other = links.remove(end);
        if (other != null) {
            links.remove(other);
        }
    }

    /**
     * Finds the fabric of a dual bridge: breadth first from the switches that are configured, over links that hold,
     * never over an attachment, nor to a bridge.
     *
     * @param config the dual bridge, as configured
     * @param bars what no link may be discovered over
     * @return its links, and the switches that are heard there
     */
    public Found find(final DualBridge config, final Bars bars) {
        final var byNode = new HashMap<Long, Map<PortRef, PortRef>>();
        links.forEach((near, far) -> byNode.computeIfAbsent(near.datapath(), node -> new TreeMap<>()).put(near, far));
        final var conflicts = new LinkedHashMap<Link, Link>();
        final var found = new TreeSet<>(Comparator.comparing(Link::endA).thenComparing(Link::endB));
        final var own = new HashSet<Link>();
        config.links().forEach(link -> own.add(Link.between(link.endA(), link.endB())));
        final var reached = new HashSet<Long>();
        config.switches().stream().filter(node -> !bars.nodes.contains(node)).forEach(reached::add);
        final var queue = new ArrayDeque<>(new TreeSet<>(reached));
        while (!queue.isEmpty()) {
            byNode.getOrDefault(queue.remove(), Map.of()).forEach((near, far) -> {
                final var link = Link.between(near, far);
                if (bars.isBarred(near) || bars.isBarred(far) || own.contains(link)) {
                    return;
                }
                final var other = conflict(near, far, bars);
                if (other != null) {
                    conflicts.put(link, other);
                    return;
                }
                found.add(link);
                if (reached.add(far.datapath())) {
                    queue.add(far.datapath());
                }
            });
        }
        return new Found(new Discovery(true, ImmutableSet.copyOf(found), neighbours(reached, bars)),
            ImmutableMap.copyOf(conflicts));
    }

    /** Tells the configured link that another link would contradict. */
    private static @Nullable Link conflict(final PortRef near, final PortRef far,
            final Bars bars) {
        final var fromNear = bars.configured.getOrDefault(near, far);
        final var fromFar = bars.configured.getOrDefault(far, near);
        return !fromNear.equals(far) ? Link.between(near, fromNear)
            : fromFar.equals(near) ? null : Link.between(far, fromFar);
    }

    private ImmutableSortedSet<Long> neighbours(final Set<Long> reached, final Bars bars) {
        return heard.entrySet().stream()
            .filter(entry -> reached.contains(entry.getValue().datapath()) && !bars.isBarred(entry.getValue())
                && !bars.isBarred(entry.getKey()))
            .map(entry -> entry.getKey().datapath())
            .filter(node -> !reached.contains(node))
            .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
    }
}
