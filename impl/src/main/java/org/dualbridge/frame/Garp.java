/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

/**
 * Composes gratuitous ARP, which tells stations what MAC address an IPv4 address has, and switches where that is.
 *
 * <pre>
 *  octets  field                      value
 *   6      destination                the broadcast address
 *   6      source                     the MAC address
 *  (4)     802.1Q tag                 the host's VLAN, where it has one
 *   2      ethertype                  0x0806
 *   2      ar$hrd                     1, Ethernet
 *   2      ar$pro                     0x0800
 *   1, 1   ar$hln, ar$pln             6, 4
 *   2      ar$op                      1, request; 2, reply
 *   6, 4   ar$sha, ar$spa             the MAC address; the IPv4 address
 *   6, 4   ar$tha, ar$tpa             a request: 0, a reply: the MAC address; the IPv4 address
 *   ..     padding                    zero, to 60 octets without the tag
 * </pre>
 *
 * <p>The request is the announcement of RFC 5227, section 2.3. Some stations heed only one of the two, so there are
 * both (RFC 5944, section 4.6). Neither makes a station remember an address that it did not know (RFC 826).
 */
public final class Garp {
    private Garp() {
        // composes only
    }

    /**
     * Composes a request.
     *
     * @param mac the MAC address
     * @param vlan the VLAN, 0 for untagged
     * @param ipv4 the IPv4 address as a number
     * @return the frame, 60 octets, or 64 with a tag
     */
    public static byte[] request(final Mac mac, final int vlan, final int ipv4) {
        return compose(Arp.REQUEST, mac, new Mac(0), vlan, ipv4);
    }

    /**
     * Composes a reply.
     *
     * @param mac the MAC address
     * @param vlan the VLAN, 0 for untagged
     * @param ipv4 the IPv4 address as a number
     * @return the frame, 60 octets, or 64 with a tag
     */
    public static byte[] reply(final Mac mac, final int vlan, final int ipv4) {
        return compose(Arp.REPLY, mac, mac, vlan, ipv4);
    }

    private static byte[] compose(final short operation, final Mac mac, final Mac target, final int vlan,
            final int ipv4) {
        final var frame = Ethernet.compose(Mac.BROADCAST, mac, vlan, Ethernet.TYPE_ARP, Arp.LENGTH);
        Arp.header(frame, operation);
        mac.write(frame);
        frame.putInt(ipv4);
        target.write(frame);
        return frame.putInt(ipv4).array();
    }
}
