/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.ArpHeartbeat;
import org.dualbridge.frame.BfdListener;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.ReflectHeartbeat;
import org.dualbridge.table.FlowEntry.Arp;
import org.dualbridge.table.FlowEntry.Icmp;
import org.dualbridge.table.FlowEntry.Icmpv6;
import org.dualbridge.table.FlowEntry.MaskedMac;
import org.dualbridge.table.FlowEntry.Match;
import org.dualbridge.table.FlowEntry.Udp;
import org.eclipse.jdt.annotation.Nullable;

/** Which frames belong to the heartbeats of an attachment. */
final class HeartbeatMatches {
    static final int SOLICITATION = 135;
    static final int ADVERTISEMENT = 136;
    static final int ARP_REQUEST = 1;

    private static final int ARP_REPLY = 2;
    private static final int ECHO = 8;
    private static final int ECHO_REPLY = 0;
    /** Frames to one station alone. */
    private static final MaskedMac ONE_STATION = new MaskedMac(new Mac(0), new Mac(0x0100_0000_0000L));
    private static final long VIRTUAL = 0x0000_5e00_0100L;
    private static final long VIRTUAL_IPV6 = 0x0000_5e00_0200L;

    private HeartbeatMatches() {
        // plans only
    }

    /**
     * Tells what a bridge sends to the prober: answers, and questions where it is.
     *
     * @param method how the bridge is asked
     * @param bridge the bridge
     * @param port the attachment that is probed
     * @param inPort where the frames come in
     */
    static List<Match> answers(final Method method, final Bridge bridge, final PortRef port, final long inPort) {
        final var prober = TablePlan.proberMac(port);
        final var anyRound = new MaskedMac(prober, ArpHeartbeat.SOURCE_MASK);
        final var exact = MaskedMac.exact(prober);
        final var whoHas = Match.inner(inPort, null, new Arp(ARP_REQUEST, bridge.proberIpv4(port)));
        return switch (method) {
            case REFLECT -> List.of(Match.probe(inPort, null));
            case ARP -> List.of(arpAnswers(port, inPort));
            case ND -> List.of(Match.inner(inPort, anyRound, new Icmpv6(ADVERTISEMENT)),
                Match.inner(inPort, anyRound, new Icmpv6(SOLICITATION)));
            case ICMP_ECHO -> List.of(Match.inner(inPort, exact, new Icmp(ECHO_REPLY)), whoHas);
            case VRRP -> advertisements(bridge, inPort);
            case RESPONDER -> List.of(
                Match.inner(inPort, exact, new Udp(null, bridge.target().prober().udpPort())), whoHas);
            case UDP -> List.of(Match.inner(inPort, exact, new Udp(bridge.target().prober().udpPort(), null)), whoHas);
            case BFD_PASSIVE -> List.of(controlPackets(bridge, inPort, null).by(own(bridge)));
            case PORT, EXTERNAL -> List.of();
        };
    }

    /**
     * Tells what else a bridge has to say while it is fenced: that it has its address, to the neighbour that it talks
     * to, and to ask whether the neighbour has its own. None to all stations, which could come back by the bridge that
     * is active, and no other address: that may be the active one's, too.
     *
     * @param method how the bridge is asked
     * @param bridge the bridge
     * @param inPort where the frames come in
     */
    static List<Match> resolution(final Method method, final Bridge bridge, final long inPort) {
        if (method != Method.BFD_PASSIVE) {
            return List.of();
        }
        final var target = bridge.target();
        final var said = target.ipv6() != null
            ? Stream.of(new Icmpv6(SOLICITATION), new Icmpv6(ADVERTISEMENT, target.ipv6()))
            : Stream.of(ARP_REQUEST, ARP_REPLY).map(operation ->
                new Arp(operation, null, FlowEntry.IPV4_BITS, target.ipv4()));
        return said.map(inner -> Match.inner(inPort, ONE_STATION, inner).by(own(bridge))).toList();
    }

    /** Tells what a bridge and its neighbours send each other. */
    private static Match controlPackets(final Bridge bridge, final long inPort, final @Nullable MaskedMac to) {
        return Match.inner(inPort, to, new Udp(null, BfdListener.PORT, bridge.target().ipv6() != null));
    }

    private static Mac own(final Bridge bridge) {
        return Objects.requireNonNull(bridge.target().mac(), bridge.name());
    }

    /**
     * Tells what a bridge advertises. Where its MAC address is known, advertisements have to come from it, or from the
     * virtual router's (RFC 9568, section 7.3): others are of hosts behind it, and are none of ours.
     */
    private static List<Match> advertisements(final Bridge bridge, final long inPort) {
        final var mac = bridge.target().mac();
        return Stream.of(false, true)
            .flatMap(isIpv6 -> mac == null ? Stream.of(Match.vrrp(inPort, null, isIpv6))
                : Stream.of(mac, new Mac((isIpv6 ? VIRTUAL_IPV6 : VIRTUAL) | bridge.target().prober().vrrpId()))
                    .map(source -> Match.vrrp(inPort, source, isIpv6)))
            .toList();
    }

    /**
     * Tells what answers ARP requests of the prober.
     *
     * @param port the attachment, or the target of a tracker, that is probed
     * @param inPort where the frames come in
     */
    static Match arpAnswers(final PortRef port, final long inPort) {
        return Match.inner(inPort, new MaskedMac(TablePlan.proberMac(port), ArpHeartbeat.SOURCE_MASK),
            new Arp(ARP_REPLY, null));
    }

    /**
     * Tells what a bridge gets from the prober: probes, and answers to its questions.
     *
     * @param method how the bridge is asked
     * @param bridge the bridge
     * @param inPort where the frames come in
     */
    static List<Match> probes(final Method method, final Bridge bridge, final long inPort) {
        final var mac = bridge.target().mac();
        final var target = MaskedMac.exact(mac == null ? ReflectHeartbeat.DESTINATION : mac);
        final var isAt = Match.inner(inPort, target, new Arp(ARP_REPLY, null));
        return switch (method) {
            case REFLECT -> List.of(Match.probe(inPort, target));
            case ARP -> List.of(Match.inner(inPort, target, new Arp(ARP_REQUEST, null)));
            case ND -> List.of(Match.inner(inPort, target, new Icmpv6(SOLICITATION)),
                Match.inner(inPort, target, new Icmpv6(ADVERTISEMENT)));
            case ICMP_ECHO -> List.of(Match.inner(inPort, target, new Icmp(ECHO)), isAt);
            case VRRP -> Stream.of(false, true).map(isIpv6 -> Match.vrrp(inPort, null, isIpv6)).toList();
            case RESPONDER -> List.of(
                Match.inner(inPort, target, new Udp(bridge.target().prober().udpPort(), null)), isAt);
            case UDP -> List.of(Match.inner(inPort, target, new Udp(null, bridge.target().prober().udpPort())), isAt);
            case BFD_PASSIVE -> {
                final var ipv6 = bridge.target().ipv6();
                yield ipv6 == null
                    ? List.of(controlPackets(bridge, inPort, target), isAt,
                        Match.inner(inPort, null, new Arp(ARP_REQUEST, bridge.target().ipv4())))
                    : List.of(controlPackets(bridge, inPort, target),
                        Match.inner(inPort, target, new Icmpv6(ADVERTISEMENT)),
                        Match.inner(inPort, null, new Icmpv6(SOLICITATION, ipv6)));
            }
            case PORT, EXTERNAL -> List.of();
        };
    }
}
