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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.dualbridge.core.PortRef;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.SetDlDstActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketOutputBuilder;
import org.opendaylight.yangtools.binding.Rpc;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;

/** Switches that remember the frames they were given, for tests. */
final class FakeSwitches implements RpcService {
    /** A frame that a switch was given: when, as come in at which port, by what ports it leaves, to whom in the end. */
    record Sent(long at, PortRef inPort, List<String> outPorts, String sink, byte[] frame) {
    }

    private static final Pattern PORT = Pattern.compile("openflow:\\d+:\\d+");

    /** Announcements of hosts. */
    final List<Sent> sent = new CopyOnWriteArrayList<>();
    /** Frames of the plugin's own. */
    final List<Sent> own = new CopyOnWriteArrayList<>();
    /** What a barrier answers, and when. */
    volatile Function<FakeSwitches, ListenableFuture<RpcResult<SendBarrierOutput>>> barrier = FakeSwitches::done;
    volatile boolean refuses;
    volatile boolean gone;

    static ListenableFuture<RpcResult<SendBarrierOutput>> done(final FakeSwitches from) {
        return Futures.immediateFuture(RpcResultBuilder.success(new SendBarrierOutputBuilder().build()).build());
    }

    @Override
    public <T extends Rpc<?, ?>> T getRpc(final Class<T> type) {
        if (type == TransmitPacket.class) {
            return type.cast((TransmitPacket) this::transmit);
        }
        if (type == SendBarrier.class) {
            return type.cast((SendBarrier) input -> barrier.apply(this));
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
            (proxy, method, arguments) -> {
                throw new AssertionError("unexpected: " + method);
            }));
    }

    private ListenableFuture<RpcResult<TransmitPacketOutput>> transmit(final TransmitPacketInput input) {
        final var port = PORT.matcher(input.getIngress().toString());
        port.find();
        final var outputs = input.nonnullAction().values().stream()
            .map(action -> action.getAction())
            .filter(OutputActionCase.class::isInstance)
            .map(action -> ((OutputActionCase) action).getOutputAction().getOutputNodeConnector().getValue())
            .toList();
        final var sink = input.nonnullAction().values().stream()
            .map(action -> action.getAction())
            .filter(SetDlDstActionCase.class::isInstance)
            .map(action -> ((SetDlDstActionCase) action).getSetDlDstAction().getAddress().getValue())
            .findFirst().orElseThrow();
        final var isOwn = input.getPayload()[6] == 2 && input.getPayload()[7] == (byte) 0xdb;
        (isOwn ? own : sent).add(new Sent(System.nanoTime(), PortRef.parse(port.group()), outputs, sink,
            input.getPayload()));
        return gone ? Futures.immediateFailedFuture(new IllegalStateException("gone")) : Futures.immediateFuture(refuses
            ? RpcResultBuilder.<TransmitPacketOutput>failed().withError(ErrorType.APPLICATION, "no").build()
            : RpcResultBuilder.success(new TransmitPacketOutputBuilder().build()).build());
    }
}
