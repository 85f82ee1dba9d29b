/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.Arp;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Icmpv6;
import org.dualbridge.table.FlowEntry.Inner;
import org.dualbridge.table.FlowEntry.Match;
import org.dualbridge.table.FlowEntry.Packet;
import org.dualbridge.table.FlowEntry.Readdress;
import org.dualbridge.table.FlowEntry.ToGroup;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.FlowEntry.ToTable;
import org.dualbridge.table.FlowEntry.Udp;
import org.dualbridge.table.FlowEntry.Vrrp;
import org.eclipse.jdt.annotation.Nullable;

/** The tables and the groups of a switch, as far as frames need them, for tests. */
final class FakeTable {
    /** What is done with a frame that is dropped. */
    static final List<FlowAction> DROPPED = List.of();

    private final List<FlowEntry> flows = new ArrayList<>();
    private final long group;
    private final NextHop nextHop;

    /** A frame, and what is in it as far as a flow could match it. */
    record Frame(long inPort, Mac src, Mac dst, int vlan, int ethType, @Nullable Inner inner) {
        static Frame ip(final long inPort, final Mac src, final Mac dst) {
            return new Frame(inPort, src, dst, 0, 0x0800, null);
        }

        static Frame arp(final long inPort, final Mac src, final Mac dst, final int operation) {
            return new Frame(inPort, src, dst, 0, 0x0806, new Arp(operation, 0));
        }

        static Frame probe(final long inPort, final Mac src, final Mac dst) {
            return new Frame(inPort, src, dst, 0, 0x88b5, null);
        }

        /** An IPv4 packet. */
        static Frame of(final long inPort, final Mac src, final Mac dst, final Inner inner) {
            return new Frame(inPort, src, dst, 0, 0x0800, inner);
        }

        static Frame icmpv6(final long inPort, final Mac src, final Mac dst, final int type) {
            return new Frame(inPort, src, dst, 0, 0x86dd, new Icmpv6(type));
        }

        /** To an IPv4 or an IPv6 address. */
        static Frame packet(final long inPort, final Mac src, final Mac dst, final Address to) {
            return to instanceof V4 ? of(inPort, src, dst, new Packet(to, 32))
                : new Frame(inPort, src, dst, 0, 0x86dd, new Packet(to, 128));
        }

        static Frame solicits(final long inPort, final Mac src, final Ipv6 target) {
            return new Frame(inPort, src, Mac.parse("33:33:ff:00:00:01"), 0, 0x86dd, new Icmpv6(135, target));
        }

        static Frame vrrpIpv6(final long inPort, final Mac src, final Mac dst) {
            return new Frame(inPort, src, dst, 0, 0x86dd, new Vrrp(true));
        }

        static Frame whoHas(final long inPort, final Mac src, final int target) {
            return new Frame(inPort, src, Mac.BROADCAST, 0, 0x0806, new Arp(1, target));
        }

        Frame tagged(final int id) {
            return new Frame(inPort, src, dst, id, ethType, inner);
        }
    }

    FakeTable(final long group, final @Nullable NextHop nextHop, final Collection<FlowEntry> flows) {
        this.group = group;
        this.nextHop = nextHop == null ? NextHop.NOWHERE : nextHop;
        for (final var flow : flows) {
            this.flows.removeIf(old -> tableOf(old) == tableOf(flow) && old.priority() == flow.priority()
                && old.match().equals(flow.match()));
            this.flows.add(flow);
        }
    }

    /** Tells what becomes of a frame. Two flows that disagree must not match at the same priority. */
    List<FlowAction> where(final Frame frame) {
        return where(frame, 0);
    }

    private List<FlowAction> where(final Frame frame, final int table) {
        final var matching = flows.stream()
            .filter(flow -> tableOf(flow) == table && matches(flow.match(), frame))
            .sorted(Comparator.comparingInt(FlowEntry::priority).reversed())
            .toList();
        if (matching.isEmpty()) {
            return DROPPED;
        }
        final var best = matching.getFirst();
        assertTrue(matching.stream().allMatch(flow -> flow.priority() < best.priority()
            || flow.actions().equals(best.actions())), () -> "undefined which flow wins: " + matching);
        return best.actions().stream().flatMap(action -> output(action, frame).stream()).toList();
    }

    private List<FlowAction> output(final FlowAction action, final Frame frame) {
        return switch (action) {
            case ToGroup(var id) -> {
                assertTrue(id == group, "no such group");
                if (nextHop.ports().isEmpty()) {
                    yield DROPPED;
                }
                final var port = nextHop.ports().getFirst();
                final var sent = output(new ToPort(port), frame);
                final var mac = nextHop.destinations().get(port);
                yield mac == null || sent.isEmpty() ? sent : List.of(new Readdress(mac), new ToPort(port));
            }
            // A switch does not send a frame back to the port it came in at, unless it is told IN_PORT.
            case ToPort(var port) -> port == frame.inPort ? DROPPED : List.of(action);
            case ToTable(var number) -> where(frame, number);
            default -> List.of(action);
        };
    }

    private static boolean matches(final Match match, final Frame frame) {
        return (match.inPort() == null || match.inPort() == frame.inPort)
            && (match.ethType() == null || match.ethType() == frame.ethType)
            && (match.ethSrc() == null || match.ethSrc().matches(frame.src))
            && (match.ethDst() == null || match.ethDst().matches(frame.dst))
            && (match.vlan() == null || match.vlan() == frame.vlan)
            && (match.inner() == null || matches(match.inner(), frame.inner));
    }

    private static boolean matches(final Inner match, final @Nullable Inner inner) {
        return switch (match) {
            case Arp(var operation, var target, var length, var sender) -> inner instanceof Arp(var hasOperation,
                var hasTarget, var any, var hasSender) && operation == hasOperation
                && (sender == null || sender.equals(hasSender)) && (target == null || agree(target, hasTarget, length));
            case Packet(V4(var to), var length) -> inner instanceof Packet(V4(var hasTo), var any)
                && agree(to, hasTo, length);
            case Icmpv6(var type, var target) -> inner instanceof Icmpv6(var hasType, var hasTarget)
                && type == hasType && (target == null || target.equals(hasTarget));
            case Udp(var source, var destination, var isIpv6) -> inner instanceof Udp(var hasSource,
                var hasDestination, var any)
                && (source == null || source.equals(hasSource))
                && (destination == null || destination.equals(hasDestination));
            default -> match.equals(inner);
        };
    }

    private static boolean agree(final int one, final int other, final int bits) {
        return one >>> 32 - bits == other >>> 32 - bits;
    }

    private static int tableOf(final FlowEntry flow) {
        return flow.table(Placement.DEFAULT);
    }
}
