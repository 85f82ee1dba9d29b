/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
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
import org.dualbridge.table.FlowEntry.Readdress;
import org.dualbridge.table.FlowEntry.Reserved;
import org.dualbridge.table.FlowEntry.ToGroup;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.FlowEntry.ToTable;
import org.dualbridge.table.FlowEntry.Udp;
import org.dualbridge.table.FlowEntry.Vrrp;
import org.dualbridge.table.NextHop;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6Address;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.PortNumber;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Uri;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.GroupActionCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.SetDlDstActionCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.group.action._case.GroupActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.output.action._case.OutputActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.set.dl.dst.action._case.SetDlDstActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.Action;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.ActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.ActionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Instructions;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.InstructionsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.ApplyActionsCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.GoToTableCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.MeterCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.apply.actions._case.ApplyActionsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.go.to.table._case.GoToTableBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.meter._case.MeterBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.Instruction;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.BucketId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.Buckets;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.BucketsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.buckets.Bucket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.buckets.BucketBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.EtherType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.VlanId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.BandId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.MeterBandType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.MeterId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.band.type.band.type.DropBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.meter.MeterBandHeaders;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.meter.MeterBandHeadersBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.meter.meter.band.headers.MeterBandHeaderBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.meter.meter.band.headers.meter.band.header.MeterBandTypesBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetDestinationBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetSourceBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.ethernet.match.fields.EthernetTypeBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.EthernetMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.Icmpv4MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.Icmpv6MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.IpMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.IpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.VlanMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.ArpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv4MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._3.match.Ipv6MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.layer._4.match.UdpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.vlan.match.fields.VlanIdBuilder;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

/** Our terms in those of OpenDaylight's OpenFlow models. */
final class OpenFlowTerms {
    // IP protocol numbers.
    static final int ICMP = 1;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    static final int VRRP = 112;

    private OpenFlowTerms() {
        // translates only
    }

    static DataObjectIdentifier<Node> nodePath(final long node) {
        return DataObjectIdentifier.builder(Nodes.class)
            .child(Node.class, new NodeKey(new NodeId(PortRef.node(node))))
            .build();
    }

    static NodeRef nodeRef(final long node) {
        return new NodeRef(nodePath(node));
    }

    static NodeConnectorRef portRef(final PortRef port) {
        return new NodeConnectorRef(DataObjectIdentifier.builder(Nodes.class)
            .child(Node.class, new NodeKey(new NodeId(PortRef.node(port.datapath()))))
            .child(NodeConnector.class, new NodeConnectorKey(new NodeConnectorId(port.toString())))
            .build());
    }

    static org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.@Nullable Match match(
            final long node, final Match match) {
        final var builder = new MatchBuilder();
        final var inPort = match.inPort();
        if (inPort != null) {
            builder.setInPort(new NodeConnectorId(inPort == 0xffff_fffeL ? PortRef.node(node) + ":LOCAL"
                : new PortRef(node, inPort).toString()));
        }
        final var ethernet = new EthernetMatchBuilder();
        final var ethType = match.ethType();
        if (ethType != null) {
            ethernet.setEthernetType(new EthernetTypeBuilder()
                .setType(new EtherType(Uint32.valueOf(ethType))).build());
        }
        final var source = match.ethSrc();
        if (source != null) {
            ethernet.setEthernetSource(new EthernetSourceBuilder()
                .setAddress(mac(source.value())).setMask(mask(source)).build());
        }
        final var destination = match.ethDst();
        if (destination != null) {
            ethernet.setEthernetDestination(new EthernetDestinationBuilder()
                .setAddress(mac(destination.value())).setMask(mask(destination)).build());
        }
        if (ethType != null || source != null || destination != null) {
            builder.setEthernetMatch(ethernet.build());
        }
        final var vlan = match.vlan();
        if (vlan != null) {
            builder.setVlanMatch(new VlanMatchBuilder()
                .setVlanId(new VlanIdBuilder()
                    .setVlanIdPresent(vlan != 0)
                    .setVlanId(new VlanId(Uint16.valueOf(vlan)))
                    .build())
                .build());
        }
        final var inner = match.inner();
        if (inner != null) {
            inner(builder, inner);
        }
        return builder.build();
    }

    private static void inner(final MatchBuilder builder, final Inner inner) {
        switch (inner) {
            case Arp(var operation, var target, var length, var sender) -> builder.setLayer3Match(new ArpMatchBuilder()
                .setArpOp(Uint16.valueOf(operation))
                .setArpSourceTransportAddress(sender == null ? null : prefix(sender, Integer.SIZE))
                .setArpTargetTransportAddress(target == null ? null : prefix(target, length))
                .build());
            case Icmp(var type) -> builder.setIpMatch(protocol(ICMP))
                .setIcmpv4Match(new Icmpv4MatchBuilder().setIcmpv4Type(Uint8.valueOf(type)).build());
            case Icmpv6(var type, var target) -> builder.setIpMatch(protocol(ICMPV6))
                .setIcmpv6Match(new Icmpv6MatchBuilder().setIcmpv6Type(Uint8.valueOf(type)).build())
                .setLayer3Match(target == null ? null
                    : new Ipv6MatchBuilder().setIpv6NdTarget(new Ipv6Address(target.toString())).build());
            case Packet(V4(var to), var length) -> builder.setLayer3Match(
                new Ipv4MatchBuilder().setIpv4Destination(prefix(to, length)).build());
            case Packet(V6(var to), var length) -> builder.setLayer3Match(
                new Ipv6MatchBuilder().setIpv6Destination(new Ipv6Prefix(to + "/" + length)).build());
            case Vrrp vrrp -> builder.setIpMatch(protocol(VRRP));
            case Udp(var source, var destination, var isIpv6) -> builder.setIpMatch(protocol(UDP))
                .setLayer4Match(new UdpMatchBuilder()
                    .setUdpSourcePort(portNumber(source)).setUdpDestinationPort(portNumber(destination)).build());
        }
    }

    private static Ipv4Prefix prefix(final int address, final int length) {
        return new Ipv4Prefix(InetAddresses.fromInteger(address).getHostAddress() + "/" + length);
    }

    private static IpMatch protocol(final int number) {
        return new IpMatchBuilder().setIpProtocol(Uint8.valueOf(number)).build();
    }

    private static @Nullable PortNumber portNumber(final @Nullable Integer number) {
        return number == null ? null : new PortNumber(Uint16.valueOf(number));
    }

    private static MacAddress mac(final Mac mac) {
        return new MacAddress(mac.toString());
    }

    private static @Nullable MacAddress mask(final MaskedMac mac) {
        return mac.isExact() ? null : mac(mac.mask());
    }

    static Instructions instructions(final List<FlowAction> actions) {
        if (actions.isEmpty()) {
            return new InstructionsBuilder().setInstruction(Map.of()).build();
        }
        final var instructions = new ArrayList<Instruction>();
        final var applied = new ArrayList<FlowAction>();
        for (final var action : actions) {
            switch (action) {
                case ToTable(var number) -> instructions.add(instruction(instructions.size(),
                    new GoToTableCaseBuilder()
                        .setGoToTable(new GoToTableBuilder().setTableId(Uint8.valueOf(number)).build()).build()));
                case Metered(var id) -> instructions.add(instruction(instructions.size(), new MeterCaseBuilder()
                    .setMeter(new MeterBuilder().setMeterId(new MeterId(Uint32.valueOf(id))).build()).build()));
                case ToPort port -> applied.add(port);
                case Readdress mac -> applied.add(mac);
                case ToGroup group -> applied.add(group);
                case Reserved reserved -> applied.add(reserved);
            }
        }
        if (!applied.isEmpty()) {
            instructions.add(instruction(instructions.size(), new ApplyActionsCaseBuilder()
                .setApplyActions(new ApplyActionsBuilder().setAction(actions(applied)).build())
                .build()));
        }
        return new InstructionsBuilder().setInstruction(BindingMap.ordered(instructions)).build();
    }

    private static Instruction instruction(final int order,
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.Instruction choice) {
        return new InstructionBuilder().withKey(new InstructionKey(order)).setInstruction(choice).build();
    }

    /** What drops frames of which there are more than so many per second. */
    static MeterBandHeaders drops(final int rate) {
        final var limit = Uint32.valueOf(rate);
        return new MeterBandHeadersBuilder().setMeterBandHeader(BindingMap.of(new MeterBandHeaderBuilder()
            .setBandId(new BandId(Uint32.ZERO))
            .setMeterBandTypes(new MeterBandTypesBuilder().setFlags(new MeterBandType(true, false, false)).build())
            .setBandRate(limit)
            .setBandBurstSize(limit)
            .setBandType(new DropBuilder().setDropRate(limit).setDropBurstSize(limit).build())
            .build())).build();
    }

    static Map<ActionKey, Action> actions(final List<? extends FlowAction> actions) {
        final var list = new ArrayList<Action>();
        for (final var action : actions) {
            final var choice = switch (action) {
                case ToPort(var port) -> output(Long.toString(port));
                case Readdress(var to) -> new SetDlDstActionCaseBuilder()
                    .setSetDlDstAction(new SetDlDstActionBuilder().setAddress(mac(to)).build())
                    .build();
                case Reserved reserved -> output(switch (reserved) {
                    case NORMAL -> "NORMAL";
                    case IN_PORT -> "INPORT";
                    case CONTROLLER -> "CONTROLLER";
                    case LOCAL -> "LOCAL";
                });
                case ToTable table -> throw new IllegalArgumentException("an instruction, no action: " + table);
                case Metered meter -> throw new IllegalArgumentException("an instruction, no action: " + meter);
                case ToGroup(var id) -> new GroupActionCaseBuilder()
                    .setGroupAction(new GroupActionBuilder().setGroupId(Uint32.valueOf(id)).build())
                    .build();
            };
            list.add(new ActionBuilder().withKey(new ActionKey(list.size())).setAction(choice).build());
        }
        return BindingMap.ordered(list);
    }

    private static org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.Action output(
            final String port) {
        return new OutputActionCaseBuilder()
            .setOutputAction(new OutputActionBuilder()
                .setOutputNodeConnector(new Uri(port))
                .setMaxLength(Uint16.MAX_VALUE)
                .build())
            .build();
    }

    /** An indirect group has one bucket; one that fails over has a bucket for each port, and watches that. */
    static Buckets buckets(final NextHop nextHop) {
        final var buckets = new ArrayList<Bucket>();
        for (final var port : nextHop.ports()) {
            final var actions = new ArrayList<FlowAction>();
            Optional.ofNullable(nextHop.destinations().get(port)).map(Readdress::new).ifPresent(actions::add);
            actions.add(new ToPort(port));
            final var bucket = new BucketBuilder()
                .setBucketId(new BucketId(Uint32.valueOf(buckets.size())))
                .setAction(actions(actions));
            buckets.add(nextHop.failsOver() ? bucket.setWatchPort(Uint32.valueOf(port)).build() : bucket.build());
        }
        if (buckets.isEmpty()) {
            buckets.add(new BucketBuilder().setBucketId(new BucketId(Uint32.ZERO)).setAction(Map.of()).build());
        }
        return new BucketsBuilder().setBucket(BindingMap.ordered(buckets)).build();
    }

    /** Reads a node-connector of an OpenFlow switch; empty for reserved ports and other protocols' connectors. */
    static Optional<PortRef> port(final NodeConnectorId id) {
        try {
            return Optional.of(PortRef.parse(id.getValue()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<Long> node(final String id) {
        try {
            return Optional.of(PortRef.parseNode(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
