/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;

/** The fields that all ARP packets for IPv4 over Ethernet share (RFC 826). */
final class Arp {
    static final short REQUEST = 1;
    static final short REPLY = 2;
    static final int LENGTH = 28;

    private static final short ETHERNET = 1;
    private static final short IPV4 = 0x0800;

    private Arp() {
        // composes and reads only
    }

    static void header(final ByteBuffer to, final short operation) {
        to.putShort(ETHERNET).putShort(IPV4).put((byte) 6).put((byte) 4).putShort(operation);
    }

    /**
     * Reads the header.
     *
     * @return the operation, or -1 if this is not ARP for IPv4 over Ethernet
     */
    static int operation(final ByteBuffer from) {
        if (from.remaining() < LENGTH || from.getShort() != ETHERNET || from.getShort() != IPV4 || from.get() != 6
                || from.get() != 4) {
            return -1;
        }
        return from.getShort();
    }
}
