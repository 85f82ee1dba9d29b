/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Which ports the connected switches have, and whether their links are up.
 *
 * <p>The inventory tells of every port and of every change, but late. A change can also be heard when it comes in from
 * the switch; the inventory's later word of the same change is its echo, and no news.
 */
public final class PortTable {
    private final Map<PortRef, Port> ports = new TreeMap<>();
    /** Switches that have disconnected. */
    private final Set<Long> gone = new HashSet<>();
    private ImmutableSet<PortRef> attached = ImmutableSet.of();
    private ImmutableSet<PortRef> inner = ImmutableSet.of();

    /** What is known of a port, and which changes the inventory has still to tell. */
    private static final class Port {
        private final Deque<Boolean> echoes = new ArrayDeque<>();
        private Optional<Mac> address = Optional.empty();
        private boolean up;
        /** Its switch has it no more. */
        private boolean removed;
        /** Its switch has disconnected since, and the inventory forgets all ports of that. */
        private boolean left;
        /** The inventory told of it since: late, or since the switch is about to connect again. */
        private boolean toldSince;
    }

    /**
     * Remembers what the inventory tells of a port.
     *
     * @param port the port
     * @param up whether its link is up
     * @param address its hardware address, {@code null} where the switch tells none
     * @return true if this is news, false if it is the echo of what was heard before
     */
    public synchronized boolean put(final PortRef port, final boolean up, final @Nullable Mac address) {
        final var known = ports.computeIfAbsent(port, key -> new Port());
        known.address = Optional.ofNullable(address);
        known.removed = false;
        known.toldSince = gone.contains(port.datapath());
        known.left = known.toldSince;
        return isNews(known, up);
    }

    private static boolean isNews(final Port known, final boolean up) {
        if (known.echoes.contains(up)) {
            // Those before it came together with it.
            while (known.echoes.remove() != up) {
                continue;
            }
            return false;
        }
        known.echoes.clear();
        known.up = up;
        return true;
    }

    /**
     * Remembers what a switch tells of a port before the inventory does. Such a message does not say of which switch;
     * it is of use where only one has a port of that number and address.
     *
     * @param number number of the port
     * @param address its hardware address
     * @param up whether its link is up
     * @return the port, empty if it is not known which, or if this is no news
     */
    public synchronized Optional<PortRef> heard(final long number, final Mac address, final boolean up) {
        final var found = ports.entrySet().stream()
            .filter(entry -> entry.getKey().number() == number
                && entry.getValue().address.filter(address::equals).isPresent())
            .limit(2)
            .toList();
        if (found.size() != 1) {
            return Optional.empty();
        }
        final var port = found.getFirst().getValue();
        port.echoes.add(up);
        final var news = port.up != up;
        port.up = up;
        return news ? Optional.of(found.getFirst().getKey()) : Optional.empty();
    }

    /**
     * Remembers that the inventory has a port no more. The switch removed it, and its link is down until it is there
     * again; or the switch is gone, which tells nothing of its links.
     *
     * @param port the port
     * @return true if it is news that its link is down
     */
    public synchronized boolean remove(final PortRef port) {
        final var known = ports.get(port);
        if (known == null || known.left) {
            ports.remove(port);
            return false;
        }
        known.address = Optional.empty();
        known.removed = true;
        return isNews(known, false);
    }

    /**
     * Remembers that a switch is gone.
     *
     * @param node its datapath id
     */
    public synchronized void disconnected(final long node) {
        ports.entrySet().removeIf(entry -> entry.getKey().datapath() == node && entry.getValue().removed);
        gone.add(node);
        of(node).forEach(known -> {
            known.left = true;
            known.toldSince = false;
        });
    }

    /**
     * Remembers that a switch is there.
     *
     * @param node its datapath id
     */
    public synchronized void connected(final long node) {
        gone.remove(node);
        // Others may still be forgotten for the last time.
        of(node).filter(known -> known.toldSince).forEach(known -> known.left = false);
    }

    private Stream<Port> of(final long node) {
        return ports.entrySet().stream().filter(entry -> entry.getKey().datapath() == node).map(Map.Entry::getValue);
    }

    /**
     * Remembers where bridges are attached, and switches linked.
     *
     * @param attachments the attachments of all dual bridges
     * @param all these, and the ends of their links
     * @return whether that is news
     */
    synchronized boolean attach(final Set<PortRef> attachments, final Set<PortRef> all) {
        final var isNews = !inner.equals(all);
        attached = ImmutableSet.copyOf(attachments);
        inner = ImmutableSet.copyOf(all);
        return isNews;
    }

    /** Lists attachments and ends of links of all dual bridges. */
    synchronized ImmutableSet<PortRef> inner() {
        return inner;
    }

    /** Lists the ports of a switch whose links are up, and where no bridge of any dual bridge is attached. */
    synchronized List<PortRef> outer(final long node) {
        final var taken = attached;
        return ports.entrySet().stream()
            .filter(entry -> entry.getKey().datapath() == node && entry.getValue().up
                && !taken.contains(entry.getKey()))
            .map(Map.Entry::getKey)
            .toList();
    }

    synchronized boolean isDown(final PortRef port) {
        final var known = ports.get(port);
        return known != null && !known.up;
    }

    /** Tells whether a port of a switch has an address; so has its own network stack, as a rule. */
    synchronized boolean hasAddress(final long node, final Mac address) {
        return ports.entrySet().stream().anyMatch(entry -> entry.getKey().datapath() == node
            && entry.getValue().address.filter(address::equals).isPresent());
    }

    synchronized Optional<Mac> address(final PortRef port) {
        return Optional.ofNullable(ports.get(port)).flatMap(known -> known.address);
    }
}
