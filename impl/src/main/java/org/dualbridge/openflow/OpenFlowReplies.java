/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.Arp;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Icmp;
import org.dualbridge.table.FlowEntry.Icmpv6;
import org.dualbridge.table.FlowEntry.Inner;
import org.dualbridge.table.FlowEntry.MaskedMac;
import org.dualbridge.table.FlowEntry.Match;
import org.dualbridge.table.FlowEntry.Metered;
import org.dualbridge.table.FlowEntry.Packet;
import org.dualbridge.table.FlowEntry.Reserved;
import org.dualbridge.table.FlowEntry.ToGroup;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.FlowEntry.ToTable;
import org.dualbridge.table.FlowEntry.Udp;
import org.dualbridge.table.FlowEntry.Vrrp;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.PortNumber;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.GroupActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.Action;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.ActionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Instructions;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.ApplyActionsCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.GoToTableCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.MeterCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.EthernetMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.ArpMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv4Match;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv6Match;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.UdpMatch;

/**
 * OpenDaylight's terms in ours: {@link OpenFlowTerms} backwards. What this plugin never sends is not translated, so
 * that it is like nothing that is intended.
 */
final class OpenFlowReplies {
    private static final String LOCAL = "4294967294";

    /** Something that this plugin never sends. */
    private static final class ForeignException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private OpenFlowReplies() {
        // translates only
    }

    static Optional<Match> match(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.@Nullable Match from) {
        try {
            return Optional.of(readMatch(from == null ? new MatchBuilder().build() : from));
        } catch (ForeignException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<ImmutableList<FlowAction>> actions(final @Nullable Instructions from) {
        try {
            return Optional.of(readActions(from));
        } catch (ForeignException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Match readMatch(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from)
            throws ForeignException {
        none(from.getInPhyPort(), from.getMetadata(), from.getTunnel(), from.getPacketTypeMatch(),
            from.getProtocolMatchFields(), from.getTcpFlagsMatch());
        final var port = from.getInPort();
        final var ethernet = from.getEthernetMatch();
        final var type = ethernet == null ? null : ethernet.getEthernetType();
        final var ethType = type == null ? null : (Integer) type.requireType().getValue().intValue();
        return new Match(port == null ? null : (Long) inPort(port.getValue()), ethType, source(ethernet),
            destination(ethernet), vlan(from), inner(from, ethType));
    }

    private static void none(final @Nullable Object... fields) throws ForeignException {
        for (final var field : fields) {
            if (field != null) {
                throw new ForeignException();
            }
        }
    }

    /** Only the number of a port, or LOCAL; with or without that of the switch. */
    private static long inPort(final String id) {
        final var port = id.substring(id.lastIndexOf(':') + 1);
        return Long.parseLong("LOCAL".equals(port) ? LOCAL : port);
    }

    private static @Nullable MaskedMac source(final @Nullable EthernetMatch ethernet) {
        final var source = ethernet == null ? null : ethernet.getEthernetSource();
        return source == null ? null : mac(source.requireAddress(), source.getMask());
    }

    private static @Nullable MaskedMac destination(final @Nullable EthernetMatch ethernet) {
        final var destination = ethernet == null ? null : ethernet.getEthernetDestination();
        return destination == null ? null : mac(destination.requireAddress(), destination.getMask());
    }

    private static MaskedMac mac(final MacAddress address, final @Nullable MacAddress mask) {
        final var value = Mac.parse(address.getValue());
        return mask == null ? MaskedMac.exact(value) : new MaskedMac(value, Mac.parse(mask.getValue()));
    }

    private static @Nullable Integer vlan(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from)
            throws ForeignException {
        final var vlan = from.getVlanMatch();
        if (vlan == null) {
            return null;
        }
        none(vlan.getVlanPcp());
        final var id = vlan.getVlanId();
        if (id == null || id.getVlanId() == null) {
            throw new ForeignException();
        }
        final var number = id.getVlanId().getValue().intValue();
        // Present without a number is any VLAN.
        if ((number == 0) == Boolean.TRUE.equals(id.getVlanIdPresent())) {
            throw new ForeignException();
        }
        return number;
    }

    private static @Nullable Inner inner(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from,
            final @Nullable Integer ethType) throws ForeignException {
        final var ip = from.getIpMatch();
        if (ip == null) {
            none(from.getLayer4Match(), from.getIcmpv4Match(), from.getIcmpv6Match());
            return switch (from.getLayer3Match()) {
                case null -> null;
                case ArpMatch arp -> arp(arp);
                case Ipv4Match ipv4 -> packet(ipv4);
                case Ipv6Match ipv6 -> packet(ipv6);
                default -> throw new ForeignException();
            };
        }
        none(ip.getIpDscp(), ip.getIpEcn());
        final var protocol = ip.getIpProtocol();
        if (protocol == null || protocol.intValue() != OpenFlowTerms.ICMPV6) {
            none(from.getLayer3Match());
        }
        return switch (protocol == null ? -1 : protocol.intValue()) {
            case OpenFlowTerms.ICMP -> icmp(from);
            case OpenFlowTerms.ICMPV6 -> icmpv6(from);
            case OpenFlowTerms.UDP -> udp(from, ethType);
            case OpenFlowTerms.VRRP -> {
                none(from.getLayer4Match(), from.getIcmpv4Match(), from.getIcmpv6Match());
                yield new Vrrp(ethType != null && ethType == 0x86dd);
            }
            default -> throw new ForeignException();
        };
    }

    private static Arp arp(final ArpMatch arp) throws ForeignException {
        none(arp.getArpSourceHardwareAddress(), arp.getArpTargetHardwareAddress());
        final var operation = arp.getArpOp();
        final var sender = arp.getArpSourceTransportAddress();
        if (operation == null || sender != null && length(sender.getValue()) != Integer.SIZE) {
            throw new ForeignException();
        }
        final var target = arp.getArpTargetTransportAddress();
        return new Arp(operation.intValue(), target == null ? null : (Integer) address(target),
            target == null ? Integer.SIZE : length(target.getValue()),
            sender == null ? null : (Integer) address(sender));
    }

    private static Packet packet(final Ipv4Match ipv4) throws ForeignException {
        none(ipv4.getIpv4Source());
        if (ipv4.getIpv4Destination() == null) {
            throw new ForeignException();
        }
        final var destination = ipv4.getIpv4Destination();
        return new Packet(new V4(address(destination)), length(destination.getValue()));
    }

    private static Packet packet(final Ipv6Match ipv6) throws ForeignException {
        none(ipv6.getIpv6Source(), ipv6.getIpv6NdTarget(), ipv6.getIpv6NdSll(), ipv6.getIpv6NdTll(),
            ipv6.getIpv6Label(), ipv6.getIpv6ExtHeader());
        final var destination = ipv6.getIpv6Destination();
        if (destination == null) {
            throw new ForeignException();
        }
        return new Packet(new V6(Ipv6.parse(destination.getValue().split("/", 2)[0])), length(destination.getValue()));
    }

    private static int length(final String prefix) {
        return Integer.parseInt(prefix.substring(prefix.indexOf('/') + 1));
    }

    private static int address(final Ipv4Prefix prefix) {
        return InetAddresses.coerceToInteger((Inet4Address)
            InetAddresses.forString(prefix.getValue().split("/", 2)[0]));
    }

    private static Icmp icmp(final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from)
            throws ForeignException {
        none(from.getLayer4Match(), from.getIcmpv6Match());
        final var icmp = from.getIcmpv4Match();
        if (icmp == null || icmp.getIcmpv4Type() == null || icmp.getIcmpv4Code() != null) {
            throw new ForeignException();
        }
        return new Icmp(icmp.getIcmpv4Type().intValue());
    }

    private static Icmpv6 icmpv6(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from)
            throws ForeignException {
        none(from.getLayer4Match(), from.getIcmpv4Match());
        final var icmp = from.getIcmpv6Match();
        if (icmp == null || icmp.getIcmpv6Type() == null || icmp.getIcmpv6Code() != null) {
            throw new ForeignException();
        }
        final var type = icmp.getIcmpv6Type().intValue();
        return switch (from.getLayer3Match()) {
            case null -> new Icmpv6(type);
            case Ipv6Match ipv6 when ipv6.getIpv6NdTarget() != null -> {
                none(ipv6.getIpv6Source(), ipv6.getIpv6Destination(), ipv6.getIpv6NdSll(), ipv6.getIpv6NdTll(),
                    ipv6.getIpv6Label(), ipv6.getIpv6ExtHeader());
                yield new Icmpv6(type, Ipv6.parse(ipv6.getIpv6NdTarget().getValue()));
            }
            default -> throw new ForeignException();
        };
    }

    private static Udp udp(final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match from,
            final @Nullable Integer ethType) throws ForeignException {
        none(from.getIcmpv4Match(), from.getIcmpv6Match());
        if (!(from.getLayer4Match() instanceof UdpMatch udp)) {
            throw new ForeignException();
        }
        none(udp.getUdpSourcePortMask(), udp.getUdpDestinationPortMask());
        return new Udp(number(udp.getUdpSourcePort()), number(udp.getUdpDestinationPort()),
            ethType != null && ethType == 0x86dd);
    }

    private static @Nullable Integer number(final @Nullable PortNumber port) {
        return port == null ? null : (Integer) port.getValue().intValue();
    }

    private static ImmutableList<FlowAction> readActions(final @Nullable Instructions from) throws ForeignException {
        final var instructions = from == null ? Map.of() : from.nonnullInstruction();
        if (instructions.isEmpty()) {
            return ImmutableList.of();
        }
        // In the order in which a switch does them, which is ours, too (OpenFlow 1.3.5, section 5.9).
        final var before = ImmutableList.<FlowAction>builder();
        final var applied = ImmutableList.<FlowAction>builder();
        final var after = ImmutableList.<FlowAction>builder();
        for (final var instruction : from.nonnullInstruction().values()) {
            switch (instruction.getInstruction()) {
                case MeterCase meter when meter.getMeter() != null ->
                    before.add(new Metered(meter.getMeter().requireMeterId().getValue().longValue()));
                case ApplyActionsCase apply -> applied.addAll(list(apply.getApplyActions().nonnullAction()));
                case GoToTableCase table when table.getGoToTable() != null ->
                    after.add(new ToTable(table.getGoToTable().requireTableId().intValue()));
                case null, default -> throw new ForeignException();
            }
        }
        return before.addAll(applied.build()).addAll(after.build()).build();
    }

    private static ImmutableList<FlowAction> list(final Map<ActionKey, Action> from) throws ForeignException {
        final var sorted = new ArrayList<>(from.values());
        sorted.sort(Comparator.comparing(Action::requireOrder));
        final var actions = ImmutableList.<FlowAction>builder();
        for (final var action : sorted) {
            actions.add(switch (action.getAction()) {
                case OutputActionCase output -> output(output.getOutputAction().getOutputNodeConnector().getValue());
                case GroupActionCase group when group.getGroupAction().getGroupId() != null ->
                    new ToGroup(group.getGroupAction().getGroupId().longValue());
                case null, default -> throw new ForeignException();
            });
        }
        return actions.build();
    }

    private static FlowAction output(final String uri) {
        final var port = uri.substring(uri.lastIndexOf(':') + 1);
        return switch (port) {
            case "NORMAL" -> Reserved.NORMAL;
            case "INPORT", "IN_PORT" -> Reserved.IN_PORT;
            case "CONTROLLER" -> Reserved.CONTROLLER;
            case "LOCAL" -> Reserved.LOCAL;
            default -> new ToPort(Long.parseLong(port));
        };
    }
}
