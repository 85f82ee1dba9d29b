/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Heartbeat of anything with an IP stack: an ARP request with sender address 0.0.0.0, as an ARP probe has it (RFC 5227,
 * section 2.1.1), so that no ARP table changes; sent to the target's MAC address, so that nobody else is bothered; or
 * to everybody, where that is not known.
 *
 * <p>ARP has no place for a number. The last four bits of the sender's hardware address carry the low bits of the
 * round; the target copies the address into its reply (RFC 826), so that a late or repeated reply is told from a fresh
 * one within 16 rounds, while switches on the way learn no more than 16 addresses.
 */
public final class ArpHeartbeat implements Heartbeat {
    /** Which bits of {@link #source} are the same in all rounds. */
    public static final Mac SOURCE_MASK = new Mac(0xffff_ffff_fff0L);

    private static final long ROUND_MASK = 0xf;

    private final @Nullable Mac target;
    private final int targetIp;
    private final int vlan;
    private final Mac source;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param target MAC address of the target, {@code null} if any will do
     * @param targetIp IPv4 address of the target
     * @param vlan VLAN of the probes, 0 for untagged
     * @param source sender's hardware address, its last four bits 0
     */
    public ArpHeartbeat(final @Nullable Mac target, final int targetIp, final int vlan, final Mac source) {
        this.target = target;
        this.targetIp = targetIp;
        this.vlan = vlan;
        this.source = source;
    }

    /**
     * Derives an attachment's source address, 02:db and 28 bits that differ between attachments.
     *
     * @param port a number for the attachment
     * @return the address
     */
    public static Mac source(final int port) {
        return new Mac(0x02db_0000_0000L | (port & 0x0fff_ffffL) << 4);
    }

    @Override
    public byte[] probe(final long round) {
        final var sender = new Mac(source.bits() | round & ROUND_MASK);
        final var frame = Ethernet.compose(target == null ? Mac.BROADCAST : target, sender, vlan,
            Ethernet.TYPE_ARP, Arp.LENGTH);
        Arp.header(frame, Arp.REQUEST);
        sender.write(frame);
        frame.putInt(0);
        new Mac(0).write(frame);
        return frame.putInt(targetIp).array();
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        if (Ethernet.skipHeader(in) != Ethernet.TYPE_ARP) {
            return new Unusable(Discard.MALFORMED);
        }
        final var operation = Arp.operation(in);
        if (operation == -1) {
            return new Unusable(Discard.MALFORMED);
        }
        final var senderMac = Mac.read(in);
        final var senderIp = in.getInt();
        final var targetMac = Mac.read(in);
        if (operation != Arp.REPLY || target != null && !senderMac.equals(target) || senderIp != targetIp
                || (targetMac.bits() & ~ROUND_MASK) != source.bits()) {
            return new Unusable(Discard.FOREIGN);
        }
        return new Answer(targetMac.bits() & ROUND_MASK, ROUND_MASK);
    }
}
