/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.eclipse.jdt.annotation.Nullable;

/** Which ports the connected switches have, and whether their links are up. */
public final class PortTable {
    private final NavigableMap<PortRef, Port> ports = new ConcurrentSkipListMap<>();

    /** What is known of a port. */
    private record Port(boolean up, Optional<Mac> address) {
    }

    /**
     * Remembers a port.
     *
     * @param port the port
     * @param up whether its link is up
     * @param address its hardware address, {@code null} where the switch tells none
     */
    public void put(final PortRef port, final boolean up, final @Nullable Mac address) {
        ports.put(port, new Port(up, Optional.ofNullable(address)));
    }

    /**
     * Forgets a port.
     *
     * @param port the port
     */
    public void remove(final PortRef port) {
        ports.remove(port);
    }

    /** Lists the ports of a switch whose links are up. */
    List<PortRef> up(final long node) {
        return ports.entrySet().stream()
            .filter(entry -> entry.getKey().datapath() == node && entry.getValue().up())
            .map(Map.Entry::getKey)
            .toList();
    }

    boolean isDown(final PortRef port) {
        final var known = ports.get(port);
        return known != null && !known.up();
    }

    Optional<Mac> address(final PortRef port) {
        return Optional.ofNullable(ports.get(port)).flatMap(Port::address);
    }
}
