/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

/**
 * Composes unsolicited neighbour advertisements (RFC 4861, section 7.2.6), which tell stations what MAC address an IPv6
 * address has, and switches where that is. A station that knew the address takes the new MAC address (override flag); a
 * router may remember one that it did not know (RFC 9131).
 *
 * <p>The frame goes to 33:33:00:00:00:01 (RFC 2464, section 7), the packet to all nodes, ff02::1, from the address
 * itself; its layout is that of {@link NeighbourMessage}, with the target link-layer address as its option.
 */
public final class UnsolicitedNa {
    private static final Mac ALL_NODES_MAC = new Mac(0x3333_0000_0001L);
    private static final Ipv6 ALL_NODES = new Ipv6(0xff02L << 48, 1);

    private UnsolicitedNa() {
        // composes only
    }

    /**
     * Composes an advertisement.
     *
     * @param mac the MAC address
     * @param vlan the VLAN, 0 for untagged
     * @param ipv6 the IPv6 address
     * @param isRouter whether the host is a router; whoever has it as a default router gives it up if it says that it
     *     is none (RFC 4861, section 7.2.5)
     * @return the frame, 86 octets, or 90 with a tag
     */
    public static byte[] announce(final Mac mac, final int vlan, final Ipv6 ipv6, final boolean isRouter) {
        return new NeighbourMessage(NeighbourMessage.ADVERTISEMENT, ipv6, ALL_NODES,
            NeighbourMessage.OVERRIDE | (isRouter ? NeighbourMessage.ROUTER : 0), ipv6, mac)
            .frame(ALL_NODES_MAC, mac, vlan);
    }
}
