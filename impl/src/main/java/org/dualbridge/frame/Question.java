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
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;

/** What somebody asks of the MAC address that belongs to an IP address: an ARP request, or a neighbour solicitation. */
public sealed interface Question {
    /** One that can be answered. */
    sealed interface Asked extends Question {
        /**
         * Tells where it was asked.
         *
         * @return its VLAN, 0 for untagged
         */
        int vlan();

        /**
         * Tells what was asked for.
         *
         * @return the address
         */
        Address target();

        /**
         * Composes the answer.
         *
         * @param mac the MAC address that belongs to the address
         * @param isRouter whether the host that has the address is an IPv6 router
         * @return the frame
         */
        byte[] answer(Mac mac, boolean isRouter);
    }

    /**
     * An ARP request, or a probe (RFC 5227, section 2.1.1), whose sender has no address yet and must learn that this
     * one is taken.
     *
     * @param asker its sender's MAC address
     * @param vlan its VLAN, 0 for untagged
     * @param askerIp its sender's IPv4 address, 0 in a probe
     * @param targetIp the IPv4 address that it asks for
     */
    record WhoHas(Mac asker, int vlan, int askerIp, int targetIp) implements Asked {
        @Override
        public Address target() {
            return new V4(targetIp);
        }

        @Override
        public byte[] answer(final Mac mac, final boolean isRouter) {
            final var frame = Ethernet.compose(asker, mac, vlan, Ethernet.TYPE_ARP, Arp.LENGTH);
            Arp.header(frame, Arp.REPLY);
            mac.write(frame);
            frame.putInt(targetIp);
            asker.write(frame);
            return frame.putInt(askerIp).array();
        }
    }

    /**
     * A neighbour solicitation. The answer overrides what the asker knows, other than a proxy's in RFC 4861 (section
     * 7.2.8): a station that knows the bridge that was active before would ignore it otherwise (section 7.2.5), and the
     * host itself is not on the link to object.
     *
     * @param asker its sender's MAC address
     * @param vlan its VLAN, 0 for untagged
     * @param askerIp its sender's address, the unspecified one in duplicate address detection
     * @param targetIp the address that it asks for
     */
    record Solicitation(Mac asker, int vlan, Ipv6 askerIp, Ipv6 targetIp) implements Asked {
        @Override
        public Address target() {
            return new V6(targetIp);
        }

        @Override
        public byte[] answer(final Mac mac, final boolean isRouter) {
            if (askerIp.equals(Ipv6.UNSPECIFIED)) {
                // RFC 4861, section 7.2.4: to all nodes, and not solicited.
                return UnsolicitedNa.announce(mac, vlan, targetIp, isRouter);
            }
            return new NeighbourMessage(NeighbourMessage.ADVERTISEMENT, targetIp, askerIp,
                NeighbourMessage.SOLICITED | NeighbourMessage.OVERRIDE | (isRouter ? NeighbourMessage.ROUTER : 0),
                targetIp, mac).frame(asker, mac, vlan);
        }
    }

    /**
     * None that is answered.
     *
     * @param reason why
     */
    record Unusable(Discard reason) implements Question {
    }

    /**
     * Reads a frame.
     *
     * @param frame the frame, without FCS
     * @return what it asks
     */
    static Question read(final byte[] frame) {
        final var buffer = ByteBuffer.wrap(frame);
        final var header = Ethernet.read(buffer).orElse(null);
        if (header == null) {
            return new Unusable(Discard.MALFORMED);
        }
        final var source = header.source();
        final var vlan = header.vlan();
        return switch (header.type()) {
            case Ethernet.TYPE_ARP -> arp(buffer, source, vlan);
            case Ethernet.TYPE_IPV6 -> NeighbourMessage.read(buffer)
                .map(message -> solicitation(message, source, vlan))
                .orElseGet(() -> new Unusable(Discard.MALFORMED));
            default -> new Unusable(Discard.FOREIGN);
        };
    }

    private static Question arp(final ByteBuffer packet, final Mac source, final int vlan) {
        final var operation = Arp.operation(packet);
        if (operation == -1) {
            return new Unusable(Discard.MALFORMED);
        }
        final var sender = Mac.read(packet);
        final var senderIp = packet.getInt();
        Mac.read(packet);
        final var target = packet.getInt();
        if (operation != Arp.REQUEST || !sender.equals(source)) {
            return new Unusable(Discard.FOREIGN);
        }
        return senderIp == target ? new Unusable(Discard.SPOOFED) : new WhoHas(source, vlan, senderIp, target);
    }

    private static Question solicitation(final NeighbourMessage message, final Mac source, final int vlan) {
        final var sender = message.source();
        final var isProbe = sender.equals(Ipv6.UNSPECIFIED);
        // RFC 4861, section 7.1.1.
        if (sender.isMulticast() || isProbe && (message.linkLayer() != null || !message.destination().isMulticast())) {
            return new Unusable(Discard.MALFORMED);
        }
        if (message.type() != NeighbourMessage.SOLICITATION
                || message.linkLayer() != null && !message.linkLayer().equals(source)) {
            return new Unusable(Discard.FOREIGN);
        }
        return sender.equals(message.target()) ? new Unusable(Discard.SPOOFED)
            : new Solicitation(source, vlan, sender, message.target());
    }
}
