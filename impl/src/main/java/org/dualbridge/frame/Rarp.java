/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

/**
 * Composes Reverse ARP requests, which make switches learn where a host is and which no host acts upon.
 *
 * <pre>
 *  octets  field                      value
 *   6      destination                the broadcast address
 *   6      source                     the host's MAC address: what switches learn from
 *  (4)     802.1Q tag                 the host's VLAN, where it has one
 *   2      ethertype                  0x8035
 *   2      ar$hrd                     1, Ethernet
 *   2      ar$pro                     0x0800
 *   1, 1   ar$hln, ar$pln             6, 4
 *   2      ar$op                      3, request reverse
 *   6, 4   ar$sha, ar$spa             the host's MAC address; its IPv4 address, or 0
 *   6, 4   ar$tha, ar$tpa             the same
 *   ..     padding                    zero, to 60 octets without the tag
 * </pre>
 *
 * <p>RFC 903 has the layout of RFC 826 and leaves ar$spa and ar$tpa undefined; the paper fills both addresses in
 * (Christilla, section 4).
 */
public final class Rarp {
    private static final int LENGTH = 28;
    private static final short REQUEST_REVERSE = 3;

    private Rarp() {
        // composes only
    }

    /**
     * Composes the announcement of a host.
     *
     * @param host its MAC address
     * @param vlan its VLAN, 0 for untagged
     * @param ipv4 its IPv4 address as a number, 0 where it has none
     * @return the frame, 60 octets, or 64 with a tag
     */
    public static byte[] announce(final Mac host, final int vlan, final int ipv4) {
        final var frame = Ethernet.compose(Mac.BROADCAST, host, vlan, Ethernet.TYPE_RARP, LENGTH);
        Arp.header(frame, REQUEST_REVERSE);
        host.write(frame);
        frame.putInt(ipv4);
        host.write(frame);
        frame.putInt(ipv4);
        return frame.array();
    }
}
