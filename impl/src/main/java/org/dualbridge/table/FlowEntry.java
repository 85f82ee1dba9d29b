/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import java.util.Set;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.ReflectHeartbeat;
import org.eclipse.jdt.annotation.Nullable;

/**
 * One flow. Two entries of a table of equal priority and match are the same flow to a switch.
 *
 * @param kind what it is for
 * @param priority the higher wins
 * @param match which frames
 * @param actions what is done with them, in order; none is drop
 */
public record FlowEntry(Kind kind, int priority, Match match, ImmutableList<FlowAction> actions) {
    static final int IPV4_BITS = 32;
    static final int IPV6_BITS = 128;

    /** What a flow is for; a field of its cookie. */
    public enum Kind {
        /**
         * The switch's ordinary forwarding, and what discovers links; shared by all dual bridges of a switch, and never
         * removed.
         */
        BASE,
        /** Hands answers to heartbeats to the controller. */
        HEARTBEAT,
        /** Keeps a bridge that is not active from passing frames. */
        FENCE,
        /** Lets an active bridge forward. */
        FORWARD,
        /** Sends frames for hosts to the active attachment. */
        HOST,
        /** Drops frames of hosts that come back to their own bridge. */
        LOOP_GUARD,
        /** Lets frames for hosts take the MAC table for a moment. */
        RELEARN,
        /** Lets frames from the active bridge take the MAC table, where all others of a VLAN go to it. */
        RETURN,
        /** Lets frames of hosts that tell who they are take the MAC table, and a copy be made of them. */
        LEARN,
        /** Hands that copy to the controller. */
        COPY,
        /** Hands a copy of a frame from an unknown station to the controller. */
        SAMPLE,
        /** Keeps copies of frames from known hosts from the controller. */
        KNOWN,
        /** Hands a copy of a question for the address of a host to the controller. */
        QUESTION,
        /** Keeps others than hosts from telling switches that a host is with them. */
        GUARD,
        /** Has the next table tell which frames from the fabric are for hosts, while the bridge is fenced. */
        WAY_DOWN,
        /** Lets those pass. */
        DELIVERY,
        /** Lets questions for the address of a host take the MAC table, and a copy be made of them. */
        ASK,
        /** As {@link #WAY_DOWN}, at any time: what a fence lets pass. */
        PASS;

        private static final Set<Kind> SECOND = Sets.immutableEnumSet(COPY, SAMPLE, KNOWN, QUESTION, DELIVERY);
        private static final Set<Kind> TRANSIENT = Sets.immutableEnumSet(RELEARN, WAY_DOWN);
    }

    /**
     * Tells whether the switch itself removes the flow after a moment, so that it may be there or not.
     *
     * @return true if it does
     */
    public boolean isTransient() {
        return Kind.TRANSIENT.contains(kind);
    }

    /**
     * Tells which table the flow is in. Copies are made in the next one, since the meter there must not drop the frames
     * themselves.
     *
     * @param placement where flows are put
     * @return its number
     */
    public int table(final Placement placement) {
        return placement.table() + (Kind.SECOND.contains(kind) ? 1 : 0);
    }

    /**
     * Which frames a flow is for; {@code null} is any.
     *
     * @param inPort port they come in at
     * @param ethType ethertype
     * @param ethSrc source
     * @param ethDst destination
     * @param vlan VLAN identifier, 0 for untagged
     * @param inner what is in it
     */
    public record Match(@Nullable Long inPort, @Nullable Integer ethType, @Nullable MaskedMac ethSrc,
            @Nullable MaskedMac ethDst, @Nullable Integer vlan, @Nullable Inner inner) {
        static final Match ANY = new Match(null, null, null, null, null, null);

        private static final Mac VRRP_ROUTERS = Mac.parse("01:00:5e:00:00:12");
        private static final Mac VRRP_ROUTERS_IPV6 = Mac.parse("33:33:00:00:00:12");

        static Match port(final long inPort) {
            return new Match(inPort, null, null, null, null, null);
        }

        static Match type(final int ethType) {
            return new Match(null, ethType, null, null, null, null);
        }

        static Match neighbourDiscovery(final int icmpv6Type) {
            return inner(null, null, new Icmpv6(icmpv6Type));
        }

        static Match probe(final long inPort, final @Nullable MaskedMac destination) {
            return new Match(inPort, ReflectHeartbeat.ETHERTYPE, null, destination, null, null);
        }

        static Match inner(final @Nullable Long inPort, final @Nullable MaskedMac destination, final Inner inner) {
            final var ethType = switch (inner) {
                case Arp arp -> 0x0806;
                case Icmp icmp -> 0x0800;
                case Udp udp -> udp.isIpv6() ? 0x86dd : 0x0800;
                case Icmpv6 icmpv6 -> 0x86dd;
                case Packet(var to, var length) -> to instanceof V4 ? 0x0800 : 0x86dd;
                case Vrrp vrrp -> vrrp.isIpv6() ? 0x86dd : 0x0800;
            };
            return new Match(inPort, ethType, null, destination, null, inner);
        }

        /** VRRP advertisements, to all VRRP routers of a family. */
        static Match vrrp(final long inPort, final @Nullable Mac source, final boolean isIpv6) {
            final var inner = inner(inPort, MaskedMac.exact(isIpv6 ? VRRP_ROUTERS_IPV6 : VRRP_ROUTERS),
                new Vrrp(isIpv6));
            return new Match(inner.inPort, inner.ethType, source == null ? null : MaskedMac.exact(source),
                inner.ethDst, null, inner.inner);
        }

        Match at(final long onlyPort) {
            return new Match(onlyPort, ethType, ethSrc, ethDst, vlan, inner);
        }

        /** Only from a station. */
        Match by(final Mac station) {
            return new Match(inPort, ethType, MaskedMac.exact(station), ethDst, vlan, inner);
        }

        Match by(final MaskedMac host, final int itsVlan) {
            return new Match(inPort, ethType, host, ethDst, itsVlan, inner);
        }

        Match in(final int onlyVlan) {
            return new Match(inPort, ethType, ethSrc, ethDst, onlyVlan, inner);
        }

        /** ARP requests or neighbour solicitations for what agrees with an address in its first bits. */
        static Match question(final Address address, final int length) {
            return switch (address) {
                case V4(var ipv4) -> inner(null, null, new Arp(HeartbeatMatches.ARP_REQUEST, ipv4, length));
                case V6(var ipv6) -> inner(null, null, new Icmpv6(HeartbeatMatches.SOLICITATION, ipv6));
            };
        }

        static Match to(final Mac destination) {
            return new Match(null, null, null, MaskedMac.exact(destination), null, null);
        }

        static Match to(final MaskedMac host, final int vlan) {
            return new Match(null, null, null, host, vlan, null);
        }

        static Match from(final long inPort, final Mac station) {
            return new Match(inPort, null, MaskedMac.exact(station), null, null, null);
        }

        static Match from(final long inPort, final MaskedMac host, final int vlan) {
            return new Match(inPort, null, host, null, vlan, null);
        }
    }

    /** What is in a frame; goes with the ethertype that it needs (OpenFlow 1.3.5, section 7.2.3.8). */
    public sealed interface Inner {
    }

    /**
     * An ARP packet.
     *
     * @param operation its operation
     * @param target IPv4 address that it asks for, {@code null} is any
     * @param length how many of the address's first bits count
     * @param sender IPv4 address of who sends it, {@code null} is any
     */
    public record Arp(int operation, @Nullable Integer target, int length, @Nullable Integer sender)
            implements Inner {
        /**
         * One for one address, or any.
         *
         * @param operation its operation
         * @param target IPv4 address that it asks for, {@code null} is any
         */
        public Arp(final int operation, final @Nullable Integer target) {
            this(operation, target, IPV4_BITS);
        }

        /**
         * One from any sender.
         *
         * @param operation its operation
         * @param target IPv4 address that it asks for, {@code null} is any
         * @param length how many of the address's first bits count
         */
        public Arp(final int operation, final @Nullable Integer target, final int length) {
            this(operation, target, length, null);
        }
    }

    /**
     * An ICMP message in IPv4.
     *
     * @param type its type
     */
    public record Icmp(int type) implements Inner {
    }

    /**
     * An ICMPv6 message.
     *
     * @param type its type
     * @param target address that it asks for, {@code null} is any; in neighbour solicitations
     */
    public record Icmpv6(int type, @Nullable Ipv6 target) implements Inner {
        /**
         * One for any address.
         *
         * @param type its type
         */
        public Icmpv6(final int type) {
            this(type, null);
        }
    }

    /**
     * An IP packet, whatever is in it.
     *
     * @param destination where it goes
     * @param length how many of the address's first bits count; all where it is an IPv6 address
     */
    public record Packet(Address destination, int length) implements Inner {
    }

    /**
     * A VRRP advertisement.
     *
     * @param isIpv6 whether in IPv6, or in IPv4
     */
    public record Vrrp(boolean isIpv6) implements Inner {
    }

    /**
     * An UDP datagram; {@code null} is any.
     *
     * @param source port that it comes from
     * @param destination port that it goes to
     * @param isIpv6 whether in IPv6, or in IPv4
     */
    public record Udp(@Nullable Integer source, @Nullable Integer destination, boolean isIpv6) implements Inner {
        /**
         * One in IPv4.
         *
         * @param source port that it comes from
         * @param destination port that it goes to
         */
        public Udp(final @Nullable Integer source, final @Nullable Integer destination) {
            this(source, destination, false);
        }
    }

    /**
     * MAC addresses that agree in some bits.
     *
     * @param value those bits, the others 0
     * @param mask which bits
     */
    public record MaskedMac(Mac value, Mac mask) {
        private static final Mac ALL = new Mac(0xffff_ffff_ffffL);

        /**
         * Makes a match for one address.
         *
         * @param mac the address
         * @return a match that includes all bits
         */
        public static MaskedMac exact(final Mac mac) {
            return new MaskedMac(mac, ALL);
        }

        /**
         * Tells whether only one address matches.
         *
         * @return true if the mask includes all bits
         */
        public boolean isExact() {
            return mask.equals(ALL);
        }

        /**
         * Tells whether an address matches.
         *
         * @param mac the address
         * @return true if it does
         */
        public boolean matches(final Mac mac) {
            return (mac.bits() & mask.bits()) == value.bits();
        }
    }

    /** What is done with a frame. */
    public sealed interface FlowAction {
    }

    /**
     * Output to a port.
     *
     * @param port its number
     */
    public record ToPort(long port) implements FlowAction {
    }

    /**
     * Another destination.
     *
     * @param mac the MAC address
     */
    public record Readdress(Mac mac) implements FlowAction {
    }

    /**
     * Processing by a group.
     *
     * @param id its identifier
     */
    public record ToGroup(long id) implements FlowAction {
    }

    /**
     * Goes on in another table, after all else.
     *
     * @param number its number
     */
    public record ToTable(int number) implements FlowAction {
    }

    /**
     * Only so many frames, before all else; others are dropped.
     *
     * @param id identifier of the meter
     */
    public record Metered(long id) implements FlowAction {
        /**
         * Bounds what anybody could flood the controller with. It is one per switch, for all dual bridges, like the
         * ordinary forwarding. Open vSwitch has 65,536 meters, so that one per dual bridge could not be derived from
         * its name.
         */
        public static final Metered COPIES = new Metered(0xdb);
        /** The same for frames from unknown stations, of which there may be more: they crowd none of the others out. */
        public static final Metered SAMPLES = new Metered(0xdc);
        /** Bounds questions for addresses of hosts; one per switch, too. */
        public static final Metered QUESTIONS = new Metered(0xdd);

        /**
         * Tells how much it lets pass.
         *
         * @return frames per second, and at once
         */
        public int rate() {
            return equals(COPIES) ? 700 : equals(QUESTIONS) ? 500 : 200;
        }
    }

    /** The switch's own forwarding by learned MAC addresses, or a reserved port (OpenFlow 1.3.5, section 4.5). */
    public enum Reserved implements FlowAction {
        /** Non-OpenFlow forwarding. */
        NORMAL,
        /** Back where it came from. */
        IN_PORT,
        /** To the controller. */
        CONTROLLER,
        /** To the switch's own network stack. */
        LOCAL
    }
}
