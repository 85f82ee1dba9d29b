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

/**
 * Heartbeat of anything with an IPv6 stack: a neighbour solicitation to the target's own addresses, as neighbour
 * unreachability detection sends it (RFC 4861, section 7.2.4), from a link-local address derived from the attachment.
 *
 * <p>A solicitation has no place for a number. As with {@link ArpHeartbeat}, the last four bits of the sender's
 * addresses, MAC and IPv6, carry the low bits of the round, and the advertisement goes to that address. The target
 * keeps up to 16 neighbours per attachment; now and then it asks them in turn whether they are still there, and they
 * answer.
 */
public final class NdHeartbeat implements Heartbeat {
    private static final long ROUND_MASK = 0xf;

    private final Mac target;
    private final Ipv6 targetIp;
    private final int vlan;
    private final Mac source;
    private final Ipv6 sourceIp;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param target MAC address of the target
     * @param targetIp IPv6 address of the target
     * @param vlan VLAN of the probes, 0 for untagged
     * @param source sender's MAC address, its last four bits 0, of {@link ArpHeartbeat#source}
     */
    public NdHeartbeat(final Mac target, final Ipv6 targetIp, final int vlan, final Mac source) {
        this.target = target;
        this.targetIp = targetIp;
        this.vlan = vlan;
        this.source = source;
        sourceIp = Ipv6.linkLocal(source);
    }

    @Override
    public byte[] probe(final long round) {
        final var sender = sender(round);
        final var senderIp = Ipv6.linkLocal(sender);
        return new NeighbourMessage(NeighbourMessage.SOLICITATION, senderIp, targetIp, 0, targetIp, sender)
            .frame(target, sender, vlan);
    }

    private Mac sender(final long round) {
        return new Mac(source.bits() | round & ROUND_MASK);
    }

    private boolean isOurs(final Ipv6 address) {
        return address.high() == sourceIp.high() && (address.low() & ~ROUND_MASK) == sourceIp.low();
    }

    @Override
    public Reading read(final byte[] frame) {
        final var in = ByteBuffer.wrap(frame);
        final var message = Ethernet.skipHeader(in) == Ethernet.TYPE_IPV6
            ? NeighbourMessage.read(in).orElse(null) : null;
        if (message == null) {
            return new Unusable(Discard.MALFORMED);
        }
        if (message.linkLayer() != null && !target.equals(message.linkLayer())) {
            return new Unusable(Discard.FOREIGN);
        }
        return message.type() == NeighbourMessage.SOLICITATION ? solicited(message) : advertised(message);
    }

    private Reading advertised(final NeighbourMessage message) {
        return isOurs(message.destination()) && message.target().equals(targetIp)
            && (message.flags() & NeighbourMessage.SOLICITED) != 0
            ? new Answer(message.destination().low() & ROUND_MASK, ROUND_MASK) : new Unusable(Discard.FOREIGN);
    }

    private Reading solicited(final NeighbourMessage message) {
        final var asked = message.target();
        if (!isOurs(asked) || message.source().equals(Ipv6.UNSPECIFIED) || message.source().isMulticast()) {
            return new Unusable(Discard.FOREIGN);
        }
        final var sender = sender(asked.low());
        return new Query(new NeighbourMessage(NeighbourMessage.ADVERTISEMENT, asked, message.source(),
            NeighbourMessage.SOLICITED | NeighbourMessage.OVERRIDE, asked, sender).frame(target, sender, vlan));
    }
}
