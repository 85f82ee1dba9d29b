/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.dualbridge.core.PortRef;

/** Which ports the connected switches have, and whether their links are up. */
public final class PortTable {
    private final NavigableMap<PortRef, Boolean> ports = new ConcurrentSkipListMap<>();

    /**
     * Remembers a port.
     *
     * @param port the port
     * @param up whether its link is up
     */
    public void put(final PortRef port, final boolean up) {
        ports.put(port, up);
    }

    /**
     * Forgets a port.
     *
     * @param port the port
     */
    public void remove(final PortRef port) {
        ports.remove(port);
    }

    List<PortRef> of(final long node) {
        return ports.keySet().stream().filter(port -> port.datapath() == node).toList();
    }

    List<PortRef> up(final long node) {
        return of(node).stream().filter(port -> ports.getOrDefault(port, Boolean.FALSE)).toList();
    }

    boolean isDown(final PortRef port) {
        return !ports.getOrDefault(port, Boolean.TRUE);
    }
}
