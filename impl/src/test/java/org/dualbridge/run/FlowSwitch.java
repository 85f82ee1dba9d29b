/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatisticsOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetGroupStatisticsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.statistics.rev130819.flow.and.statistics.map.list.FlowAndStatisticsMapListBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.BucketId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.Buckets;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.statistics.BucketsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.statistics.buckets.BucketCounterBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.statistics.reply.GroupStatsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.service.rev130918.AddMeter;
import org.opendaylight.yang.gen.v1.urn.opendaylight.meter.service.rev130918.AddMeterOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.UpdatePort;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.UpdatePortOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.port.service.rev131107.UpdatePortOutputBuilder;
import org.opendaylight.yangtools.binding.Rpc;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;

/** A switch that holds flows and groups, and may refuse them, for tests. */
final class FlowSwitch implements RpcService {
    /** What a switch knows a flow by. */
    record Name(int table, int priority, Match match) {
    }

    final Map<Name, AddFlowInput> flows = new LinkedHashMap<>();
    final Map<GroupId, Buckets> groups = new HashMap<>();
    Predicate<AddFlowInput> refuses = any -> false;
    boolean refusesGroups;
    boolean refusesRemovals;
    boolean refusesPorts;
    int portChanges;
    int reads;
    /** What happens while the group is read, which is last. */
    Runnable meanwhile = () -> { };

    @Override
    public <T extends Rpc<?, ?>> T getRpc(final Class<T> type) {
        final Rpc<?, ?> rpc;
        if (type == AddFlow.class) {
            rpc = (AddFlow) this::add;
        } else if (type == RemoveFlow.class) {
            rpc = (RemoveFlow) this::remove;
        } else if (type == AddGroup.class) {
            rpc = (AddGroup) this::addGroup;
        } else if (type == UpdateGroup.class) {
            rpc = (UpdateGroup) this::updateGroup;
        } else if (type == RemoveGroup.class) {
            rpc = (RemoveGroup) this::removeGroup;
        } else if (type == GetFlowStatistics.class) {
            rpc = (GetFlowStatistics) this::tell;
        } else if (type == GetGroupStatistics.class) {
            rpc = (GetGroupStatistics) input -> tellGroups();
        } else if (type == AddMeter.class) {
            rpc = (AddMeter) input -> answer(false, new AddMeterOutputBuilder().build());
        } else if (type == UpdatePort.class) {
            rpc = (UpdatePort) input -> updatePort();
        } else if (type == SendBarrier.class) {
            rpc = (SendBarrier) input -> FakeSwitches.done(null);
        } else {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
                (proxy, method, arguments) -> {
                    throw new AssertionError("unexpected: " + method);
                }));
        }
        return type.cast(rpc);
    }

    private static <T> ListenableFuture<RpcResult<T>> answer(final boolean refused, final T output) {
        return Futures.immediateFuture(refused
            ? RpcResultBuilder.<T>failed().withError(ErrorType.APPLICATION, "table full").build()
            : RpcResultBuilder.success(output).build());
    }

    private synchronized ListenableFuture<RpcResult<AddFlowOutput>> add(final AddFlowInput input) {
        final var refused = refuses.test(input);
        if (!refused) {
            flows.put(new Name(input.getTableId().intValue(), input.getPriority().intValue(), input.getMatch()), input);
        }
        return answer(refused, new AddFlowOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<RemoveFlowOutput>> remove(final RemoveFlowInput input) {
        if (Boolean.TRUE.equals(input.getStrict())) {
            final var name = new Name(input.getTableId().intValue(), input.getPriority().intValue(), input.getMatch());
            final var held = flows.get(name);
            final var mask = input.getCookieMask().getValue().longValue();
            final var cookie = input.getCookie().getValue().longValue();
            if (held != null && ((held.getCookie().getValue().longValue() ^ cookie) & mask) == 0) {
                flows.remove(name);
            }
        } else {
            final var mask = input.getCookieMask().getValue().longValue();
            final var cookie = input.getCookie().getValue().longValue();
            flows.values().removeIf(flow -> (flow.getCookie().getValue().longValue() & mask) == cookie);
        }
        return answer(refusesRemovals, new RemoveFlowOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<AddGroupOutput>> addGroup(final AddGroupInput input) {
        final var refused = refusesGroups || groups.putIfAbsent(input.getGroupId(), input.getBuckets()) != null;
        return answer(refused, new AddGroupOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<UpdateGroupOutput>> updateGroup(final UpdateGroupInput input) {
        final var updated = input.getUpdatedGroup();
        final var refused = refusesGroups
            || groups.replace(updated.getGroupId(), updated.getBuckets()) == null;
        return answer(refused, new UpdateGroupOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<RemoveGroupOutput>> removeGroup(final RemoveGroupInput input) {
        groups.remove(input.getGroupId());
        return answer(false, new RemoveGroupOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<UpdatePortOutput>> updatePort() {
        portChanges++;
        return answer(refusesPorts, new UpdatePortOutputBuilder().build());
    }

    private synchronized ListenableFuture<RpcResult<GetFlowStatisticsOutput>> tell(
            final GetFlowStatisticsInput input) {
        reads++;
        final var mask = input.getCookieMask().getValue().longValue();
        final var cookie = input.getCookie().getValue().longValue();
        return answer(false, new GetFlowStatisticsOutputBuilder()
            .setFlowAndStatisticsMapList(flows.values().stream()
                .filter(flow -> (flow.getCookie().getValue().longValue() & mask) == cookie)
                .map(flow -> new FlowAndStatisticsMapListBuilder()
                    .setTableId(flow.getTableId())
                    .setCookie(flow.getCookie())
                    .setPriority(flow.getPriority())
                    .setMatch(flow.getMatch())
                    .setInstructions(flow.getInstructions())
                    .build())
                .toList())
            .build());
    }

    private synchronized ListenableFuture<RpcResult<GetGroupStatisticsOutput>> tellGroups() {
        meanwhile.run();
        return answer(false, new GetGroupStatisticsOutputBuilder()
            .setGroupStats(groups.entrySet().stream()
                .map(group -> new GroupStatsBuilder()
                    .setGroupId(group.getKey())
                    .setBuckets(new BucketsBuilder().setBucketCounter(group.getValue().nonnullBucket().keySet()
                        .stream().map(key -> new BucketCounterBuilder()
                            .setBucketId(new BucketId(key.getBucketId().getValue())).build())
                        .collect(BindingMap.toMap())).build())
                    .build())
                .collect(BindingMap.toMap()))
            .build());
    }
}
