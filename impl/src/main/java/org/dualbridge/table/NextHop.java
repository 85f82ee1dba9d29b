/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.OptionalLong;
import org.dualbridge.frame.Mac;

/**
 * Where the group of a dual bridge leads on one switch.
 *
 * @param ports the port towards the active attachment, then those that the switch takes by itself, in this order, where
 *     the links of all before are down; none leads nowhere
 * @param failsOver whether it does that: a fast-failover group, else an indirect one (OpenFlow 1.3.5, section 5.6.1)
 * @param destinations MAC addresses that frames get on their way, by port; at other ports they keep theirs
 */
public record NextHop(ImmutableList<Long> ports, boolean failsOver, ImmutableMap<Long, Mac> destinations) {
    /** To no port. */
    public static final NextHop NOWHERE = new NextHop(ImmutableList.of(), false);

    /**
     * Leads to ports, and changes nothing of the frames.
     *
     * @param ports the ports
     * @param failsOver whether it takes the next one by itself
     */
    public NextHop(final ImmutableList<Long> ports, final boolean failsOver) {
        this(ports, failsOver, ImmutableMap.of());
    }

    /**
     * Leads to one port, whether its link is up or not.
     *
     * @param port its number, empty for nowhere
     * @return where it leads
     */
    public static NextHop to(final OptionalLong port) {
        return port.isPresent() ? new NextHop(ImmutableList.of(port.getAsLong()), false) : NOWHERE;
    }
}
