/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Metered;
import org.dualbridge.table.FlowEntry.Readdress;
import org.dualbridge.table.FlowEntry.Reserved;
import org.dualbridge.table.NextHop;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatisticsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatisticsOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortConfig;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortFeatures;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortNumberUni;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.port.mod.port.PortBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowCookie;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.group.update.OriginalGroupBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.group.update.UpdatedGroupBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupTypes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.service.rev130918.AddMeter;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.service.rev130918.AddMeterInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.MeterFlags;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.types.rev130918.MeterId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.UpdatePort;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.UpdatePortInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.port.update.UpdatedPortBuilder;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * Requests to switches. Messages to one switch leave in the order of the calls. A future tells the outcome; that of a
 * flow or group completes with the next barrier, so send one behind.
 */
public final class SwitchRpcs {
    /** All tables (OpenFlow 1.3.5, section 7.3.4.1, OFPTT_ALL); to read or remove flows. */
    private static final Uint8 ALL_TABLES = Uint8.MAX_VALUE;
    /** Bits in the alphabetical order of their names, as the generated code has it: NO-FWD comes first. */
    private static final PortConfig NO_FORWARD = new PortConfig(true, false, false, false);
    /** Counts frames, not kilobits, and has a burst: bits in the order burst, kbps, pktps, stats. */
    private static final MeterFlags METER_FLAGS = new MeterFlags(true, false, true, false);
    /** In a port modification: leave what the port advertises as it is. */
    private static final PortFeatures NO_FEATURES = new PortFeatures(false, false, false, false, false, false, false,
        false, false, false, false, false, false, false, false, false);

    private final AddFlow addFlow;
    private final RemoveFlow removeFlow;
    private final AddGroup addGroup;
    private final AddMeter addMeter;
    private final UpdateGroup updateGroup;
    private final RemoveGroup removeGroup;
    private final UpdatePort updatePort;
    private final SendBarrier sendBarrier;
    private final TransmitPacket transmitPacket;
    private final GetFlowStatistics flowStatistics;
    private final GetGroupStatistics groupStatistics;
    private final Map<PortRef, Connector> connectors = new ConcurrentHashMap<>();

    /** A port in OpenDaylight's terms. They are long to make and the same in every probe. */
    private record Connector(NodeRef node, NodeConnectorRef port) {
    }

    /**
     * Looks the RPCs up.
     *
     * @param rpcs where they are registered
     */
    public SwitchRpcs(final RpcService rpcs) {
        addFlow = rpcs.getRpc(AddFlow.class);
        removeFlow = rpcs.getRpc(RemoveFlow.class);
        addGroup = rpcs.getRpc(AddGroup.class);
        addMeter = rpcs.getRpc(AddMeter.class);
        updateGroup = rpcs.getRpc(UpdateGroup.class);
        removeGroup = rpcs.getRpc(RemoveGroup.class);
        updatePort = rpcs.getRpc(UpdatePort.class);
        sendBarrier = rpcs.getRpc(SendBarrier.class);
        transmitPacket = rpcs.getRpc(TransmitPacket.class);
        flowStatistics = rpcs.getRpc(GetFlowStatistics.class);
        groupStatistics = rpcs.getRpc(GetGroupStatistics.class);
    }

    /**
     * Adds a flow, or replaces the one of equal priority and match.
     *
     * @param node datapath id of the switch
     * @param table the table
     * @param flow the flow
     * @param cookie its cookie
     * @param hardTimeout seconds until the switch removes it, 0 for never
     * @return the outcome
     */
    public ListenableFuture<Outcome> add(final long node, final int table, final FlowEntry flow,
            final long cookie, final int hardTimeout) {
        return Outcome.of(addFlow.invoke(new AddFlowInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setTableId(Uint8.valueOf(table))
            .setPriority(Uint16.valueOf(flow.priority()))
            .setMatch(OpenFlowTerms.match(node, flow.match()))
            .setInstructions(OpenFlowTerms.instructions(flow.actions()))
            .setCookie(new FlowCookie(Uint64.fromLongBits(cookie)))
            .setHardTimeout(Uint16.valueOf(hardTimeout))
            .setIdleTimeout(Uint16.ZERO)
            .build()));
    }

    /**
     * Removes a flow, if its cookie agrees in some bits; nothing happens if it is not there.
     *
     * @param node datapath id of the switch
     * @param table the table
     * @param flow the flow
     * @param cookie those bits
     * @param mask which bits
     * @return the outcome
     */
    public ListenableFuture<Outcome> remove(final long node, final int table, final FlowEntry flow,
            final long cookie, final long mask) {
        return Outcome.of(removeFlow.invoke(new RemoveFlowInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setTableId(Uint8.valueOf(table))
            .setPriority(Uint16.valueOf(flow.priority()))
            .setMatch(OpenFlowTerms.match(node, flow.match()))
            .setCookie(new FlowCookie(Uint64.fromLongBits(cookie)))
            .setCookieMask(new FlowCookie(Uint64.fromLongBits(mask)))
            .setStrict(Boolean.TRUE)
            .build()));
    }

    /**
     * Removes a flow that a switch told of; nothing happens if it is not there any more, or has another cookie now.
     *
     * @param node datapath id of the switch
     * @param flow the flow
     * @return the outcome
     */
    public ListenableFuture<Outcome> remove(final long node, final HeldFlow flow) {
        return Outcome.of(removeFlow.invoke(new RemoveFlowInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setTableId(Uint8.valueOf(flow.table()))
            .setPriority(Uint16.valueOf(flow.priority()))
            .setMatch(OpenFlowTerms.match(node, flow.match()))
            .setCookie(new FlowCookie(Uint64.fromLongBits(flow.cookie())))
            .setCookieMask(new FlowCookie(Uint64.MAX_VALUE))
            .setStrict(Boolean.TRUE)
            .build()));
    }

    /**
     * Removes all flows whose cookies agree in some bits.
     *
     * @param node datapath id of the switch
     * @param cookie those bits
     * @param mask which bits
     * @return the outcome
     */
    public ListenableFuture<Outcome> removeAll(final long node, final long cookie, final long mask) {
        return Outcome.of(removeFlow.invoke(new RemoveFlowInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setTableId(ALL_TABLES)
            .setCookie(new FlowCookie(Uint64.fromLongBits(cookie)))
            .setCookieMask(new FlowCookie(Uint64.fromLongBits(mask)))
            .setStrict(Boolean.FALSE)
            .build()));
    }

    /**
     * Creates a meter that drops what is too much; refused if it is there already, which harms nothing.
     *
     * @param node datapath id of the switch
     * @param meter the meter
     * @return the outcome
     */
    public ListenableFuture<Outcome> createMeter(final long node, final Metered meter) {
        return Outcome.of(addMeter.invoke(new AddMeterInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setMeterId(new MeterId(Uint32.valueOf(meter.id())))
            .setFlags(METER_FLAGS)
            .setMeterBandHeaders(OpenFlowTerms.drops(meter.rate()))
            .build()));
    }

    /**
     * Reads the flows whose cookies agree in some bits (OpenFlow 1.3.5, section 7.3.5.2); without those that match in
     * ways that this plugin never uses.
     *
     * @param node datapath id of the switch
     * @param cookie those bits
     * @param mask which bits
     * @param reader who translates them
     * @return the flows; fails where the switch does not tell
     */
    public ListenableFuture<List<HeldFlow>> flows(final long node, final long cookie, final long mask,
            final Executor reader) {
        return Futures.transform(flowStatistics.invoke(new GetFlowStatisticsInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setTableId(ALL_TABLES)
            .setCookie(new FlowCookie(Uint64.fromLongBits(cookie)))
            .setCookieMask(new FlowCookie(Uint64.fromLongBits(mask)))
            .setMatch(new MatchBuilder().build())
            .setStoreStats(Boolean.FALSE)
            .build()), SwitchRpcs::held, reader);
    }

    private static List<HeldFlow> held(final RpcResult<GetFlowStatisticsOutput> result) {
        return told(result).nonnullFlowAndStatisticsMapList().stream()
            .flatMap(flow -> OpenFlowReplies.match(flow.getMatch())
                .map(match -> new HeldFlow(flow.getTableId().intValue(), flow.getCookie().getValue().longValue(),
                    flow.getPriority().intValue(), match,
                    OpenFlowReplies.actions(flow.getInstructions()).orElse(null))).stream())
            .collect(ImmutableList.toImmutableList());
    }

    private static <T> T told(final RpcResult<T> result) {
        if (!result.isSuccessful()) {
            throw new IllegalStateException(Outcome.of(result).detail());
        }
        return result.getResult();
    }

    /**
     * Reads how many buckets a group has. Where they lead is not to be had from the OpenFlow plugin.
     *
     * @param node datapath id of the switch
     * @param id identifier of the group
     * @param reader who translates it
     * @return how many, empty where there is no such group; fails where the switch does not tell
     */
    public ListenableFuture<OptionalInt> buckets(final long node, final long id, final Executor reader) {
        return Futures.transform(groupStatistics.invoke(new GetGroupStatisticsInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setGroupId(new GroupId(Uint32.valueOf(id)))
            .setStoreStats(Boolean.FALSE)
            .build()), result -> count(result, id), reader);
    }

    private static OptionalInt count(final RpcResult<GetGroupStatisticsOutput> result, final long id) {
        return told(result).nonnullGroupStats().values().stream()
            .filter(group -> group.requireGroupId().getValue().longValue() == id)
            .mapToInt(group -> group.getBuckets() == null ? 0 : group.getBuckets().nonnullBucketCounter().size())
            .findFirst();
    }

    /**
     * Creates a group; refused if it is there already, which harms nothing.
     *
     * @param node datapath id of the switch
     * @param id its identifier
     * @param nextHop where it leads
     * @return the outcome
     */
    public ListenableFuture<Outcome> createGroup(final long node, final long id, final NextHop nextHop) {
        return Outcome.of(addGroup.invoke(new AddGroupInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setGroupId(new GroupId(Uint32.valueOf(id)))
            .setGroupType(type(nextHop))
            .setBuckets(OpenFlowTerms.buckets(nextHop))
            .build()));
    }

    /**
     * Points a group elsewhere: one OpenFlow message.
     *
     * @param node datapath id of the switch
     * @param id its identifier
     * @param nextHop where it leads
     * @return the outcome
     */
    public ListenableFuture<Outcome> pointGroup(final long node, final long id, final NextHop nextHop) {
        final var groupId = new GroupId(Uint32.valueOf(id));
        return Outcome.of(updateGroup.invoke(new UpdateGroupInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setOriginalGroup(new OriginalGroupBuilder().setGroupId(groupId).setGroupType(type(nextHop)).build())
            .setUpdatedGroup(new UpdatedGroupBuilder().setGroupId(groupId).setGroupType(type(nextHop))
                .setBuckets(OpenFlowTerms.buckets(nextHop)).build())
            .build()));
    }

    private static GroupTypes type(final NextHop nextHop) {
        return nextHop.failsOver() ? GroupTypes.GroupFf : GroupTypes.GroupIndirect;
    }

    /**
     * Removes a group, and with it the flows that use it.
     *
     * @param node datapath id of the switch
     * @param id its identifier
     * @return the outcome
     */
    public ListenableFuture<Outcome> deleteGroup(final long node, final long id) {
        return Outcome.of(removeGroup.invoke(new RemoveGroupInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .setGroupId(new GroupId(Uint32.valueOf(id)))
            .setGroupType(GroupTypes.GroupIndirect)
            .build()));
    }

    /**
     * Stops a switch from sending anything out of a port (OFPPC_NO_FWD), packet-outs included, or lets it again.
     *
     * @param port the port
     * @param address its hardware address, which the switch checks (OpenFlow 1.3.5, section 7.3.4.3)
     * @param silent whether nothing is to leave
     * @return the outcome
     */
    public ListenableFuture<Outcome> silence(final PortRef port, final Mac address, final boolean silent) {
        final var details = new PortBuilder()
            .setPortModOrder(Uint32.ZERO)
            .setPortNumber(new PortNumberUni(Uint32.valueOf(port.number())))
            .setHardwareAddress(new MacAddress(address.toString()))
            .setConfiguration(new PortConfig(silent, false, false, false))
            .setMask(NO_FORWARD)
            .setAdvertisedFeatures(NO_FEATURES)
            .build();
        final var update = new org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.port.mod
            .PortBuilder().setPort(BindingMap.of(details)).build();
        return Outcome.of(updatePort.invoke(new UpdatePortInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(port.datapath()))
            .setUpdatedPort(new UpdatedPortBuilder().setPort(update).build())
            .build()));
    }

    /**
     * Asks a switch to answer when it has done everything before (OpenFlow 1.3.5, section 7.3.8).
     *
     * @param node datapath id of the switch
     * @return done when it answered
     */
    public ListenableFuture<Outcome> barrier(final long node) {
        return Outcome.of(sendBarrier.invoke(new SendBarrierInputBuilder()
            .setNode(OpenFlowTerms.nodeRef(node))
            .build()));
    }

    /**
     * Sends a frame out of a port.
     *
     * @param port the port
     * @param frame the frame, without FCS
     * @param told told when it was handed to the switch, by any thread
     */
    public void send(final PortRef port, final byte[] frame, final Consumer<Outcome> told) {
        final var connector = connector(port);
        Outcome.tell(transmitPacket.invoke(new TransmitPacketInputBuilder()
            .setNode(connector.node)
            .setEgress(connector.port)
            .setPayload(frame)
            .build()), told);
    }

    private Connector connector(final PortRef port) {
        return connectors.computeIfAbsent(port, key ->
            new Connector(OpenFlowTerms.nodeRef(key.datapath()), OpenFlowTerms.portRef(key)));
    }

    /**
     * Has a switch hand a frame straight back, as if it had come in at a port.
     *
     * @param inPort the port
     * @param frame the frame, without FCS
     * @param told told when it was handed to the switch, by any thread
     */
    public void handBack(final PortRef inPort, final byte[] frame, final Consumer<Outcome> told) {
        final var connector = connector(inPort);
        Outcome.tell(transmitPacket.invoke(new TransmitPacketInputBuilder()
            .setNode(connector.node)
            .setIngress(connector.port)
            .setEgress(connector.port)
            .setPayload(frame)
            .setAction(OpenFlowTerms.actions(List.of(Reserved.CONTROLLER)))
            .build()), told);
    }

    /**
     * Lets a switch believe that frames came in at a port: copies leave by some ports, and the switch itself learns.
     * For the latter a frame passes the switch's own forwarding to a destination that is known to be at that very
     * port, so that it goes nowhere, least of all to a bridge that would learn the host on its wrong side. The frame's
     * own source would not do: Open vSwitch looks the destination up before it learns the source.
     *
     * @param inPort the port
     * @param sink an address that the switch has at that port
     * @param outPorts where copies leave
     * @return takes a frame, broadcast or multicast, without FCS, and who is told when it was handed to the switch, by
     *     any thread
     */
    public BiConsumer<byte[], Consumer<Outcome>> announcer(final PortRef inPort, final Mac sink,
            final List<FlowAction> outPorts) {
        final var connector = connector(inPort);
        final var actions = new ArrayList<>(outPorts);
        actions.add(new Readdress(sink));
        actions.add(Reserved.NORMAL);
        // The same in all frames.
        final var terms = OpenFlowTerms.actions(actions);
        return (frame, told) -> Outcome.tell(transmitPacket.invoke(new TransmitPacketInputBuilder()
            .setNode(connector.node)
            .setIngress(connector.port)
            .setEgress(connector.port)
            .setPayload(frame)
            .setAction(terms)
            .build()), told);
    }
}
